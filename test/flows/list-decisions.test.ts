import { expect, test } from 'vitest';
import type { Decision } from '../../shared/allocation/decision.ts';
import { instant } from '../../shared/domain/instant.ts';
import { listDecisions } from '../../shared/flows/list-decisions.ts';
import { host } from '../support/a-move.ts';
import { main } from '../support/a-question.ts';

/** The newest decisions, though the store answers in no order. */

const now = 10_000_000;

const aDecisionAt = (at: number): Decision => ({
  at: instant(at),
  scope: main,
  deviceId: `d-${at}`,
  from: undefined,
  hub: host('east'),
  because: 'newcomer',
  rules: [],
  policyVersion: 1,
});

const listing = (ages: readonly number[]) => {
  const all = ages.map((age) => aDecisionAt(now - age));
  let reads = 0;
  const list = listDecisions({
    records: {
      decisions: async (_scope, since, until) => {
        reads += 1;
        return all.filter(({ at }) => at >= since && at < until); // the oldest first
      },
    },
    clock: { now: () => instant(now) },
    deadline: (_ms, act) => act(new AbortController().signal),
  });
  return { list, reads: () => reads };
};

test('of six hundred in a rush the newest two hundred, by few reads', async () => {
  const { list, reads } = listing(Array.from({ length: 600 }, (_, index) => 600 * (600 - index)));
  const { decisions, isCut } = await list(main, undefined);
  expect(decisions).toHaveLength(200);
  expect([decisions[0]?.at, decisions.at(-1)?.at]).toEqual([now - 600, now - 120_000]);
  expect(isCut).toBe(true);
  expect(reads()).toBe(3); // of 30, 60 and 120 seconds: 350 decisions
});

test('of a quiet hour all of the last ten minutes, or since when it is asked, a day at most', async () => {
  const { list } = listing([30 * 3_600_000, 3_600_000, 500_000, 1_000]);
  const lately = await list(main, undefined);
  expect([lately.decisions.map(({ at }) => now - at), lately.isCut]).toEqual([
    [1_000, 500_000],
    false,
  ]);
  expect((await list(main, instant(0))).decisions).toHaveLength(3);
});
