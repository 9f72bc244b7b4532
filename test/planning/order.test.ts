import { expect, test } from 'vitest';
import { inOrder } from '../../shared/planning/assign.ts';
import type { Candidate, Kind } from '../../shared/planning/snapshot.ts';

const kind: Kind = {
  id: 0,
  hub: 0,
  eligible: [1],
  misplaced: undefined,
  doubt: undefined,
  isRecent: false,
};
const candidate = (deviceId: string, order: number): Candidate => ({
  deviceId,
  kind,
  weight: 1,
  order,
  group: undefined,
  returnTo: undefined,
});

test('[P8] devices whose names hash alike are taken in the order of their names, however they were read', () => {
  const read = [
    candidate('pump-2', 7),
    candidate('valve', 9),
    candidate('pump-1', 7),
    candidate('first', 0),
    candidate('last', 2 ** 29 - 1),
    candidate('pump-3', 7),
  ];
  const namesOf = (candidates: readonly Candidate[]) =>
    [...inOrder(candidates)].map((index) => candidates[index]?.deviceId);
  const expected = ['first', 'pump-1', 'pump-2', 'pump-3', 'valve', 'last'];
  expect(namesOf(read)).toEqual(expected);
  expect(namesOf(read.toReversed())).toEqual(expected);
});
