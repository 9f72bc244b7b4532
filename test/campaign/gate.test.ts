import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atMost } from '../../shared/campaign/binomial.ts';
import { campaignLimits } from '../../shared/campaign/campaign-limits.ts';
import { canarySize, certainty, failsAt, ruleOn } from '../../shared/campaign/gate.ts';
import { canaryOf, hasFailed, judgeWave, pardonsOf } from '../../shared/campaign/judge-wave.ts';
import { instant } from '../../shared/domain/instant.ts';
import { aCampaign, aWave } from '../support/a-campaign.ts';

/** P(X = k), by multiplying out. */
const exactly = (k: number, n: number, p: number): number => {
  let choose = 1;
  for (let index = 0; index < k; index += 1) choose = (choose * (n - index)) / (index + 1);
  return choose * p ** k * (1 - p) ** (n - k);
};

describe('the binomial distribution', () => {
  test('is the sum of what it is made of', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 0, max: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (k, n, p) => {
          let sum = 0;
          for (let count = 0; count <= Math.min(k, n); count += 1) sum += exactly(count, n, p);
          expect(atMost(k, n, p)).toBeCloseTo(Math.min(1, sum), 9);
        },
      ),
    );
  });

  test('of a million neither underflows nor overflows', () => {
    expect(atMost(20_000, 1_000_000, 0.02)).toBeGreaterThan(0.49);
    expect(atMost(20_000, 1_000_000, 0.02)).toBeLessThan(0.51);
    expect(atMost(0, 1_000_000, 0.02)).toBeLessThan(1e-100);
    expect(atMost(40_000, 1_000_000, 0.02)).toBeCloseTo(1, 9);
  });
});

describe('a gate', () => {
  test.each([
    ['nobody has told anything', 0, 0, true, 'inconclusive'],
    ['one that failed, of one', 1, 1, true, 'fail'],
    ['none of ten, while others are out', 0, 10, false, 'inconclusive'],
    ['none of ten, and all have settled', 0, 10, true, 'pass'],
    ['none of 150', 0, 150, false, 'pass'],
    ['eight of a hundred', 8, 100, true, 'fail'],
    ['three of a hundred, which chance explains', 3, 100, true, 'inconclusive'],
    ['two of a hundred, as many as the limit lets', 2, 100, true, 'pass'],
    ['exactly the limit of a million', 20_000, 1_000_000, true, 'pass'],
    ['a tenth more than the limit of a million', 22_000, 1_000_000, true, 'fail'],
  ] as const)('%s', (_name, failed, of, isWhole, ruling) => {
    expect(ruleOn(failed, of, 0.02, isWhole)).toBe(ruling);
  });

  test('more that failed is never better, and fewer moves of which as many failed never either', () => {
    const rank = { pass: 0, inconclusive: 1, fail: 2 };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 0, max: 40 }),
        fc.double({ min: 0.001, max: 0.3, noNaN: true }),
        fc.boolean(),
        (of, failed, limit, isWhole) => {
          fc.pre(failed < of);
          const here = rank[ruleOn(failed, of, limit, isWhole)];
          expect(rank[ruleOn(failed + 1, of, limit, isWhole)]).toBeGreaterThanOrEqual(here);
          expect(rank[ruleOn(failed, of + 1, limit, isWhole)]).toBeLessThanOrEqual(here);
        },
      ),
    );
  });

  test('fails from there on where it is said to fail', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0.001, max: 0.3, noNaN: true }),
        (of, limit) => {
          const least = failsAt(of, limit);
          if (least <= of) expect(ruleOn(least, of, limit, true)).toBe('fail');
          if (least > 1) expect(ruleOn(least - 1, of, limit, true)).not.toBe('fail');
        },
      ),
    );
  });
});

/** As often as told, from a seed. */
const dice = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
};

/** How often the gate of a canary says so, when so many of its devices fail by nature. */
const ruled = (rate: number, size: number, ruling: string): number => {
  const [draw, rounds] = [dice(7), 4_000];
  let count = 0;
  for (let round = 0; round < rounds; round += 1) {
    let failed = 0;
    for (let device = 0; device < size; device += 1) if (draw() < rate) failed += 1;
    if (ruleOn(failed, size, 0.02, true) === ruling) count += 1;
  }
  return count / rounds;
};

describe('how often a canary errs, over 4,000 of them', () => {
  const size = canaryOf(campaignLimits);

  test('it is as large as it takes: 148 moves tell 2 % from 0.1 %', () => {
    expect(size).toBe(148);
    // Fewer would not be told to be below the limit, even if none failed.
    expect(1 - atMost(0, size + 1, 0.02)).toBeGreaterThanOrEqual(certainty);
    expect(1 - atMost(0, size, 0.02)).toBeLessThan(certainty);
  });

  test('a sound fleet is stopped hardly ever, and passes without a person nearly always', () => {
    expect(ruled(0.001, size, 'fail')).toBe(0);
    expect(ruled(0.001, size, 'pass')).toBeGreaterThan(0.98);
  });

  test('a fleet right at the limit fails once in ten at most', () => {
    expect(ruled(0.02, size, 'fail')).toBeLessThan(0.1);
  });

  test('a fault of eight in a hundred is stopped nearly always, and passes hardly ever', () => {
    expect(ruled(0.08, size, 'fail')).toBeGreaterThan(0.95);
    expect(ruled(0.08, size, 'pass')).toBeLessThan(0.002);
  });

  test('a baseline closer to the limit takes more', () => {
    const sizes = [0.001, 0.002, 0.004, 0.008, 0.012].map((base) => canarySize(0.02, base));
    expect([...sizes].sort((one, other) => one - other)).toEqual(sizes);
    expect(sizes.at(-1)).toBeGreaterThan(500);
  });
});

describe('the gate of a wave', () => {
  const now = instant(0);
  const nobody = { lost: 0, of: 0 };
  const judge = (codes: string, moved = nobody, control = nobody, but = {}) =>
    judgeWave(aCampaign(but), [{ codes }], aWave(), moved, control, now).ruling;
  const most = 'v'.repeat(192);
  const failed = (codes: string, wave = aWave()) => hasFailed(aCampaign(), [{ codes }], wave);

  test('counts those that were shown to go, and neither those that wait nor those that would not', () => {
    expect(judge(`${most}${'p'.repeat(90)}${'r'.repeat(90)}${'k'.repeat(90)}`)).toBe('pass');
    expect(judge(`${most}${'s'.repeat(8)}`)).toBe('fail');
    expect(judge(`${most}${'x'.repeat(12)}`)).toBe('fail');
  });

  test('what befell those that were not moved is not laid to the move', () => {
    const moved = { lost: 12, of: 200 };
    expect(judge(most, moved)).toBe('fail');
    expect(judge(most, moved, { lost: 24, of: 200 })).toBe('pass');
    expect(judge(most, moved, { lost: 5, of: 5 })).toBe('fail'); // too few to tell
    // Whether devices are stranded has nothing to do with those that stay.
    expect(judge('s'.repeat(148), nobody, { lost: 60, of: 60 })).toBe('fail');
  });

  test('tells what it saw of the control, and how many fall silent by themselves', () => {
    const told = (control: { lost: number; of: number }) =>
      judgeWave(aCampaign(), [{ codes: most }], aWave(), { lost: 0, of: 100 }, control, now)
        .measures;
    expect(told({ lost: 0, of: 0 }).map(({ what }) => what)).toEqual([
      'stranded',
      'broken',
      'fell silent',
    ]);
    const [, , silent, control] = told({ lost: 20, of: 200 });
    expect(control).toMatchObject({ what: 'control', count: 20, of: 200, ruling: 'pass' });
    // 10 % of 200, less 1.645 standard errors of 2.12 %.
    expect(control?.limit).toBeCloseTo(0.0651, 3);
    expect(silent?.limit).toBeCloseTo(0.02 + 0.0651, 3);
    expect(told({ lost: 5, of: 49 })[2]?.limit).toBeCloseTo(0.02, 6);
    expect(told({ lost: 10, of: 50 })[2]?.limit).toBeGreaterThan(0.05);
  });

  test('a plan too small for a canary is stopped by one that strands, even once a person let others go', () => {
    expect(judge(`${'v'.repeat(99)}s`, nobody, nobody, { isSingle: true })).toBe('fail');
    expect(judge(`${'v'.repeat(99)}s`, nobody, nobody, { isSingle: false })).toBe('pass');
  });

  test('fails before its end, by blocks as large as a canary: a late fault is not hidden by an early success', () => {
    const codes = `${'v'.repeat(1_480)}${'x'.repeat(10)}${'.'.repeat(200)}`;
    expect(failed(codes)).toBe('10 of 148 moves came to nothing');
    expect(failed(`${'v'.repeat(1_480)}xx`)).toBeUndefined();
    expect(failed(`${'s'.repeat(8)}${'.'.repeat(140)}`)).toBe('8 of 148 moves stranded');
  });

  test('what had failed when a person let it go on counts no more; what fails from then on does', () => {
    const early = `${'x'.repeat(10)}${'.'.repeat(138)}`;
    const pardoned = pardonsOf(aCampaign(), [{ codes: early }]);
    expect(pardoned).toEqual([{ block: 0, stranded: 0, broken: 10 }]);
    expect(failed(early, aWave({ pardoned }))).toBeUndefined();
    const later = `${'x'.repeat(20)}${'v'.repeat(128)}`;
    expect(failed(later, aWave({ pardoned }))).toBe('10 of 138 moves came to nothing');
    const atEnd = (codes: string) =>
      judgeWave(aCampaign(), [{ codes }], aWave({ pardoned }), nobody, nobody, now).ruling;
    expect(atEnd(`${'x'.repeat(10)}${'v'.repeat(180)}`)).toBe('pass');
    expect(atEnd(`${'x'.repeat(22)}${'v'.repeat(180)}`)).toBe('fail');
    // Each block for itself, and those that have not failed are not pardoned.
    const second = `${'v'.repeat(148)}${'s'.repeat(10)}${'x'.repeat(3)}${'.'.repeat(140)}xx`;
    const of = pardonsOf(aCampaign(), [{ codes: second }]);
    expect(of).toEqual([{ block: 1, stranded: 10, broken: 13 }]);
    expect(failed(second, aWave({ pardoned: of }))).toBeUndefined();
    expect(failed(`${'s'.repeat(10)}${second.slice(10)}`, aWave({ pardoned: of }))).toBeDefined();
    const ruledOn = (codes: string) =>
      judgeWave(aCampaign(), [{ codes }], aWave({ pardoned: of }), nobody, nobody, now);
    const [stranded, broken] = ruledOn(`${'v'.repeat(190)}${'s'.repeat(11)}xxx`).measures;
    expect([stranded?.count, stranded?.of, broken?.count, broken?.of]).toEqual([1, 191, 1, 191]);
    const single = aCampaign({ isSingle: true });
    const one = pardonsOf(single, [{ codes: 's....' }]);
    expect(hasFailed(single, [{ codes: 'sv...' }], aWave({ pardoned: one }))).toBeUndefined();
    expect(hasFailed(single, [{ codes: 'svs..' }], aWave({ pardoned: one }))).toBeDefined();
  });
});
