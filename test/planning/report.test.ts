import { expect, test } from 'vitest';
import { canonical, hashOf } from '../../shared/planning/canonical.ts';
import { countReasons } from '../../shared/planning/reasons.ts';
import { aHub } from '../support/a-hub.ts';
import { host } from '../support/a-move.ts';
import { aPlanOf, aResident, residents } from '../support/a-plan-of.ts';

/** What a plan says of itself: numbers and reasons that a person decides by. */

test('[P8] canonical JSON has one text for one value, however its members were put in', () => {
  const one = { b: [{ y: 1, x: null }, { y: 2 }], a: { d: undefined, c: [3, 1] } };
  const same = { a: { c: [3, 1] }, b: [{ x: null, y: 1 }, { y: 2 }] };
  expect(canonical(one)).toBe('{"a":{"c":[3,1]},"b":[{"x":null,"y":1},{"y":2}]}');
  expect(hashOf(same)).toBe(hashOf(one));
  expect(canonical([1, { b: 1, a: 2 }])).toBe('[1,{"a":2,"b":1}]');
  expect(hashOf({ ...same, b: [{ y: 2 }, { x: null, y: 1 }] })).not.toBe(hashOf(one)); // an order that counts
  expect([null, 'a', 1, true].map(canonical)).toEqual(['null', '"a"', '1', 'true']);
});

test('reasons are told with the most frequent first, and in one order', () => {
  const given = ['c', 'b', 'a', 'b', 'a'].map((because) => ({ because }));
  expect(countReasons(given)).toEqual([
    { because: 'a', count: 2 },
    { because: 'b', count: 2 },
    { because: 'c', count: 1 },
  ]);
});

test('how uneven the fleet was, how uneven it ends, and what each hub gives and takes', () => {
  const hubs = [
    aHub('east', { deviceCount: 600 }),
    aHub('west', { deviceCount: 300 }),
    aHub('north', { deviceCount: 0 }),
  ];
  const devices = [...residents('east', 600), ...residents('west', 300)];
  const planned = aPlanOf({ hubs, devices, limits: { slackPercent: 0 } }, { kind: 'rebalance' });
  expect(planned.imbalance).toEqual({ before: 1, after: 0 });
  expect(planned.hubs.map(({ level, movesIn, movesOut }) => [level, movesIn, movesOut])).toEqual([
    [300, 0, 300],
    [300, 300, 0],
    [300, 0, 0],
  ]);
});

test('[P1] a hub that stays past its cap says who stays, and why', () => {
  const order = { since: 0 as never, because: 'a test', by: 'Otto' };
  const hubs = [aHub('east', { deviceCount: 10 }), aHub('west', { deviceCount: 0, capacity: 4 })];
  const devices = [...residents('east', 3, { pin: order }), ...residents('east', 5, {}, 'free')];
  const planned = aPlanOf({ hubs, devices }, { kind: 'drain', hub: host('east') });
  expect(planned.moves).toHaveLength(4);
  expect(planned.hubs[0]?.past).toBe(
    '6 too many stay: 3 of its devices cannot be moved, 3 because it is pinned: a test; 1 that could go find no room where they may; 2 are not known to Rehome',
  );
  expect(planned.hubs[1]?.past).toBeUndefined();
});

test('[P4] refusals stand in the order of their names; a device that nobody knows is on no hub', () => {
  const hubs = [aHub('east', { deviceCount: 2 }), aHub('west', { deviceCount: 0 })];
  const held = aResident('b', 'east', { quarantine: undefined });
  const goal = { kind: 'return' as const, devices: ['z', 'b', 'a'] };
  const planned = aPlanOf({ hubs, devices: [held] }, goal);
  expect(planned.refusals.map(({ deviceId, hub }) => [deviceId, hub])).toEqual([
    ['a', -1],
    ['b', 0],
    ['z', -1],
  ]);
});

test('where devices find no room, the hubs are named, three of them at most', () => {
  const names = ['a', 'b', 'c', 'd'];
  const hubs = [
    aHub('east', { deviceCount: 2 }),
    ...names.map((name) => aHub(name, { deviceCount: 1, capacity: 1 })),
  ];
  const planned = aPlanOf(
    { hubs, devices: residents('east', 2) },
    { kind: 'drain', hub: host('east') },
  );
  expect(planned.refusals[0]?.because).toMatch(/ on a\.\S+, b\.\S+, c\.\S+ and 1 more$/);
});
