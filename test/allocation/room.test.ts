import { expect, test } from 'vitest';
import { leastOverfull, withinBound } from '../../shared/allocation/room.ts';
import type { Candidate } from '../../shared/allocation/roster.ts';
import { aHub, candidates } from '../support/a-hub.ts';

const names = (narrowed: readonly Candidate[]) =>
  narrowed.map(({ listed }) => listed.hub.hostName.split('.')[0]);

test('[A4] a hub has room below ⌈(1+ε) · w/ΣW · (n+1)⌉', () => {
  // n = 99, so 100 · 1.05 · 1/2 = 52.5, and 53 is the bound of either
  const at = (east: number, west: number) =>
    names(
      withinBound(
        candidates(aHub('east', { deviceCount: east }), aHub('west', { deviceCount: west })),
        5,
      ),
    );
  expect(at(52, 47)).toEqual(['east', 'west']);
  expect(at(53, 46)).toEqual(['west']);
});

test('[A4] the bound follows the weights', () => {
  const hubs = candidates(
    aHub('one', { weight: 1, deviceCount: 40 }),
    aHub('three', { weight: 3, deviceCount: 60 }),
  );
  // n = 100: ⌈1.05 · 101/4⌉ = 27 and ⌈1.05 · 303/4⌉ = 80
  expect(names(withinBound(hubs, 5))).toEqual(['three']);
});

test('a hub that was never counted neither bounds nor is bound', () => {
  const counted = [aHub('east', { deviceCount: 53 }), aHub('west', { deviceCount: 46 })];
  expect(names(withinBound(candidates(...counted, aHub('new', { weight: 1000 })), 5))).toEqual([
    'west',
    'new',
  ]);
});

test('of full hubs those least past their capacity are left', () => {
  const hubs = candidates(
    aHub('at', { capacity: 10, deviceCount: 10 }),
    aHub('also', { capacity: 20, deviceCount: 20 }),
    aHub('past', { capacity: 10, deviceCount: 11 }),
  );
  expect(names(leastOverfull(hubs))).toEqual(['at', 'also']);
});
