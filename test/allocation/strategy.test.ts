import { describe, expect, test } from 'vitest';
import { allocate } from '../../shared/allocation/allocate.ts';
import type { DeviceFacts } from '../../shared/allocation/placement.ts';
import type { Hub } from '../../shared/domain/hub.ts';
import { aHub, aRoster, aTable, hostOf } from '../support/a-hub.ts';
import { aPolicy } from '../support/a-policy.ts';
import { aQuestion } from '../support/a-question.ts';

const nameOf = (host: string): string => host.split('.')[0] ?? '';

/** Where 200 newcomers go, by the hubs' names, most first. */
const spread = (policy: object, hubs: readonly Hub[], facts: Partial<DeviceFacts> = {}) => {
  const roster = aRoster(aTable(...hubs), { policy: aPolicy(policy) });
  const linked = hubs.map(({ hostName }) => nameOf(hostName));
  const counts = new Map<string, number>();
  for (let device = 0; device < 200; device += 1) {
    const asked = aQuestion({ device: `device-${device}`, linked, facts });
    const hub = nameOf(allocate(asked, roster).hub);
    counts.set(hub, (counts.get(hub) ?? 0) + 1);
  }
  return counts;
};

const eu = (name: string, but: Partial<Hub> = {}) => aHub(name, { region: 'westeurope', ...but });
const us = (name: string, but: Partial<Hub> = {}) => aHub(name, { region: 'eastus', ...but });

describe('lowestLatency', () => {
  const policy = { strategy: 'lowestLatency' };
  const hubs = [eu('amsterdam'), eu('dublin'), us('boston')];
  const measured = (latencies: Record<string, number>) => ({
    latencies: new Map(Object.entries(latencies)),
  });

  test('is the nearest by what the device measured, to a hub or to its region', () => {
    const far = { [hostOf('amsterdam')]: 30, [hostOf('dublin')]: 20, eastus: 90 };
    expect([...spread(policy, hubs, measured(far)).keys()]).toEqual(['dublin']);
    expect([...spread(policy, hubs, measured({ westeurope: 90, eastus: 12 })).keys()]).toEqual([
      'boston',
    ]);
  });

  test('a measurement of the hub itself counts before that of its region', () => {
    const both = measured({ westeurope: 50, eastus: 40, [hostOf('dublin')]: 10 });
    expect([...spread(policy, hubs, both).keys()]).toEqual(['dublin']);
  });

  test('[A4] among those that are equally near the bound holds', () => {
    const skewed = [eu('amsterdam', { deviceCount: 90 }), eu('dublin', { deviceCount: 5 })];
    expect([...spread(policy, skewed, { region: 'westeurope' }).keys()]).toEqual(['dublin']);
  });

  test('spreads by weight among those that are equally near', () => {
    const near = spread(policy, hubs, measured({ westeurope: 10, eastus: 90 }));
    expect([...near.keys()].toSorted()).toEqual(['amsterdam', 'dublin']);
    expect(near.get('dublin')).toBeGreaterThan(60);
  });

  test('without a measurement goes by the region; without that too, by weight', () => {
    expect([...spread(policy, hubs, { region: 'eastus' }).keys()]).toEqual(['boston']);
    expect(spread(policy, hubs, { region: 'japaneast' }).size).toBe(3);
    expect(spread(policy, hubs).size).toBe(3);
  });

  test('[A3] passes over the nearest where that may not take it', () => {
    const full = [eu('amsterdam', { capacity: 1, deviceCount: 1 }), us('boston')];
    expect([...spread(policy, full, measured({ westeurope: 1, eastus: 90 })).keys()]).toEqual([
      'boston',
    ]);
  });
});

describe('static', () => {
  const policy = (...hubs: readonly string[]) => ({
    rules: [{ name: 'order', strategy: 'static', hubs: hubs.map(hostOf) }],
  });
  test('is the first in the order of the rule that may take it', () => {
    const hubs = [aHub('one'), aHub('two'), aHub('three')];
    expect([...spread(policy('two', 'one'), hubs).keys()]).toEqual(['two']);
    const twice = {
      rules: [
        { ...policy('two', 'one').rules[0], continue: true },
        { name: 'other', strategy: 'static', hubs: ['one', 'two'].map(hostOf) },
      ],
    };
    expect([...spread(twice, hubs).keys()]).toEqual(['two']);
    const closed = [aHub('one'), aHub('two', { state: 'closed' }), aHub('three')];
    expect([...spread(policy('two', 'one'), closed).keys()]).toEqual(['one']);
  });
});

test('[A4] static without hubs in order is weighted, within the bound', () => {
  const skewed = [aHub('one', { deviceCount: 90 }), aHub('two', { deviceCount: 5 })];
  expect([...spread({ strategy: 'static' }, skewed).keys()]).toEqual(['two']);
});

describe('leastLoaded', () => {
  const policy = { strategy: 'leastLoaded' };
  test('is the hub with the fewest devices for its weight', () => {
    const hubs = [
      aHub('one', { deviceCount: 10 }),
      aHub('two', { deviceCount: 15, weight: 2 }),
      aHub('three', { deviceCount: 8 }),
    ];
    expect([...spread(policy, hubs).keys()]).toEqual(['two']);
  });
  test('spreads among equals, and leaves what was never counted to the last', () => {
    const hubs = [
      aHub('one', { deviceCount: 10 }),
      aHub('two', { deviceCount: 10 }),
      aHub('unknown'),
    ];
    expect([...spread(policy, hubs).keys()].toSorted()).toEqual(['one', 'two']);
    expect(spread(policy, [aHub('a'), aHub('b')]).size).toBe(2);
  });
});

describe('rules', () => {
  test('restrict by hubs, tags, region and tier: all that they say holds', () => {
    const hubs = [
      eu('a', { tier: 'S1', tags: { tenant: 'contoso' } }),
      eu('b', { tier: 'S2', tags: { tenant: 'contoso' } }),
      us('c', { tier: 'S2', tags: { tenant: 'contoso' } }),
      eu('d', { tier: 'S2' }),
    ];
    const rule = { name: 'r', tags: { tenant: 'contoso' }, regions: ['westeurope'], tiers: ['S2'] };
    expect([...spread({ rules: [rule] }, hubs).keys()]).toEqual(['b']);
    const within = { ...rule, hubs: [hostOf('c'), hostOf('b')] };
    expect([...spread({ rules: [within] }, hubs).keys()]).toEqual(['b']);
  });

  test('[A3] hold before the state of a hub: where no hub that they allow is open, the best of those is answered, flagged', () => {
    const hubs = [eu('a', { state: 'closed' }), eu('b', { state: 'cordoned' }), us('c')];
    const roster = aRoster(aTable(...hubs), {
      policy: aPolicy({ rules: [{ name: 'eu', regions: ['westeurope'] }] }),
    });
    const asked = aQuestion({ linked: ['a', 'b', 'c'] });
    expect(allocate(asked, roster)).toMatchObject({
      hub: hostOf('b'),
      standing: 'cordoned',
      degraded: true,
      rules: ['eu'],
    });
    expect(allocate({ ...asked, linkedHubs: [hostOf('c')] }, roster)).toMatchObject({
      hub: hostOf('c'),
      standing: 'barred',
      degraded: true,
    });
  });

  test('[A8] give the initial twin to a newcomer, and to a changed hub under reset; never under migrate', () => {
    const initialTwin = { tags: { site: 'x' } };
    const roster = aRoster(aTable(aHub('east', { state: 'closed' }), aHub('west')), {
      policy: aPolicy({ rules: [{ name: 'r', initialTwin }] }),
    });
    const twinOf = (said: Partial<Parameters<typeof aQuestion>[0]>) =>
      allocate(aQuestion({ linked: ['east', 'west'], ...said }), roster).initialTwin;
    expect(twinOf({})).toEqual(initialTwin);
    expect(twinOf({ current: 'east', reprovision: 'reset' })).toEqual(initialTwin);
    expect(twinOf({ current: 'west', reprovision: 'reset' })).toBeUndefined();
    expect(twinOf({ current: 'east', reprovision: 'migrate' })).toBeUndefined();
    expect(twinOf({ current: 'east', released: 'west' })).toBeUndefined();
    expect(twinOf({ current: 'east', reprovision: 'never' })).toBeUndefined();
  });
});

describe('quarantine', () => {
  const hubs = [aHub('east'), aHub('west'), aHub('exile')];
  const linked = ['east', 'west', 'exile'];
  const policy = aPolicy({
    quarantine: hostOf('exile'),
    rules: [{ name: 'bad', when: { payload: { firmware: '1.0' } }, quarantine: true }],
  });
  const answerTo = (said: Partial<Parameters<typeof aQuestion>[0]>, ...given: readonly Hub[]) =>
    allocate(
      aQuestion({ linked, ...said }),
      aRoster(aTable(...(given.length > 0 ? given : hubs)), { policy }),
    );

  test('a device in it is answered its hub, before any move', () => {
    for (const said of [{}, { current: 'east' }, { current: 'east', released: 'west' }])
      expect(answerTo({ ...said, quarantined: true })).toMatchObject({
        hub: hostOf('exile'),
        because: 'quarantined',
      });
  });

  test('[A9] never-reprovision keeps it all the same where it is', () => {
    const said = { current: 'east', quarantined: true, reprovision: 'never' } as const;
    expect(answerTo(said)).toMatchObject({ hub: hostOf('east'), because: 'never-reprovision' });
  });

  test('its hub is answered however full, unless it is closed or not linked', () => {
    const full = aHub('exile', { capacity: 1, deviceCount: 1, state: 'cordoned' });
    const said = { current: 'east', quarantined: true };
    expect(answerTo(said, aHub('east'), aHub('west'), full).hub).toBe(hostOf('exile'));
    const closed = aHub('exile', { state: 'closed' });
    expect(answerTo(said, aHub('east'), aHub('west'), closed)).toMatchObject({
      hub: hostOf('east'),
      because: 'resident',
    });
    expect(answerTo({ ...said, linked: ['east', 'west'] }).hub).toBe(hostOf('east'));
  });

  test('its hub takes no other device while there is one', () => {
    for (let device = 0; device < 50; device += 1)
      expect(answerTo({ device: `d-${device}` }).hub).not.toBe(hostOf('exile'));
    expect(answerTo({ linked: ['exile'] })).toMatchObject({
      hub: hostOf('exile'),
      standing: 'reserved',
      degraded: true,
    });
  });

  test('a rule begins newcomers there; a resident whom it matches stays', () => {
    const facts = { payload: { firmware: '1.0' } };
    expect(answerTo({ facts })).toMatchObject({
      hub: hostOf('exile'),
      because: 'quarantined',
      rules: ['bad'],
    });
    expect(answerTo({ facts, current: 'east' })).toMatchObject({ hub: hostOf('east') });
  });
});

test('nobody is moved to the hub of quarantined devices who is not in quarantine', () => {
  const policy = aPolicy({ quarantine: hostOf('exile') });
  const roster = aRoster(aTable(aHub('east'), aHub('exile')), { policy });
  const asked = aQuestion({ linked: ['east', 'exile'], current: 'east', released: 'exile' });
  expect(allocate(asked, roster)).toMatchObject({ hub: hostOf('east'), because: 'held' });
});

test('a newcomer that a rule quarantines, where there is no hub for it, is placed as others are, flagged', () => {
  const rules = [{ name: 'all', quarantine: true }];
  const policy = aPolicy({ quarantine: hostOf('exile'), rules });
  const roster = aRoster(aTable(aHub('east')), { policy });
  expect(allocate(aQuestion({ linked: ['east'] }), roster)).toMatchObject({
    hub: hostOf('east'),
    because: 'newcomer',
    degraded: true,
  });
});

test('a released move is held while a rule does not allow its target', () => {
  const policy = aPolicy({ rules: [{ name: 'eu', regions: ['westeurope'] }] });
  const hubs = aTable(eu('east'), us('west'));
  const asked = aQuestion({ linked: ['east', 'west'], current: 'east', released: 'west' });
  expect(allocate(asked, aRoster(hubs, { policy }))).toMatchObject({
    hub: hostOf('east'),
    because: 'held',
  });
  expect(allocate(asked, aRoster(hubs))).toMatchObject({ because: 'moving' });
});
