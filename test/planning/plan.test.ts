import { describe, expect, test } from 'vitest';
import { enrollmentKey } from '../../shared/domain/enrollment.ts';
import { instant } from '../../shared/domain/instant.ts';
import { noPolicy, type Policy, type Rule } from '../../shared/domain/policy.ts';
import type { Goal } from '../../shared/planning/goal.ts';
import type { Plan } from '../../shared/planning/plan.ts';
import { aHub } from '../support/a-hub.ts';
import { aMove, at, host } from '../support/a-move.ts';
import { aPlanOf, aResident, type Fleet, residents, tally } from '../support/a-plan-of.ts';
import { main } from '../support/a-question.ts';
import { anEnrollment } from '../support/a-request.ts';
import { only } from '../support/a-rule.ts';

const because = ({ refusals }: Plan) =>
  Object.fromEntries(refusals.map(({ deviceId, because: why }) => [deviceId, why]));
const endingOf = ({ hubs }: Plan) =>
  Object.fromEntries(hubs.map((hub) => [hub.hub.split('.')[0], hub.after]));

const skewed: Fleet = {
  hubs: [
    aHub('east', { deviceCount: 1_000 }),
    aHub('west', { deviceCount: 100 }),
    aHub('north', { deviceCount: 100 }),
  ],
  devices: [...residents('east', 1_000), ...residents('west', 100), ...residents('north', 100)],
};

const policy = (...rules: readonly Rule[]): Policy => ({ ...noPolicy, version: 3, rules });

describe('rebalance', () => {
  test('[P2] moves what is past the fair share, and no more', () => {
    const planned = aPlanOf(skewed, { kind: 'rebalance' });
    expect(planned.moves).toHaveLength(1_000 - 408); // 400 each, and 2 %
    expect(planned.lowerBound).toEqual({ moves: 592, by: 'count' });
    expect(planned.gap).toBe(0);
    expect(tally(planned)).toEqual({ 'east>north': 300, 'east>west': 292 });
  });

  test('[P6] below either threshold there is no plan', () => {
    const near = { ...skewed, limits: { imbalancePercent: 151 } };
    expect(aPlanOf(near, { kind: 'rebalance' }).idle).toContain('151 %');
    expect(aPlanOf(near, { kind: 'rebalance' }).moves).toEqual([]);
    const few = { ...skewed, limits: { imbalanceCount: 601 } };
    expect(aPlanOf(few, { kind: 'rebalance' }).moves).toEqual([]);
    const both = { ...skewed, limits: { imbalancePercent: 149, imbalanceCount: 600 } };
    expect(aPlanOf(both, { kind: 'rebalance' }).moves).toHaveLength(592);
  });

  test('a hub past what it may hold is relieved, however small the fleet', () => {
    const hubs = [aHub('east', { deviceCount: 3, capacity: 2 }), aHub('west', { deviceCount: 0 })];
    const planned = aPlanOf({ hubs, devices: residents('east', 3) }, { kind: 'rebalance' });
    expect(tally(planned)).toEqual({ 'east>west': 1 });
  });

  test('weights say what is fair, and a joining hub has little of its yet', () => {
    const hubs = [aHub('east', { deviceCount: 900, weight: 2 }), aHub('west', { deviceCount: 0 })];
    const devices = residents('east', 900);
    expect(endingOf(aPlanOf({ hubs, devices }, { kind: 'rebalance' }))['east']).toBe(612);
    const now = at(24 * 60);
    const joining = [
      aHub('east', { deviceCount: 900, joinedAt: instant(0) }),
      aHub('west', { deviceCount: 0, joinedAt: at(24 * 60 - 6) }),
    ];
    const limits = { imbalancePercent: 5, imbalanceCount: 10, slackPercent: 0 };
    const planned = aPlanOf({ hubs: joining, devices, limits, now }, { kind: 'rebalance' });
    expect(endingOf(planned)['west']).toBe(81); // a tenth of a weight: 900 · 0.1 / 1.1
  });

  test('of hubs that only their own devices may be on, each group is balanced in itself', () => {
    const on = (hub: string, count: number, site: string) =>
      residents(hub, count, { labels: { site } }, `${hub}-${site}`);
    const planned = aPlanOf(
      {
        hubs: ['e1', 'e2', 'u1', 'u2'].map((name, index) =>
          aHub(name, { deviceCount: [600, 200, 90, 110][index] ?? 0 }),
        ),
        devices: [
          ...on('e1', 600, 'eu'),
          ...on('e2', 200, 'eu'),
          ...on('u1', 90, 'us'),
          ...on('u2', 110, 'us'),
        ],
        policy: policy(only('eu', 'e1', 'e2'), only('us', 'u1', 'u2')),
        limits: { slackPercent: 0 },
      },
      { kind: 'rebalance' },
    );
    expect(endingOf(planned)).toEqual({ e1: 400, e2: 400, u1: 100, u2: 100 });
    expect(planned.gap).toBe(0);
  });

  test('moves of one plan can be bounded, and what waits is told', () => {
    const planned = aPlanOf({ ...skewed, limits: { movesMax: 50 } }, { kind: 'rebalance' });
    expect(planned.moves).toHaveLength(50);
    expect(planned.postponed).toBe(542);
    expect(planned.gap).toBe(0);
  });
});

describe('drain', () => {
  test("[P7] moves the hub's devices and no other, to where it is emptiest", () => {
    const planned = aPlanOf(skewed, { kind: 'drain', hub: host('west') });
    expect(tally(planned)).toEqual({ 'west>north': 100 });
    expect(planned.lowerBound).toEqual({ moves: 100, by: 'count' });
  });

  test('[P7] moves others where room must be made, and says in which order', () => {
    const chained: Fleet = {
      hubs: [
        aHub('a', { deviceCount: 2 }),
        aHub('b', { deviceCount: 2, capacity: 2 }),
        aHub('c', { deviceCount: 0 }),
      ],
      devices: [
        ...residents('a', 2, { labels: { site: 'x' } }),
        ...residents('b', 2, { labels: { site: 'y' } }),
      ],
      policy: policy(only('x', 'a', 'b'), only('y', 'b', 'c')),
    };
    const planned = aPlanOf(chained, { kind: 'drain', hub: host('a') });
    expect(planned.moves.map(({ from, to, stage }) => [from, to, stage])).toEqual([
      [1, 2, 0],
      [1, 2, 0],
      [0, 1, 1],
      [0, 1, 1],
    ]);
    expect(planned.lowerBound).toEqual({ moves: 4, by: 'flow' });
    expect(planned.gap).toBe(0);
  });

  test('[P1] [P4] what cannot leave is named, and so is the hub that stays past its cap', () => {
    const order = { since: at(0), because: 'a demo', by: 'Otto' };
    const devices = [
      aResident('pinned', 'east', { pin: order }),
      aResident('moved', 'east', { lastMoveAt: at(-60) }),
      aResident('edge', 'east', { traits: { enabled: true, iotEdge: true, advertises: true } }),
      aResident('mute', 'east', { traits: { enabled: true, iotEdge: false, advertises: false } }),
      aResident('unseen', 'east', { traits: undefined }),
      aResident('going', 'east', { move: aMove() }),
      aResident('fine', 'east'),
    ];
    const hubs = [aHub('east', { deviceCount: 7 }), aHub('west', { deviceCount: 0 })];
    const planned = aPlanOf({ hubs, devices }, { kind: 'drain', hub: host('east') });
    expect(planned.moves.map(({ deviceId }) => deviceId)).toEqual(['fine']);
    expect(because(planned)).toEqual({
      pinned: 'it is pinned: a demo',
      moved: 'it was moved lately: it is left in peace for 167 more hours',
      edge: 'it is an IoT Edge device',
      mute: 'it is not known to be movable: its firmware does not say that it keeps the device contract',
      unseen: 'it is not known to be movable: its twin was never looked at',
      going: expect.stringContaining('is under way'),
    });
    expect(planned.hubs[0]?.past).toMatch(
      /^5 too many stay: 6 of its devices cannot be moved, 1 because/,
    );
    const bold = { hubs, devices, limits: { unknownAllowed: true, cooldownMs: 0 } };
    const bolder = aPlanOf(bold, { kind: 'drain', hub: host('east') });
    expect(bolder.moves.map(({ deviceId, isCertain }) => [deviceId, isCertain]).sort()).toEqual([
      ['fine', true],
      ['moved', true],
      ['mute', false],
      ['unseen', false],
    ]);
  });

  test('[P4] an enrollment that does not ask us, or never moves a device, holds its devices', () => {
    const enrollments = [
      anEnrollment({ id: 'other', asksUs: false }),
      anEnrollment({ id: 'never', reprovision: 'never' }),
      anEnrollment({ id: 'wiped', reprovision: 'reset' }),
      anEnrollment({ id: 'here', hubs: [host('east')] }),
    ];
    const devices = enrollments.map((one) =>
      aResident(one.id, 'east', { enrollment: enrollmentKey(main, one) }),
    );
    const hubs = [aHub('east', { deviceCount: 4 }), aHub('west', { deviceCount: 0 })];
    const planned = aPlanOf({ hubs, devices, enrollments }, { kind: 'drain', hub: host('east') });
    expect(because(planned)).toEqual({
      other: 'its enrollment other does not ask our webhook',
      never: 'its enrollment never never moves a device',
      wiped: 'its enrollment wiped would reset its twin',
      here: 'its enrollment here is not allowed on west.azure-devices.net',
    });
  });

  test('[P1] [P4] where there is no room, it says on which hubs', () => {
    const hubs = [
      aHub('east', { deviceCount: 10 }),
      aHub('west', { deviceCount: 1, capacity: 4 }),
      aHub('shut', { deviceCount: 0, state: 'cordoned' }),
    ];
    const devices = [...residents('east', 10), ...residents('west', 1)];
    const planned = aPlanOf({ hubs, devices }, { kind: 'drain', hub: host('east') });
    expect(tally(planned)).toEqual({ 'east>west': 3 });
    expect(new Set(planned.refusals.map((one) => one.because))).toEqual(
      new Set(['there is room for others only on west.azure-devices.net']),
    );
    expect(planned.refusals).toHaveLength(7);
  });

  test('[P1] nobody is sent to a hub in trouble, neither drained nor for balance', () => {
    const trouble = { kind: 'unhealthy', since: instant(0) } as const;
    const hubs = [
      aHub('east', { deviceCount: 40 }),
      aHub('west', { deviceCount: 0 }),
      aHub('ill', { deviceCount: 0, trouble }),
    ];
    const devices = residents('east', 40);
    for (const goal of [{ kind: 'drain', hub: host('east') }, { kind: 'rebalance' }] as const) {
      const planned = aPlanOf({ hubs, devices, limits: { imbalanceCount: 1 } }, goal);
      expect(Object.keys(tally(planned))).toEqual(['east>west']);
    }
    const alone = { hubs: hubs.filter(({ hostName }) => hostName !== host('west')), devices };
    const planned = aPlanOf(alone, { kind: 'drain', hub: host('east') });
    expect(because(planned)['east-0']).toContain('ill.azure-devices.net is unhealthy');
  });

  test('a Basic hub cannot ask its devices; a dead one need not', () => {
    const hubs = [aHub('east', { deviceCount: 2, tier: 'B1' }), aHub('west', { deviceCount: 0 })];
    const fleet = { hubs, devices: residents('east', 2, { traits: undefined }) };
    expect(because(aPlanOf(fleet, { kind: 'drain', hub: host('east') }))['east-0']).toContain(
      'its hub is B1',
    );
    const dead = [
      aHub('east', { deviceCount: 2, tier: 'B1', state: 'closed' }),
      aHub('west', { deviceCount: 0 }),
    ];
    const planned = aPlanOf({ ...fleet, hubs: dead }, { kind: 'evacuate', hub: host('east') });
    expect(tally(planned)).toEqual({ 'east>west': 2 });
    expect(planned.advice[0]).toContain('nobody can be asked on a dead hub');
  });

  test('off a dead hub go devices that are pinned or were just moved; those in quarantine have a hub', () => {
    const order = { since: at(0), because: 'a demo', by: 'Otto' };
    const devices = [
      aResident('pinned', 'east', { pin: order }),
      aResident('moved', 'east', { lastMoveAt: at(-1) }),
      aResident('odd', 'east', { quarantine: { ...order, returnTo: undefined } }),
    ];
    const hubs = [
      aHub('east', { deviceCount: 3, state: 'closed' }),
      aHub('west', { deviceCount: 0 }),
    ];
    const planned = aPlanOf({ hubs, devices }, { kind: 'evacuate', hub: host('east') });
    expect(planned.moves.map(({ deviceId }) => deviceId).sort()).toEqual(['moved', 'pinned']);
    expect(because(planned)).toEqual({
      odd: 'it is in quarantine: it is answered the hub of that',
    });
  });

  test('what was never counted takes nobody, and neither does the hub of quarantine', () => {
    const hubs = [aHub('east', { deviceCount: 3 }), aHub('new'), aHub('ward', { deviceCount: 0 })];
    const kept = { ...noPolicy, quarantine: host('ward') };
    const fleet = { hubs, devices: residents('east', 3), policy: kept };
    const planned = aPlanOf(fleet, { kind: 'drain', hub: host('east') });
    expect(planned.moves).toEqual([]);
    expect(planned.refusals[0]?.because).toContain(
      'the devices of new.azure-devices.net were never counted',
    );
  });

  test('two hubs that wait for each other are named, not planned', () => {
    const hubs = [
      aHub('a', { deviceCount: 1, capacity: 1 }),
      aHub('b', { deviceCount: 1, capacity: 1 }),
    ];
    const devices = [
      aResident('x', 'a', { labels: { site: 'x' } }),
      aResident('y', 'b', { labels: { site: 'y' } }),
    ];
    const swapped = policy(only('x', 'b'), only('y', 'a'));
    const planned = aPlanOf({ hubs, devices, policy: swapped }, { kind: 'relocate' });
    expect(planned.moves).toEqual([]);
    expect(because(planned)['x']).toContain('has room only once one of it has left');
  });
});

describe('the other goals', () => {
  test('fill: a hub gets its share, from those that have more than theirs', () => {
    const planned = aPlanOf(skewed, { kind: 'fill', hub: host('north') });
    expect(tally(planned)).toEqual({ 'east>north': 300 });
    expect(planned.hubs.every(({ past }) => past === undefined)).toBe(true);
  });

  test('[P3] relocate: who is where the rules do not allow it any more, and nobody else', () => {
    const devices = [
      ...residents('east', 3, { labels: { site: 'eu' } }, 'eu'),
      ...residents('east', 3, {}, 'any'),
    ];
    const hubs = [aHub('east', { deviceCount: 6 }), aHub('west', { deviceCount: 0 })];
    const planned = aPlanOf(
      { hubs, devices, policy: policy(only('eu', 'west')) },
      { kind: 'relocate' },
    );
    expect(planned.moves.map(({ deviceId }) => deviceId).sort()).toEqual(['eu-0', 'eu-1', 'eu-2']);
    expect(planned.policyVersion).toBe(3);
  });

  test('[P3] a broken rule is mended first, though the balance is good enough', () => {
    const devices = [
      ...residents('east', 3, { labels: { site: 'eu' } }, 'eu'),
      ...residents('west', 3),
    ];
    const hubs = [aHub('east', { deviceCount: 3 }), aHub('west', { deviceCount: 3 })];
    const fleet = { hubs, devices, policy: policy(only('eu', 'west')) };
    expect(tally(aPlanOf(fleet, { kind: 'rebalance' }))).toEqual({ 'east>west': 3 });
  });

  test('[P3] where moves are bounded, what is broken is mended before anything is balanced', () => {
    const devices = [
      ...residents('east', 2, { labels: { site: 'eu' } }, 'zz'),
      ...residents('east', 600),
    ];
    const hubs = [aHub('east', { deviceCount: 602 }), aHub('west', { deviceCount: 0 })];
    const fleet = { hubs, devices, policy: policy(only('eu', 'west')), limits: { movesMax: 3 } };
    const planned = aPlanOf(fleet, { kind: 'rebalance' });
    expect(planned.moves).toHaveLength(3);
    expect(
      planned.moves
        .slice(0, 2)
        .map(({ deviceId }) => deviceId)
        .sort(),
    ).toEqual(['zz-0', 'zz-1']);
    expect(planned.hubs[0]?.past).toContain('too many stay until the next plan');
  });

  test('quarantine and return: these devices, pinned or just moved', () => {
    const order = { since: at(0), because: 'odd', by: 'Otto' };
    const kept = { ...noPolicy, quarantine: host('ward') };
    const hubs = [aHub('east', { deviceCount: 2 }), aHub('ward', { deviceCount: 1 })];
    const devices = [
      aResident('odd', 'east', { pin: order, lastMoveAt: at(-1) }),
      aResident('fine', 'east'),
      aResident('cured', 'ward', { quarantine: { ...order, returnTo: host('east') } }),
    ];
    const fleet = { hubs, devices, policy: kept };
    expect(tally(aPlanOf(fleet, { kind: 'quarantine', devices: ['odd'] }))).toEqual({
      'east>ward': 1,
    });
    expect(tally(aPlanOf(fleet, { kind: 'return', devices: ['cured'] }))).toEqual({
      'ward>east': 1,
    });
    const nowhere = aPlanOf({ hubs, devices }, { kind: 'quarantine', devices: ['odd', 'nobody'] });
    expect(because(nowhere)).toEqual({
      odd: 'the policy names no hub for quarantine that may take it',
      nobody: 'it is not known to be on a hub',
    });
  });

  test('only who is in quarantine returns from it, and only who is not there goes into it', () => {
    const hubs = [aHub('east', { deviceCount: 1 }), aHub('ward', { deviceCount: 1 })];
    const devices = [aResident('fine', 'east'), aResident('odd', 'ward')];
    const fleet = { hubs, devices, policy: { ...noPolicy, quarantine: host('ward') } };
    expect(because(aPlanOf(fleet, { kind: 'return', devices: ['fine'] }))).toEqual({
      fine: 'it is not in quarantine',
    });
    expect(because(aPlanOf(fleet, { kind: 'quarantine', devices: ['odd'] }))).toEqual({
      odd: 'it is on the hub of quarantine already',
    });
  });

  test('a site has no more moves than it may, and it is said', () => {
    const devices = residents('east', 6, { labels: { site: 'plant' } });
    const hubs = [aHub('east', { deviceCount: 6 }), aHub('west', { deviceCount: 0 })];
    const limits = { groupMax: { label: 'site', moves: 2 } };
    const planned = aPlanOf({ hubs, devices, limits }, { kind: 'drain', hub: host('east') });
    expect(planned.moves).toHaveLength(2);
    expect(planned.refusals[0]?.because).toBe(
      'the site plant has as many moves as one plan may have: 2',
    );
    expect(planned.hubs[0]?.past).toBe(
      '4 too many stay: 4 wait, because their group has as many moves as it may',
    );
  });
});

test('[P3] [P8] who is in quarantine is not misplaced, and makes nobody else so, whoever is read first', () => {
  const order = { since: at(0), because: 'odd', by: 'Otto' };
  const devices = [
    aResident('ill', 'east', {
      labels: { site: 'eu' },
      quarantine: { ...order, returnTo: undefined },
    }),
    ...residents('east', 5, { labels: { site: 'eu' } }),
  ];
  const hubs = [aHub('east', { deviceCount: 6 }), aHub('west', { deviceCount: 0 })];
  const fleet = { hubs, devices, policy: policy(only('eu', 'west')) };
  const one = aPlanOf(fleet, { kind: 'relocate' });
  const other = aPlanOf({ ...fleet, devices: devices.toReversed() }, { kind: 'relocate' });
  expect([one.moves.length, one.refusals]).toEqual([5, []]);
  expect(other.hash).toBe(one.hash);
});

describe('of plans with as few moves, the one that disturbs least', () => {
  const hubs = (but: object = {}) => [
    aHub('east', { deviceCount: 10, region: 'westeurope', ...but }),
    aHub('far', { deviceCount: 0, region: 'eastus' }),
    aHub('near', { deviceCount: 4, region: 'westeurope' }),
  ];

  test('devices stay in their region, while that has a fair share free', () => {
    const devices = [...residents('east', 10), ...residents('near', 4)];
    const drain = { kind: 'drain', hub: host('east') } as const;
    const planned = aPlanOf({ hubs: hubs(), devices: devices.slice(0, 3) }, drain);
    expect(tally(planned)).toEqual({ 'east>far': 3 }); // what is fair comes first
    const level = hubs().map((hub) => ({
      ...hub,
      deviceCount: hub.deviceCount === 0 ? 4 : hub.deviceCount,
    }));
    const two = aPlanOf({ hubs: level as never, devices: devices.slice(0, 1) }, drain);
    expect(tally(two)).toEqual({ 'east>near': 1 });
  });

  test('those that are known to be movable go before those that are not, and the rested before the restless', () => {
    const devices = [
      ...residents('east', 3, { traits: undefined }, 'unseen'),
      ...residents('east', 3, { lastMoveAt: at(-10 * 24 * 60) }, 'restless'),
      ...residents('east', 3, {}, 'usual'),
    ];
    const two = [aHub('east', { deviceCount: 9 }), aHub('west', { deviceCount: 3 })];
    const limits = { unknownAllowed: true, imbalanceCount: 1, slackPercent: 0 };
    const planned = aPlanOf({ hubs: two, devices, limits }, { kind: 'rebalance' });
    expect(planned.moves.map(({ deviceId }) => deviceId.split('-')[0])).toEqual([
      'usual',
      'usual',
      'usual',
    ]);
  });
});

test('what is kept free of what a hub may hold', () => {
  const hubs = [aHub('east', { deviceCount: 20 }), aHub('west', { deviceCount: 0, capacity: 10 })];
  const fleet = { hubs, devices: residents('east', 20), limits: { headroomPercent: 20 } };
  expect(aPlanOf(fleet, { kind: 'drain', hub: host('east') }).moves).toHaveLength(8);
});

test('each returns to where it was; and where that is gone, to where it may be', () => {
  const back = (name: string, hub: string) =>
    aResident(name, 'ward', {
      quarantine: { since: at(0), because: 'odd', by: 'Otto', returnTo: host(hub) },
    });
  const hubs = [
    aHub('east', { deviceCount: 0 }),
    aHub('gone', { deviceCount: 0, state: 'closed' }),
    aHub('ward', { deviceCount: 3 }),
    aHub('west', { deviceCount: 9 }),
  ];
  const devices = [back('one', 'east'), back('other', 'west'), back('third', 'gone')];
  const fleet = { hubs, devices, policy: { ...noPolicy, quarantine: host('ward') } };
  const planned = aPlanOf(fleet, { kind: 'return', devices: ['one', 'other', 'third'] });
  expect(tally(planned)).toEqual({ 'ward>east': 2, 'ward>west': 1 });
});

test('the hub of quarantine has no part in what is fair', () => {
  const hubs = [
    aHub('east', { deviceCount: 300 }),
    aHub('ward', { deviceCount: 200 }),
    aHub('west', { deviceCount: 0 }),
  ];
  const fleet = {
    hubs,
    devices: residents('east', 300),
    policy: { ...noPolicy, quarantine: host('ward') },
  };
  expect(endingOf(aPlanOf(fleet, { kind: 'rebalance' }))).toEqual({
    east: 153,
    ward: 200,
    west: 147,
  });
});

test('a chain may be long: each waits for the one before', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const hubs = names.map((name, index) =>
    aHub(name, index === 6 ? { deviceCount: 0 } : { deviceCount: 1, capacity: 1 }),
  );
  const next = (index: number): string => names[index + 1] ?? '';
  const devices = names
    .slice(0, 6)
    .map((name, index) => aResident(`${name}-0`, name, { labels: { site: `s${index}` } }));
  const rules = names.slice(0, 6).map((name, index) => only(`s${index}`, name, next(index)));
  const planned = aPlanOf(
    { hubs, devices, policy: policy(...rules) },
    { kind: 'drain', hub: host('a') },
  );
  expect(planned.moves.map(({ deviceId, stage }) => [deviceId, stage])).toEqual([
    ['f-0', 0],
    ['e-0', 1],
    ['d-0', 2],
    ['c-0', 3],
    ['b-0', 4],
    ['a-0', 5],
  ]);
});

test('of a group those that must go come before those that may', () => {
  const devices = [
    ...residents('east', 40, { labels: { site: 'plant' } }),
    aResident('must', 'east', { labels: { site: 'plant', tenant: 'x' } }),
  ];
  const rule: Rule = {
    ...only('x', 'west'),
    when: { ...only('x').when, labels: [{ path: ['tenant'], matcher: ['x'] }] },
  };
  const hubs = [aHub('east', { deviceCount: 41 }), aHub('west', { deviceCount: 0 })];
  const limits = { groupMax: { label: 'site', moves: 1 }, imbalanceCount: 1 };
  const planned = aPlanOf({ hubs, devices, limits, policy: policy(rule) }, { kind: 'rebalance' });
  expect(planned.moves.map(({ deviceId }) => deviceId)).toEqual(['must']);
});

test('what records know counts, though a hub was counted before', () => {
  const order = { since: at(0), because: 'a demo', by: 'Otto' };
  const hubs = [aHub('east', { deviceCount: 10 }), aHub('west', { deviceCount: 0, capacity: 10 })];
  const devices = [...residents('east', 10), ...residents('west', 8, { pin: order })];
  const planned = aPlanOf({ hubs, devices }, { kind: 'drain', hub: host('east') });
  expect(planned.moves).toHaveLength(2);
});

describe('[P5] moves under way', () => {
  const going = (count: number) =>
    residents('east', count, { move: aMove({ from: host('east'), to: host('west') }) }, 'going');

  test('are counted once where they go to, so that nothing is planned twice', () => {
    const devices = [...going(300), ...residents('east', 300), ...residents('west', 0)];
    const hubs = [aHub('east', { deviceCount: 600 }), aHub('west', { deviceCount: 0 })];
    const planned = aPlanOf({ hubs, devices }, { kind: 'rebalance' });
    expect(planned.hubs.map(({ before }) => before)).toEqual([300, 300]);
    expect(planned.moves).toEqual([]);
  });

  test('are over for a hub once the device is seen at the other', () => {
    const came = residents('west', 4, { move: aMove({ from: host('east'), to: host('west') }) });
    const hubs = [aHub('east', { deviceCount: 0 }), aHub('west', { deviceCount: 4 })];
    const planned = aPlanOf({ hubs, devices: came }, { kind: 'rebalance' });
    expect(
      planned.hubs.map(({ before, arriving, leaving }) => [before, arriving, leaving]),
    ).toEqual([
      [0, 0, 0],
      [4, 0, 0],
    ]);
  });

  test('take room at both ends', () => {
    const back = residents(
      'west',
      4,
      { move: aMove({ from: host('west'), to: host('east') }) },
      'back',
    );
    const hubs = [
      aHub('east', { deviceCount: 0, capacity: 100 }),
      aHub('west', { deviceCount: 6, capacity: 8 }),
      aHub('north', { deviceCount: 5 }),
    ];
    const devices = [...back, ...residents('west', 2), ...residents('north', 5)];
    const limits = { headroomPercent: 0 };
    const east = { ...hubs[0], state: 'cordoned' } as (typeof hubs)[number];
    const planned = aPlanOf(
      { hubs: [east, ...hubs.slice(1)], devices, limits },
      { kind: 'drain', hub: host('north') },
    );
    expect(tally(planned)).toEqual({ 'north>west': 2 }); // of 8, 6 are there until they have left
    expect(planned.refusals).toHaveLength(3);
    expect(planned.refusals[0]?.because).toContain('there is room for others only');
  });
});

describe('what a person reads', () => {
  test.each<[Goal, Partial<Fleet>, string]>([
    [{ kind: 'fill', hub: host('shut') }, {}, 'shut.azure-devices.net is cordoned'],
    [
      { kind: 'fill', hub: host('new') },
      {},
      'the devices of new.azure-devices.net were never counted',
    ],
    [
      { kind: 'fill', hub: host('west') },
      { policy: { ...noPolicy, quarantine: host('west') } },
      'west.azure-devices.net is kept for quarantined devices',
    ],
    [{ kind: 'drain', hub: host('west') }, {}, 'nobody is known to be on west.azure-devices.net'],
    [{ kind: 'relocate' }, {}, 'nobody is where the rules do not allow it'],
    [{ kind: 'return', devices: ['east-0'] }, {}, 'nobody of those who should can be moved'],
  ])('why nobody is moved: %j', (goal, but, idle) => {
    const hubs = [
      aHub('east', { deviceCount: 1 }),
      aHub('west', { deviceCount: 0 }),
      aHub('shut', { deviceCount: 0, state: 'cordoned' }),
      aHub('new'),
    ];
    const planned = aPlanOf({ hubs, devices: residents('east', 1), ...but }, goal);
    expect([planned.moves.length, planned.idle]).toEqual([0, idle]);
  });

  test('a fleet that is uneven, and cannot be made even: why', () => {
    const hubs = [aHub('east', { deviceCount: 900 }), aHub('west', { deviceCount: 100 })];
    const devices = [...residents('east', 900, { traits: undefined }), ...residents('west', 100)];
    expect(aPlanOf({ hubs, devices }, { kind: 'rebalance' }).idle).toBe(
      'by counts alone a hub is past its fair share by more than 10 % and 100 devices, but what may be moved is spread evenly: 900 devices cannot be moved, 900 because it is not known to be movable: its twin was never looked at',
    );
  });

  test('what a hub counts beyond our records is said, and that a hub that is drained still takes newcomers', () => {
    const hubs = [aHub('east', { deviceCount: 30 }), aHub('west', { deviceCount: 0 })];
    const fleet = { hubs, devices: residents('east', 10) };
    const planned = aPlanOf(fleet, { kind: 'drain', hub: host('east') });
    expect(planned.hubs[0]?.past).toBe('20 too many stay: 20 are not known to Rehome');
    expect(planned.advice).toContain(
      'east.azure-devices.net is open, and takes newcomers until it is drained by a campaign, or cordoned',
    );
  });

  test('off a dead hub nobody is asked: only registrations and connections count', () => {
    const hubs = [
      aHub('east', { deviceCount: 2, state: 'closed' }),
      aHub('west', { deviceCount: 0 }),
    ];
    const { pace } = aPlanOf(
      { hubs, devices: residents('east', 2) },
      { kind: 'evacuate', hub: host('east') },
    );
    expect(pace.messages).toEqual([]);
    expect(pace.constraints.map(({ what }) => what)).toEqual(['registrations', 'new connections']);
  });

  test('the rate, what binds it, and how long it takes', () => {
    const hubs = [
      aHub('east', { deviceCount: 16_000 }),
      aHub('west', { deviceCount: 0, intakePerMinuteMax: 100 }),
    ];
    const fleet = { hubs, devices: residents('east', 16_000) };
    const { pace } = aPlanOf(fleet, { kind: 'drain', hub: host('east') });
    expect(pace.movesPerMinute).toBe(100);
    expect(pace.minutes).toBe(160);
    expect(pace.constraints[0]).toMatchObject({
      what: 'newcomers that it is given',
      count: 16_000,
    });
    expect(pace.constraints[1]).toMatchObject({
      what: 'registrations',
      perMinute: 800,
      minutes: 20,
    });
    expect(pace.minutesIfRegistryBinds).toBe(200);
  });

  test('a hub whose messages of today are spent cannot be asked until midnight', () => {
    const daily = {
      messageCountMax: 1_000,
      perDevice: undefined,
      messageCount: 900,
      measuredAt: instant(0),
    };
    const hubs = [aHub('east', { deviceCount: 100, daily }), aHub('west', { deviceCount: 0 })];
    const fleet = { hubs, devices: residents('east', 100) };
    const { pace } = aPlanOf(fleet, { kind: 'drain', hub: host('east') });
    expect(pace.messages[0]).toEqual({
      hub: host('east'),
      spent: 400,
      left: 100,
      unsignallable: true,
    });
  });

  test('whether the fleet could lose a hub, and what will be full', () => {
    const hubs = [
      aHub('east', { deviceCount: 90, capacity: 100 }),
      aHub('west', { deviceCount: 60, capacity: 100 }),
    ];
    const fleet = { hubs, devices: [...residents('east', 90), ...residents('west', 60)] };
    const { advice } = aPlanOf(fleet, { kind: 'relocate' });
    expect(advice).toEqual([
      'east.azure-devices.net will hold 90 % of what it may',
      'if east.azure-devices.net were lost, 50 of its devices would find no room',
    ]);
  });
});

test('[P8] the same snapshot makes the same plan, in whatever order it was read', () => {
  const one = aPlanOf(skewed, { kind: 'rebalance' });
  const other = aPlanOf({ ...skewed, devices: skewed.devices.toReversed() }, { kind: 'rebalance' });
  expect(other.hash).toBe(one.hash);
  expect(one.hash).toMatch(/^sha256:[0-9a-f]{64}$/);
  const less = aPlanOf({ ...skewed, devices: skewed.devices.slice(1) }, { kind: 'rebalance' });
  expect(less.hash).not.toBe(one.hash);
});
