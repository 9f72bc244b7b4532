import { expect, test } from 'vitest';
import { type Crowd, overshootOf } from './instances.ts';

/** As many newcomers as one DPS lets in, on hubs of which one is empty, with no slack: whoever is below the mean draws all. */
const crowd: Crowd = {
  instances: 20,
  hubCount: 10,
  rate: 1_000 / 60,
  seconds: 900,
  snapshotMs: 10_000,
  flushMs: 10_000,
  confirmMs: 2_000,
  countMs: 300_000,
  slackPercent: 0,
  loadOfOthers: 1_000,
};

test.each([1, 2, 3])(
  '[A4] across 20 instances a hub is lifted past its bound by no more than rate × age, seed %i',
  async (seed) => {
    const { worst, allowed, fullest, decisions } = await overshootOf(crowd, seed);
    expect(decisions).toBeGreaterThan(14_000);
    expect(worst).toBeGreaterThan(10); // snapshots have an age: the law is not an empty one
    expect(worst).toBeLessThanOrEqual(allowed);
    expect(fullest).toBeLessThan(1.05);
  },
);

test('[A4] what nobody confirms nobody counts: then it is by more', async () => {
  const { worst, allowed } = await overshootOf({ ...crowd, confirmMs: 10_000_000 }, 1);
  expect(worst).toBeGreaterThan(368);
  expect(allowed).toBeGreaterThan(10_000);
});
