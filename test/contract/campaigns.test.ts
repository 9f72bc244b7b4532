import { describe, expect, test } from 'vitest';
import {
  cosmosBreakers,
  cosmosCampaigns,
  cosmosCauses,
  cosmosPurses,
} from '../../shared/adapters/cosmos/campaigns.ts';
import {
  memoryBreakers,
  memoryCampaigns,
  memoryCauses,
  memoryPurses,
} from '../../shared/adapters/memory/campaigns.ts';
import { closedBreaker, withFailure } from '../../shared/campaign/breaker.ts';
import type { Campaign, CampaignMove } from '../../shared/campaign/campaign.ts';
import { newProgress, noted } from '../../shared/campaign/progress.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { Breakers, Campaigns, Purses } from '../../shared/ports/campaigns.ts';
import type { Causes } from '../../shared/ports/causes.ts';
import { aCampaign, aTally, aWave } from '../support/a-campaign.ts';
import { host } from '../support/a-move.ts';
import { main } from '../support/a-question.ts';
import { aStore } from '../support/a-store.ts';

const { signal } = new AbortController();

const named = (digit: string, minute = 0, but: Partial<Campaign> = {}): Campaign => {
  const campaign = aCampaign(but);
  const at = instant(minute * 60_000);
  return { ...campaign, order: { ...campaign.order, id: `c-${digit.repeat(20)}`, at } };
};

/** With everything in it that may be left out. */
const whole = named('a', 1, {
  control: [{ deviceId: 'pump-7', hub: host('east') }],
  hubStates: [{ hub: host('east'), before: 'open', after: 'cordoned' }],
  resets: [
    { key: 'main:group:fleet', kind: 'group', id: 'fleet', before: 'migrate', at: instant(5) },
  ],
  pace: {
    at: instant(9),
    perMinute: 700,
    allowedPerMinute: 780,
    binds: 'registrations of main',
    stuck: { because: 'west is full', since: instant(6) },
    peak: { perMinute: 770, allowedPerMinute: 780 },
  },
  runner: { id: 'r-1', until: instant(99) },
  log: [{ at: instant(3), by: 'Otto', what: 'approved', because: 'a test' }],
  spent: { units: 12.5, through: 7, isWhole: true },
  waves: [
    aWave({
      endedAt: instant(8),
      isPardoned: true,
      controlUp: [0],
      gate: {
        ruling: 'pass',
        at: instant(8),
        measures: [{ what: 'broken', count: 1, of: 100, limit: 0.02, ruling: 'pass' }],
        tally: aTally({ v: 99, x: 1 }),
      },
    }),
  ],
});

const rows: readonly CampaignMove[] = [
  {
    deviceId: 'Pump 7/ü',
    from: 0,
    to: 1,
    stage: 0,
    groups: ['a', undefined],
    zone: 'Asia/Tokyo',
    isCertain: false,
  },
  {
    deviceId: 'pump-8',
    from: 0,
    to: 1,
    stage: 2,
    groups: [undefined, undefined],
    zone: undefined,
    isCertain: true,
  },
];

describe.each<[string, () => Promise<Campaigns>]>([
  ['memory', async () => memoryCampaigns()],
  ['cosmos', async () => cosmosCampaigns((await aStore()).database)],
])('campaigns in %s', (_name, make) => {
  test('one is created once, and read as it is', async () => {
    const campaigns = await make();
    expect(await campaigns.read(whole.order.id, signal)).toBeUndefined();
    expect(await campaigns.create(whole, signal)).toBe('created');
    expect(await campaigns.create(named('a'), signal)).toBe('exists');
    expect((await campaigns.read(whole.order.id, signal))?.campaign).toEqual(whole);
  });

  test('[R4] of two that change one version, one is superseded', async () => {
    const campaigns = await make();
    await campaigns.create(whole, signal);
    const version = (await campaigns.read(whole.order.id, signal))?.version ?? '';
    const next = { ...whole, runner: undefined };
    const written = await campaigns.write(next, version, signal);
    if (written === 'superseded') throw new Error('nobody was there before');
    expect(await campaigns.write(whole, version, signal)).toBe('superseded');
    const kept = await campaigns.read(whole.order.id, signal);
    expect(kept).toEqual({ campaign: next, version: written.version });
  });

  test('those that have not ended, and the newest first', async () => {
    const campaigns = await make();
    const ended = { kind: 'ended', outcome: 'completed', because: 'it is done' } as const;
    await campaigns.create(named('a', 1), signal);
    await campaigns.create(named('b', 3, { state: ended }), signal);
    await campaigns.create(named('c', 2), signal);
    const idsOf = (all: readonly { readonly campaign: Campaign }[]) =>
      all.map(({ campaign }) => campaign.order.id[2]);
    expect(idsOf(await campaigns.active(signal)).sort()).toContain('a');
    expect(idsOf(await campaigns.active(signal)).sort()).toContain('c');
    expect(idsOf(await campaigns.recent(2, signal))).toEqual(['b', 'c']);
  });

  test('[C1] a page is put once, and stays', async () => {
    const campaigns = await make();
    const { id } = whole.order;
    expect(await campaigns.readPage(id, 0, signal)).toBeUndefined();
    await campaigns.putPage(id, 0, rows, signal);
    await campaigns.putPage(id, 0, rows.slice(1), signal);
    expect(await campaigns.readPage(id, 0, signal)).toEqual(rows);
    expect(await campaigns.readPage(id, 1, signal)).toBeUndefined();
    expect(await campaigns.readPage(named('b').order.id, 0, signal)).toBeUndefined();
  });

  test('[R4] progress, page by page, each on the version that was read', async () => {
    const campaigns = await make();
    const { id } = whole.order;
    expect(await campaigns.readProgress(id, 0, signal)).toBeUndefined();
    const one = noted(newProgress(3), [
      { row: 0, code: 'v', gapMs: 1_100, tookMs: 4_000 },
      { row: 1, code: 'x', because: 'it came to nothing' },
    ]);
    const first = await campaigns.writeProgress(id, 0, one, undefined, signal);
    if (first === 'superseded') throw new Error('nobody was there before');
    expect(await campaigns.writeProgress(id, 0, one, undefined, signal)).toBe('superseded');
    const two = noted(one, [{ row: 2, code: 't' }]);
    const second = await campaigns.writeProgress(id, 0, two, first.version, signal);
    expect(await campaigns.writeProgress(id, 0, one, first.version, signal)).toBe('superseded');
    await campaigns.writeProgress(id, 7, one, undefined, signal);
    const all = await campaigns.allProgress(id, signal);
    expect([...all.keys()].sort()).toEqual([0, 7]);
    expect(all.get(0)?.progress).toEqual(two);
    expect(await campaigns.readProgress(id, 0, signal)).toMatchObject({
      progress: two,
      ...(second as object),
    });
    expect((await campaigns.allProgress(named('b').order.id, signal)).size).toBe(0);
  });
});

type Kept = { readonly purses: Purses; readonly breakers: Breakers; readonly causes: Causes };

describe.each<[string, () => Promise<Kept>]>([
  [
    'memory',
    async () => ({ purses: memoryPurses(), breakers: memoryBreakers(), causes: memoryCauses() }),
  ],
  [
    'cosmos',
    async () => {
      const { database } = await aStore();
      return {
        purses: cosmosPurses(database),
        breakers: cosmosBreakers(database),
        causes: cosmosCauses(database),
      };
    },
  ],
])('what runners share, in %s', (_name, make) => {
  test('[R4] [C4] of two that take tokens of one purse, one is superseded', async () => {
    const { purses } = await make();
    const none = await purses.read(signal);
    expect(none).toEqual({ value: { purse: {}, factors: {} }, version: undefined });
    const taken = {
      purse: { 'registrations of main': 1_700_000_000_123.5 },
      factors: { main: { factor: 0.5, minute: 28_333_333 } },
    };
    expect(await purses.write(taken, undefined, signal)).toBe('written');
    expect(await purses.write(taken, undefined, signal)).toBe('superseded');
    const { value, version } = await purses.read(signal);
    expect(value).toEqual(taken);
    expect(await purses.write({ ...taken, purse: {} }, version, signal)).toBe('written');
    expect(await purses.write(taken, version, signal)).toBe('superseded');
  });

  test('[C7] the breaker, and what was marked, as they were written', async () => {
    const { breakers, causes } = await make();
    expect((await breakers.read(signal)).value).toEqual(closedBreaker);
    const failed = withFailure(closedBreaker, 'c-1', instant(5));
    const tripped = { ...failed, tripped: { at: instant(6), because: 'two failed' } };
    await breakers.write(tripped, undefined, signal);
    expect((await breakers.read(signal)).value).toEqual(tripped);
    const marked = { relocate: { [main]: { at: instant(7), because: 'a label' } } };
    await causes.write(marked, undefined, signal);
    expect((await causes.read(signal)).value).toEqual(marked);
    expect((await breakers.read(signal)).value).toEqual(tripped);
  });
});
