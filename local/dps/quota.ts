import type { World } from '../world.ts';
import { dpsError } from './dps-error.ts';

/** So many in every period, as DPS throttles. */
export type Quota = { readonly countMax: number; readonly periodMs: number };

/**
 * @see https://learn.microsoft.com/azure/iot-dps/about-iot-dps#quotas-and-limits
 */
export const dpsQuotas = {
  registrations: { countMax: 1_000, periodMs: 60_000 },
  operations: { countMax: 1_000, periodMs: 60_000 },
  polling: { countMax: 5, periodMs: 10_000 },
} as const satisfies Record<string, Quota>;

/** `refused`: of all time. */
export type Meter = { periodStartMs: number; count: number; refused: number };

export const newMeter = (): Meter => ({ periodStartMs: 0, count: 0, refused: 0 });

/** Counts one. @throws DpsError 429 with `Retry-After`, in seconds, when the period is used up. */
export const spend = (meter: Meter, { countMax, periodMs }: Quota, { now }: World): void => {
  if (now() - meter.periodStartMs >= periodMs) {
    meter.periodStartMs = now();
    meter.count = 0;
  }
  if (meter.count >= countMax) {
    meter.refused += 1;
    const waitSeconds = Math.ceil((meter.periodStartMs + periodMs - now()) / 1000);
    throw dpsError(429, 429001, 'Too many requests', { 'retry-after': String(waitSeconds) });
  }
  meter.count += 1;
};
