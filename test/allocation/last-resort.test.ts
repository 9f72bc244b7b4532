import { describe, expect, test } from 'vitest';
import { allocate } from '../../shared/allocation/allocate.ts';
import { explain } from '../../shared/allocation/explain.ts';
import type { Hub } from '../../shared/domain/hub.ts';
import { hubTable } from '../../shared/domain/hub-table.ts';
import { instant } from '../../shared/domain/instant.ts';
import { aHub, aRoster, aTable, hostOf } from '../support/a-hub.ts';
import { aPolicy } from '../support/a-policy.ts';
import { aQuestion } from '../support/a-question.ts';

const nameOf = (host: string): string => host.split('.')[0] ?? '';
const only = (...hubs: readonly string[]) =>
  aPolicy({ quarantine: hostOf('exile'), rules: [{ name: 'only', hubs: hubs.map(hostOf) }] });

/** Where a device is answered, of these hubs under that policy. */
const answerOf = (
  hubs: readonly Hub[],
  policy = aPolicy({}),
  said: Partial<Parameters<typeof aQuestion>[0]> = {},
) => {
  const linked = hubs.map(({ hostName }) => nameOf(hostName));
  const roster = aRoster(aTable(...hubs), { policy });
  const { hub, standing, because } = allocate(aQuestion({ linked, ...said }), roster);
  return [nameOf(hub), standing, because];
};

const closed = (name: string) => aHub(name, { state: 'closed' });
const busy = (name: string) =>
  aHub(name, {
    daily: {
      messageCountMax: 10,
      perDevice: undefined,
      messageCount: 9,
      measuredAt: instant(3_600_000),
    },
  });

describe('[A3] the ladder', () => {
  test('a closed hub that the rules allow comes before an open one that they do not, and that before quarantine’s', () => {
    expect(answerOf([closed('a'), aHub('b'), aHub('exile')], only('a'))[0]).toBe('a');
    expect(answerOf([aHub('b'), aHub('exile')], only('a')).slice(0, 2)).toEqual(['b', 'barred']);
    expect(answerOf([aHub('exile')], only('a')).slice(0, 2)).toEqual(['exile', 'reserved']);
  });

  test('of those that no rule allows the best by its own state', () => {
    const hubs = [closed('b'), aHub('c', { state: 'cordoned' }), aHub('d'), closed('e')];
    expect(answerOf(hubs, only('a'))[0]).toBe('d');
    expect(
      answerOf(
        hubs.filter((hub) => hub.state !== 'open'),
        only('a'),
      )[0],
    ).toBe('c');
  });

  test('a hub that the table does not list is barred by what a rule wants, and allowed where it is named', () => {
    const asked = aQuestion({ linked: ['a', 'unlisted'] });
    const of = (policy: ReturnType<typeof only>) =>
      nameOf(allocate(asked, aRoster(aTable(closed('a')), { policy })).hub);
    expect(of(only('a'))).toBe('a');
    expect(of(only('a', 'unlisted'))).toBe('unlisted');
    expect(of(aPolicy({ rules: [{ name: 'eu', regions: ['westeurope'] }] }))).toBe('unlisted');
  });

  test('a throttled hub comes before one that was tried in vain, and is itself only so until it was', () => {
    const table = hubTable([busy('a'), aHub('b')], instant(3_600_000));
    const standing = (inVain: readonly string[]) =>
      allocate(aQuestion({ linked: ['a', 'b'], inVain }), aRoster(table));
    expect(standing(['b'])).toMatchObject({ hub: hostOf('a'), standing: 'throttled' });
    expect(standing(['a', 'b'])).toMatchObject({ standing: 'unconfirmed' });
  });

  test('what was tried in vain is no better for being full, cordoned or forbidden', () => {
    const standingOf = (hub: Hub, policy = aPolicy({})) =>
      answerOf([hub], policy, { inVain: [nameOf(hub.hostName)] })[1];
    expect(standingOf(aHub('a', { capacity: 1, deviceCount: 1 }))).toBe('full');
    expect(standingOf(aHub('a', { state: 'cordoned' }))).toBe('cordoned');
    expect(standingOf(aHub('a'), only('b'))).toBe('barred');
  });

  test('[A2] a device of a closed hub stays where all others are forbidden or kept', () => {
    const current = { current: 'a' };
    expect(answerOf([closed('a'), aHub('b')], only('c'), current)[0]).toBe('a');
    expect(answerOf([closed('a'), aHub('exile')], only('c'), current)[0]).toBe('a');
  });
});

test('[A2] a throttled target of a released move is answered: to hold moves back is for their pace', () => {
  const table = hubTable([aHub('east'), busy('west')], instant(3_600_000));
  const asked = aQuestion({ linked: ['east', 'west'], current: 'east', released: 'west' });
  expect(allocate(asked, aRoster(table))).toMatchObject({
    because: 'moving',
    standing: 'throttled',
  });
});

test('[A8] a move under the reset policy gets the twin that rules give, and tells which they were; one that waits tells them too', () => {
  const initialTwin = { tags: { a: 1 } };
  const policy = aPolicy({ rules: [{ name: 'twin', initialTwin }] });
  const asked = aQuestion({
    linked: ['east', 'west'],
    current: 'east',
    released: 'west',
    reprovision: 'reset',
  });
  const [open, shut] = [aHub('west'), aHub('west', { state: 'cordoned' })].map((west) =>
    allocate(asked, aRoster(aTable(aHub('east'), west), { policy })),
  );
  expect(open).toMatchObject({ because: 'moving', rules: ['twin'], initialTwin });
  expect(shut).toMatchObject({ because: 'held', rules: ['twin'], initialTwin: undefined });
});

test('a device that DPS names no hub of is answered the target of its move all the same', () => {
  const asked = aQuestion({ linked: ['east', 'west'], released: 'west' });
  expect(allocate(asked, aRoster(aTable(aHub('east'), aHub('west'))))).toMatchObject({
    hub: hostOf('west'),
    because: 'moving',
  });
});

test('of hubs that are equally overfull each takes its part', () => {
  const hubs = ['a', 'b', 'c'].map((name) => aHub(name, { capacity: 5, deviceCount: 5 }));
  const taken = Array.from(
    { length: 60 },
    (_, index) => answerOf(hubs, aPolicy({}), { device: `d-${index}` })[0],
  );
  expect(new Set(taken).size).toBe(3);
});

test('of the tags that a rule wants a hub must have every one', () => {
  const half = aHub('half', { tags: { tenant: 'a' } });
  const whole = aHub('whole', { tags: { tenant: 'a', tier: 'gold' } });
  const rules = [{ name: 'r', tags: { tenant: 'a', tier: 'gold' } }];
  for (let device = 0; device < 20; device += 1)
    expect(answerOf([half, whole], aPolicy({ rules }), { device: `d-${device}` })[0]).toBe('whole');
});

test('[A6] of two spellings of a listed hub the first in order is answered, whichever came first', () => {
  const linkedHubs = [hostOf('east'), hostOf('east').toUpperCase()];
  for (const order of [linkedHubs, linkedHubs.toReversed()]) {
    const asked = { ...aQuestion({ linked: [] }), linkedHubs: order };
    expect(allocate(asked, aRoster(aTable(aHub('east')))).hub).toBe(hostOf('east').toUpperCase());
  }
});

test('[A8] a newcomer that a rule quarantines gets the twin that rules give; of rules that apply together one is enough', () => {
  const initialTwin = { tags: { a: 1 } };
  const policy = aPolicy({
    quarantine: hostOf('exile'),
    rules: [
      { name: 'twin', initialTwin, continue: true },
      { name: 'bad', quarantine: true, continue: true },
      { name: 'more' },
    ],
  });
  const roster = aRoster(aTable(aHub('east'), aHub('exile')), { policy });
  expect(allocate(aQuestion({ linked: ['east', 'exile'] }), roster)).toMatchObject({
    hub: hostOf('exile'),
    because: 'quarantined',
    rules: ['twin', 'bad', 'more'],
    initialTwin,
  });
});

test('[A5] [A4] a hub that joins draws by the weight that it has by now, in rank and in bound', () => {
  const now = instant(2 * 3_600_000);
  const joiner = aHub('joiner', { joinedAt: instant(now - 1) });
  const taken = (hubs: readonly Hub[]) => {
    const roster = aRoster(hubTable(hubs, now));
    const linked = hubs.map(({ hostName }) => nameOf(hostName));
    return Array.from({ length: 2_000 }, (_, index) =>
      allocate(aQuestion({ device: `d-${index}`, linked }), roster),
    ).filter(({ hub }) => hub === hostOf('joiner')).length;
  };
  // A twentieth against one whole: 1 in 21, within 4σ.
  expect(Math.abs(taken([aHub('old'), joiner]) - 2_000 / 21)).toBeLessThan(4 * Math.sqrt(91));
  const counted = { deviceCount: 100 };
  const full = [aHub('old', counted), aHub('joiner', { ...joiner, deviceCount: 6 })];
  expect(taken(full)).toBe(0); // ⌈1.05 · 0.05/1.05 · 107⌉ = 6
});

describe('[A10] explain', () => {
  const said = (hubs: readonly Hub[], policy = aPolicy({})) => {
    const linked = hubs.map(({ hostName }) => nameOf(hostName));
    const { hubs: told } = explain(aQuestion({ linked }), aRoster(aTable(...hubs), { policy }));
    return Object.fromEntries(
      told.map(({ hub, verdicts }) => [
        nameOf(hub),
        verdicts.filter(({ says }) => says !== 'yes').map(({ because }) => because),
      ]),
    );
  };

  test('tells of the bound, to those that it bounds', () => {
    const hubs = [aHub('a', { deviceCount: 9 }), aHub('b', { deviceCount: 0 })];
    expect(said(hubs)).toEqual({ a: [expect.stringContaining('its share of 6')], b: [] });
    expect(said(hubs, aPolicy({ strategy: 'leastLoaded' }))).toEqual({ a: [], b: [] });
    const cordoned = aHub('c', { deviceCount: 50, state: 'cordoned' });
    expect(said([...hubs, cordoned])['c']).toEqual(['it is cordoned']);
  });

  test('tells of every rule that applies', () => {
    const rules = [
      { name: 'eu', regions: ['westeurope'], continue: true },
      { name: 'big', tiers: ['S3'] },
    ];
    expect(said([aHub('a', { region: 'westeurope', tier: 'S1' })], aPolicy({ rules }))).toEqual({
      a: ['rule big wants a hub of S3'],
    });
  });

  test('tells that a hub is kept for quarantined devices', () => {
    const policy = aPolicy({ quarantine: hostOf('exile') });
    expect(said([aHub('a'), aHub('exile')], policy)).toEqual({
      a: [],
      exile: ['it is kept for quarantined devices'],
    });
  });
});
