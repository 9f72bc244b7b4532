import { expect, test } from 'vitest';
import { diffPlans } from '../../shared/planning/diff.ts';
import { aHub } from '../support/a-hub.ts';
import { host } from '../support/a-move.ts';
import { aPlanOf, residents } from '../support/a-plan-of.ts';

const counts = (east: number, west: number, north: number) => [
  aHub('east', { deviceCount: east }),
  aHub('west', { deviceCount: west }),
  aHub('north', { deviceCount: north }),
];

test('what the second plan does otherwise', () => {
  const devices = residents('east', 10);
  const drain = { kind: 'drain', hub: host('east') } as const;
  const first = aPlanOf({ hubs: counts(10, 0, 10), devices }, drain);
  expect(diffPlans(first, first)).toEqual({
    same: 10,
    onlyInFirst: [],
    onlyInSecond: [],
    elsewhere: [],
    hubs: [],
  });
  const second = aPlanOf({ hubs: counts(10, 10, 0), devices: devices.slice(1) }, drain);
  const diff = diffPlans(first, second);
  expect(diff.onlyInFirst).toEqual(['east-0']);
  expect(diff.onlyInSecond).toEqual([]);
  expect(diff.same + diff.elsewhere.length).toBe(9);
  expect(diff.elsewhere[0]).toMatchObject({ first: host('west'), second: host('north') });
  expect(diffPlans(second, first).onlyInSecond).toEqual(['east-0']);
});
