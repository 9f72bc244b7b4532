import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fairLevels } from '../../shared/planning/levels.ts';

const part = (hub: number, share = 1, most = 1_000) => ({ hub, share, most });

test('where all may be anywhere, by weight', () => {
  const levels = fairLevels([part(0, 2), part(1), part(2)], [{ eligible: [0, 1, 2], load: 400 }]);
  expect([...levels.values()]).toEqual([200, 100, 100]);
});

test('a hub that is full leaves the rest to the others', () => {
  const levels = fairLevels(
    [part(0, 1, 50), part(1), part(2)],
    [{ eligible: [0, 1, 2], load: 350 }],
  );
  expect([levels.get(0), levels.get(1), levels.get(2)]).toEqual([50, 150, 150]);
});

test('a crowd that must share few hubs does not crowd the others', () => {
  const pools = [
    { eligible: [0, 1], load: 400 },
    { eligible: [0, 1, 2, 3], load: 100 },
  ];
  const levels = fairLevels([part(0), part(1), part(2), part(3)], pools);
  expect([0, 1, 2, 3].map((hub) => levels.get(hub))).toEqual([200, 200, 50, 50]);
});

test('more than there is room for fills everything', () => {
  const levels = fairLevels([part(0, 1, 10), part(1, 3, 20)], [{ eligible: [0, 1], load: 100 }]);
  expect([levels.get(0), levels.get(1)]).toEqual([10, 20]);
});

/** Spreads a pool over its hubs, to the lowest first, again and again, until nothing changes: slow, and sure. */
const bySmallSteps = (
  parts: ReturnType<typeof part>[],
  pools: readonly { readonly eligible: readonly number[]; readonly load: number }[],
): readonly number[] => {
  const on = pools.map(
    ({ eligible, load }) => new Map(eligible.map((hub) => [hub, load / eligible.length])),
  );
  const loadOf = (hub: number) => on.reduce((sum, pool) => sum + (pool.get(hub) ?? 0), 0);
  const fill = (hub: number) => loadOf(hub) / (parts[hub]?.share ?? 1);
  for (let round = 0; round < 4_000; round += 1)
    for (const pool of on)
      for (const from of pool.keys())
        for (const to of pool.keys()) {
          const [a, b] = [parts[from]?.share ?? 1, parts[to]?.share ?? 1];
          const step = Math.min(pool.get(from) ?? 0, ((fill(from) - fill(to)) * a * b) / (a + b));
          if (step <= 0) continue;
          pool.set(from, (pool.get(from) ?? 0) - step);
          pool.set(to, (pool.get(to) ?? 0) + step);
        }
  return parts.map(({ hub }) => loadOf(hub));
};

test('the levels are those that nobody could make fairer by moving somebody', () => {
  const aPool = fc.record({
    eligible: fc.uniqueArray(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 }),
    load: fc.integer({ min: 1, max: 50 }),
  });
  const shares = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(shares, fc.array(aPool, { minLength: 1, maxLength: 5 }), (given, pools) => {
      const parts = given.map((share, hub) => part(hub, share));
      const levels = fairLevels(parts, pools);
      for (const [hub, load] of bySmallSteps(parts, pools).entries())
        expect(levels.get(hub)).toBeCloseTo(load, 2);
    }),
    { numRuns: 100 },
  );
});

test('a weight that is next to nothing beside another is one all the same', () => {
  const levels = fairLevels([part(0, 1e-15), part(1, 1_000)], [{ eligible: [0, 1], load: 100 }]);
  expect([...levels.values()].every(Number.isFinite)).toBe(true);
  expect(levels.get(1)).toBeCloseTo(100, 3);
});
