import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alwaysOpen, openingIn } from '../../shared/campaign/calendar.ts';
import type { CampaignMove } from '../../shared/campaign/campaign.ts';
import {
  chargesOf,
  parkedJitterSeconds,
  type Quotas,
  registrationsFor,
} from '../../shared/campaign/charges.ts';
import { type Picked, type Place, pick, type Surroundings } from '../../shared/campaign/pick.ts';
import { factorAfter, isIll } from '../../shared/campaign/signs.ts';
import { burstMs, type Purse, take, tidied } from '../../shared/campaign/tokens.ts';
import { type Hub, hubCapacityMax } from '../../shared/domain/hub.ts';
import { instant } from '../../shared/domain/instant.ts';
import { aCampaignMove } from '../support/a-campaign.ts';
import { aHub } from '../support/a-hub.ts';
import { main } from '../support/a-question.ts';

const quotas: Quotas = {
  registrationsPerMinute: 1_000,
  organicPercent: 20,
  organicPerMinute: 0,
  parkedShare: 0,
  factor: 1,
};
const minuteMs = 60_000;

describe('[C4] tokens', () => {
  test('in no minute, wherever it begins, is more taken than a minute brings and what may be taken at once', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 9_000 }), { minLength: 20, maxLength: 200 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 2_000 }), (waits, perMinute) => {
        let [purse, now]: [Purse, number] = [{}, 0];
        const takenAt: number[] = [];
        for (const wait of waits) {
          now += wait;
          for (let tries = 0; tries < 50; tries += 1) {
            const taken = take(purse, [{ resource: 'r', count: 1, perMinute }], instant(now));
            if (taken.kind === 'short') break;
            ({ purse } = taken);
            takenAt.push(now);
          }
        }
        const most = perMinute + Math.max(1, (burstMs * perMinute) / minuteMs);
        for (const from of takenAt) {
          const count = takenAt.filter((at) => at >= from && at < from + minuteMs).length;
          expect(count).toBeLessThanOrEqual(most + 1);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('who comes round every second takes all that flows', () => {
    let purse: Purse = {};
    let count = 0;
    for (let now = 0; now < 10 * minuteMs; now += 1_000)
      for (;;) {
        const taken = take(purse, [{ resource: 'r', count: 1, perMinute: 780 }], instant(now));
        if (taken.kind === 'short') break;
        ({ purse } = taken);
        count += 1;
      }
    expect(count).toBeGreaterThan(7_750);
    expect(count).toBeLessThanOrEqual(7_800 + 20);
  });

  test('slow quotas flow as well, at the times that there are', () => {
    for (let perMinute = 1; perMinute <= 60; perMinute += 1) {
      let purse: Purse = {};
      let count = 0;
      for (let now = 1_790_000_000_000; now < 1_790_000_000_000 + 10 * minuteMs; now += 1_000) {
        const taken = take(purse, [{ resource: 'r', count: 1, perMinute }], instant(now));
        if (taken.kind === 'short') continue;
        ({ purse } = taken);
        count += 1;
      }
      expect(count).toBeGreaterThanOrEqual(Math.floor(perMinute * 9.9));
      expect(count).toBeLessThanOrEqual(perMinute * 10 + 2);
    }
  });

  test('all that a move takes, or nothing: the one that is short is named, and when there will be enough', () => {
    const both = [
      { resource: 'plenty', count: 1, perMinute: 6_000 },
      { resource: 'scarce', count: 2, perMinute: 6 },
    ];
    const first = take({}, both, instant(0));
    if (first.kind !== 'taken') throw new Error('nothing was taken before');
    const second = take(first.purse, both, instant(1_000));
    expect(second).toEqual({ kind: 'short', binds: 'scarce', until: 19_000 });
    expect(take({}, [{ resource: 'none', count: 1, perMinute: 0 }], instant(0)).kind).toBe('short');
    expect(tidied(first.purse, instant(11_000))).toEqual({ scarce: 20_000 });
  });
});

describe('what of the quota is ours', () => {
  test.each([
    ['what is not kept for what the fleet does by itself', {}, 800],
    ['less, where it does more than is kept', { organicPerMinute: 400 }, 600],
    ['less, while devices wait for their own time', { parkedShare: 0.5 }, 400],
    ['half, when signs were bad', { factor: 0.5 }, 400],
    ['none, where the fleet takes it all', { organicPerMinute: 2_000 }, 0],
  ])('%s', (_name, but, perMinute) => {
    expect(registrationsFor({ ...quotas, ...but })).toBeCloseTo(perMinute * 0.975, 6);
  });

  test('a move takes of its DPS, and of both its hubs', () => {
    const resources = chargesOf(main, aHub('east'), aHub('west'), quotas).map(
      (one) => one.resource,
    );
    expect(resources[0]).toBe('registrations of main');
    expect(resources.some((name) => name.endsWith('of east.azure-devices.net'))).toBe(true);
    expect(resources.some((name) => name.endsWith('of west.azure-devices.net'))).toBe(true);
  });

  test.each([1, 5, 30, 60])(
    'a hub that may be given %i a minute is given no more in any',
    (most) => {
      const west = aHub('west', { intakePerMinuteMax: most });
      const charges = chargesOf(main, aHub('east'), west, quotas);
      const taken: number[] = [];
      let purse = {};
      for (let at = 0; at < 10 * 60_000; at += 500) {
        const found = take(purse, charges, instant(at));
        if (found.kind !== 'taken') continue;
        purse = found.purse;
        taken.push(at);
      }
      const inMinute = taken.map(
        (from) => taken.filter((at) => at >= from && at < from + 60_000).length,
      );
      expect(Math.max(...inMinute)).toBeLessThanOrEqual(most);
      expect(taken.length).toBeGreaterThan(most * 9);
    },
  );

  test('those that wait come back over as long as it takes to register them, and within an hour', () => {
    expect(parkedJitterSeconds(0, { ...quotas, parkedShare: 0.5 })).toBe(0);
    expect(parkedJitterSeconds(390, { ...quotas, parkedShare: 0.5 })).toBe(60);
    expect(parkedJitterSeconds(1_000_000, { ...quotas, parkedShare: 0.5 })).toBe(3_600);
  });
});

describe('[C4] when the real quota is lower than what was told', () => {
  test('the pace falls below it within minutes, and stays about there', () => {
    const real = 300; // of 800 that are thought to be there
    let factor = 1;
    const sent: number[] = [];
    for (let minute = 0; minute < 60; minute += 1) {
      const going = Math.round(800 * factor);
      const came = Math.min(going, real);
      factor = factorAfter(factor, isIll({ going, came, throttled: 0 }));
      sent.push(going);
    }
    const late = sent.slice(10);
    expect(Math.max(...late)).toBeLessThanOrEqual(real * 1.4);
    expect(late.reduce((sum, one) => sum + one, 0) / late.length).toBeGreaterThan(real / 2);
    expect(Math.min(...late)).toBeGreaterThan(0);
  });

  test.each([
    ['few, of whom chance decides', { going: 19, came: 0, throttled: 0 }, false],
    ['nearly all come', { going: 100, came: 90, throttled: 0 }, false],
    ['too many do not', { going: 100, came: 89, throttled: 0 }, true],
    ['hubs take no more', { going: 95, came: 95, throttled: 5 }, true],
    ['a hub took one late', { going: 99, came: 99, throttled: 1 }, false],
  ])('%s', (_name, signs, expected) => {
    expect(isIll(signs)).toBe(expected);
  });
});

describe('who may go next', () => {
  const hub = (name: string, but: Parameters<typeof aHub>[1] = {}): Hub =>
    aHub(name, { tier: 'S3', units: 200, deviceCount: 0, ...but });
  const around = (but: Partial<Surroundings> = {}): Surroundings => ({
    scope: main,
    hubs: [hub('east'), hub('west'), hub('north')],
    held: new Map(),
    quotas: { ...quotas, registrationsPerMinute: 1_000_000 },
    isAsked: true,
    openingOf: (zone) => openingIn(alwaysOpen, zone ?? 'UTC'),
    arriving: new Map(),
    going: new Map(),
    limits: { caps: [{ label: 'site', atOnce: 2 }] },
    countMax: 100,
    now: instant(0),
    ...but,
  });
  const places = (...moves: readonly Partial<CampaignMove>[]): readonly Place[] =>
    moves.map((move, row) => ({
      page: 0,
      row,
      move: aCampaignMove(`d-${row}`, { groups: [undefined], ...move }),
    }));
  const rowsOf = ({ places: picked }: Picked): readonly number[] => picked.map(({ row }) => row);

  test('a site has no more of its devices under way than its cap lets, and others pass', () => {
    const site = (name: string) => ({ groups: [name] });
    const all = places(site('a'), site('a'), site('a'), site('b'));
    const picked = pick(all, {}, around());
    expect(rowsOf(picked)).toEqual([0, 1, 3]);
    expect(picked.binds).toBe('the cap of site a');
    expect(picked.stuck).toBeUndefined();
    expect(rowsOf(pick(all, {}, around({ going: new Map([['0 a', 1]]) })))).toEqual([0, 3]);
  });

  test('[C8] a site outside its window waits, and others pass', () => {
    const night = { ...alwaysOpen, windows: [{ days: undefined, from: '22:00', to: '05:00' }] };
    const openingOf = (zone: string | undefined) => openingIn(night, zone ?? 'UTC');
    const all = places({ zone: 'Asia/Tokyo' }, { zone: 'UTC' });
    const picked = pick(all, {}, around({ openingOf, now: instant(0) }));
    expect(rowsOf(picked)).toEqual([1]); // it is nine in the morning in Tokyo
    expect(picked.binds).toBe('the window, or a freeze');
    // Nor does one go that could not arrive before it closes.
    const untilClose = (minutes: number) => instant((5 * 60 - minutes) * minuteMs);
    expect(rowsOf(pick(all, {}, around({ openingOf, now: untilClose(2) })))).toEqual([]);
    expect(rowsOf(pick(all, {}, around({ openingOf, now: untilClose(3) })))).toEqual([1]);
  });

  test.each([
    ['a hub in trouble', { held: new Map([[1, 'west is unhealthy']]) }, 'west is unhealthy', false],
    [
      'a target that takes no more',
      { hubs: [hub('east'), hub('west', { state: 'cordoned' })] },
      'west.azure-devices.net is cordoned',
      true,
    ],
    [
      'a target that is full',
      { hubs: [hub('east'), hub('west', { capacity: 5, deviceCount: 5 })] },
      'west.azure-devices.net has no room',
      true,
    ],
    [
      'a hub that is in no table any more',
      { hubs: [hub('east'), undefined] },
      'a hub of the plan is in the hub table no more',
      true,
    ],
    [
      'a time zone that there is not',
      { openingOf: () => undefined },
      'there is no time zone undefined',
      true,
    ],
  ] as const)('%s holds it', (_name, but, binds, isLasting) => {
    const picked = pick(places({}), {}, around(but));
    expect(picked.places).toEqual([]);
    expect(picked.binds).toBe(binds);
    expect(picked.stuck !== undefined).toBe(isLasting);
  });

  test('room is for those on their way as well', () => {
    const west = hub('west', { capacity: hubCapacityMax, deviceCount: hubCapacityMax - 3 });
    const all = places({}, {}, {}, { to: 2 });
    const but = { hubs: [hub('east'), west, hub('north')], arriving: new Map([[1, 1]]) };
    expect(rowsOf(pick(all, {}, around(but)))).toEqual([0, 1, 3]);
  });

  test('off a dead hub nobody is asked, and nothing is taken', () => {
    const few = { ...quotas, registrationsPerMinute: 0 };
    expect(rowsOf(pick(places({}, {}), {}, around({ quotas: few, isAsked: false })))).toEqual([
      0, 1,
    ]);
    expect(pick(places({}, {}), {}, around({ quotas: few })).binds).toBe('registrations of main');
  });
});
