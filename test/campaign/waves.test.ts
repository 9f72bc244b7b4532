import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { interleaved, isSampled, waveSizes } from '../../shared/campaign/waves.ts';

const percents = [1, 5, 20, 50, 100];

describe('how large waves are', () => {
  test.each([
    ['nothing', 0, {}, []],
    ['fewer than tell anything', 100, {}, [100]],
    ['as many as tell something', 148, {}, [148]],
    ['a few more', 1_000, {}, [148, 52, 300, 500]],
    ['many', 100_000, {}, [1_000, 4_000, 15_000, 30_000, 50_000]],
    [
      'many, of whom not everything is known',
      100_000,
      { uncertain: 3_000 },
      [3_000, 2_000, 15_000, 30_000, 50_000],
    ],
    ['few that can go at once', 100_000, { ready: 40 }, [40, 4_960, 15_000, 30_000, 50_000]],
    ['as told: all at once', 2_000, { percents: [100] }, [2_000]],
  ])('%s', (_name, total, but, sizes) => {
    const needs = { canary: 148, uncertain: 0, ready: total, percents, ...but };
    expect(waveSizes(total, needs).sizes).toEqual(sizes);
  });

  test('they are never empty, and together all', () => {
    const natural = fc.integer({ min: 0, max: 5_000 });
    fc.assert(
      fc.property(natural, natural, natural, natural, (total, canary, uncertain, ready) => {
        const { sizes } = waveSizes(total, { canary: canary + 1, uncertain, ready, percents });
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(total);
        expect(sizes.every((size) => size > 0)).toBe(true);
      }),
    );
  });
});

describe('who goes in which', () => {
  test('groups are spread over the whole, and keep their own order', () => {
    const group = fc.constantFrom('a', 'b', 'c', 'd');
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 200 }), (groups) => {
        const rows = groups.map((name, index) => ({ name, index }));
        const mixed = interleaved(rows, ({ name }) => name);
        expect([...mixed].sort((one, other) => one.index - other.index)).toEqual(rows);
        for (const name of new Set(groups)) {
          const own = mixed.filter((row) => row.name === name).map(({ index }) => index);
          expect(own).toEqual([...own].sort((one, other) => one - other));
          // In the first half there are half of each, one more or less for each group.
          const half = mixed.slice(0, Math.ceil(mixed.length / 2));
          const there = half.filter((row) => row.name === name).length;
          expect(Math.abs(there - own.length / 2)).toBeLessThanOrEqual(4);
        }
      }),
    );
  });

  test('the canary takes as many as it wants, evenly', () => {
    const number = fc.integer({ min: 1, max: 3_000 });
    fc.assert(
      fc.property(number, number, (of, wanted) => {
        const taken = Array.from({ length: of }, (_, index) => isSampled(index, of, wanted));
        expect(taken.filter(Boolean)).toHaveLength(Math.min(of, wanted));
        const first = taken.slice(0, Math.floor(of / 2)).filter(Boolean).length;
        expect(Math.abs(first - Math.min(of, wanted) / 2)).toBeLessThanOrEqual(1.5);
      }),
    );
  });
});
