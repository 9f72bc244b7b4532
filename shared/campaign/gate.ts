import { atMost } from './binomial.ts';

/**
 * What a gate says of a rate that must stay below a limit. Seen so many fail of so many, with nothing known before (a uniform prior),
 * P(rate > limit) = P(Bin(n + 1, limit) ≤ failures):
 *
 *     fail           P(rate > limit) ≥ 95 %
 *     pass           P(rate < limit) ≥ 95 %, or all have settled, and no more failed than the limit lets
 *     inconclusive   neither: a person decides
 */
export type Ruling = 'pass' | 'fail' | 'inconclusive';

export const certainty = 0.95;

/** @param isWhole whether nobody is out any more. @param limit from 0 to 1. */
export const ruleOn = (failed: number, of: number, limit: number, isWhole: boolean): Ruling => {
  if (of === 0) return 'inconclusive'; // nobody has told us anything
  const above = atMost(failed, of + 1, limit);
  if (failed > 0 && above >= certainty) return 'fail';
  const isWithin = isWhole && failed <= limit * of;
  return 1 - above >= certainty || isWithin ? 'pass' : 'inconclusive';
};

/** The fewest failures that make it fail; one more than there are where none do. */
export const failsAt = (of: number, limit: number): number => {
  for (let failed = 1; failed <= of; failed += 1)
    if (atMost(failed, of + 1, limit) >= certainty) return failed;
  return of + 1;
};

/** How sure we want to be that a fleet that fares as it always does passes the canary outright. */
const power = 0.8;

/**
 * How many it takes to tell the limit from the baseline: the fewest of which, when they fail no more often than at all times, the gate
 * says that they pass, four times out of five, without having to be told by a person. Both from 0 to 1; the baseline is below the limit.
 */
export const canarySize = (limit: number, baseline: number): number => {
  for (let allowed = 0; allowed <= allowedMax; allowed += 1) {
    const size = passesFrom(allowed, limit);
    if (atMost(allowed, size, baseline) >= power) return size;
  }
  return passesFrom(allowedMax, limit);
};

/** A baseline this close to its limit tells a person to set another. */
const allowedMax = 50;

/** The fewest of which so many may fail, and the gate passes: found by halving. */
const passesFrom = (allowed: number, limit: number): number => {
  let [low, high] = [allowed, Math.ceil(((allowed + 1) * 20) / limit)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (1 - atMost(allowed, middle + 1, limit) >= certainty) high = middle;
    else low = middle;
  }
  return high;
};
