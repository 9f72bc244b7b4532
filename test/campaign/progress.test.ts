import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Code,
  codeOf,
  judgedOf,
  newProgress,
  noted,
  type Outcome,
  quantile,
  tallyOf,
} from '../../shared/campaign/progress.ts';

const codes: readonly Code[] = ['.', 'c', 't', 'p', 'v', 'l', 's', 'x', 'o', 'r', 'a', 'u', 'k'];
const over = new Set<Code>(['v', 's', 'x', 'o', 'r', 'a', 'u', 'k']);

const outcome = fc.record({
  row: fc.integer({ min: 0, max: 4 }),
  code: fc.constantFrom(...codes),
  gapMs: fc.option(fc.integer({ min: 0, max: 600_000 }), { nil: undefined }),
});

test('whatever is noted, in whatever order and however often: what has ended stays as it ended', () => {
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 30 }), (outcomes: readonly Outcome[]) => {
      let progress = newProgress(5);
      for (const one of outcomes) {
        const before = progress.codes[one.row] as Code;
        progress = noted(progress, [one]);
        const now = progress.codes[one.row] as Code;
        if (over.has(before)) expect(now).toBe(before);
        if (before !== '.' && before !== 'c') expect(now).not.toBe('.');
        expect(progress.codes).toHaveLength(5);
      }
      const tally = tallyOf([progress]);
      expect(Object.values(tally).reduce((sum, count) => sum + count, 0)).toBe(5);
      const gaps = Object.values(progress.gaps).reduce((sum, count) => sum + count, 0);
      expect(gaps).toBeLessThanOrEqual(tally.v); // each is counted once
      expect(judgedOf(tally)).toBeLessThanOrEqual(5);
    }),
  );
});

test('[M3] one that landed is not verified, and may be yet', () => {
  expect(codeOf({ verdict: 'timedOut', heard: true })).toBe('l');
  expect(codeOf({ verdict: 'timedOut', heard: false })).toBe('o');
  const landed = noted(newProgress(1), [{ row: 0, code: 'l' }]);
  expect(noted(landed, [{ row: 0, code: 'x' }]).codes).toBe('l');
  expect(noted(landed, [{ row: 0, code: 'v' }]).codes).toBe('v');
});

describe('quantiles', () => {
  test('are those of what was measured, within a step', () => {
    const measured = fc.array(fc.integer({ min: 1, max: 3_600_000 }), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(measured, fc.constantFrom(0.5, 0.95, 0.99), (all, share) => {
        const outcomes = all.map((gapMs, row): Outcome => ({ row, code: 'v', gapMs }));
        const { gaps } = noted(newProgress(all.length), outcomes);
        const sorted = [...all].sort((one, other) => one - other);
        const exact = sorted[Math.max(0, Math.ceil(share * all.length) - 1)] ?? 0;
        expect((quantile(gaps, share) ?? 0) / exact).toBeGreaterThan(0.7);
        expect((quantile(gaps, share) ?? 0) / exact).toBeLessThan(1.4);
        if (exact > 100)
          expect(Math.abs((quantile(gaps, share) ?? 0) / exact - 1)).toBeLessThan(0.07);
      }),
    );
  });

  test('of nothing there is none', () => {
    expect(quantile({}, 0.5)).toBeUndefined();
  });
});
