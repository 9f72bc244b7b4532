import type { Container } from './container.ts';
import { type CosmosError, cosmosError } from './cosmos-error.ts';

/**
 * Request units by published prices: a point read of 1 KB is 1, an insert of 1 KB without indexes about 5.5, a replacement twice
 * that. An estimate, good for a budget, not for a bill.
 * @see https://learn.microsoft.com/azure/cosmos-db/optimize-cost-reads-writes
 */
export const readUnits = (bytes: number): number => 1 + Math.max(0, kilobytes(bytes) - 1) * 0.09;

export const writeUnits = ({ indexed }: Container, bytes: number, replaces: boolean): number => {
  const indexUnits = (indexed?.length ?? 20) * 0.15;
  return (5.5 * Math.max(1, kilobytes(bytes)) + indexUnits) * (replaces ? 2 : 1);
};

export const queryUnits = (bytes: number): number => 2.5 + kilobytes(bytes) * 0.15;

const kilobytes = (bytes: number): number => bytes / 1024;

/** A container's units come back by the second. @throws CosmosError 429 while it is overdrawn. */
export const admit = ({ budget }: Container, nowMs: number): void => {
  const { unitsPerSecond, units, atMs } = budget;
  if (unitsPerSecond === 0) return;
  budget.units = Math.min(unitsPerSecond, units + ((nowMs - atMs) / 1000) * unitsPerSecond);
  budget.atMs = nowMs;
  if (budget.units > 0) return;
  const waitMs = Math.ceil((-budget.units / unitsPerSecond) * 1000) + 1;
  throw throttled(waitMs);
};

export type Throttled = CosmosError & { readonly retryAfterMs: number };

export const throttled = (retryAfterMs: number): Throttled =>
  Object.assign(cosmosError(429, 'TooManyRequests', 'Request rate is large.'), { retryAfterMs });

export const spend = ({ budget }: Container, units: number): number => {
  budget.units -= units;
  return units;
};
