import type { Instant } from '../domain/instant.ts';

/**
 * What campaigns have taken of every quota, whoever runs them: for each resource the time by which it will have been made up for (the
 * generic cell rate algorithm). A quota flows at an even rate, so that in any minute of the service's own no more is taken than a minute
 * brings, wherever that minute begins.
 */
export type Purse = Readonly<Record<string, number>>;

/** What one move takes of one quota: so many, of so many a minute. */
export type Charge = {
  readonly resource: string;
  readonly count: number;
  readonly perMinute: number;
};

/** How much may be taken at once: of so long as it takes a runner to come round again. */
export const burstMs = 1_500;
/** Ahead of its time by so much at most a move may go that costs more than that: it, too, waits for a runner's round. */
const aheadMs = 1_000;

export type Taken =
  | { readonly kind: 'taken'; readonly purse: Purse }
  /** What it is short of, and when there will be enough. */
  | { readonly kind: 'short'; readonly binds: string; readonly until: number };

/** [C4] All that a move takes, or nothing of it. */
export const take = (purse: Purse, charges: readonly Charge[], now: Instant): Taken => {
  const after: Record<string, number> = {};
  for (const { resource, count, perMinute } of charges) {
    if (perMinute <= 0) return { kind: 'short', binds: resource, until: now + 60_000 };
    const costMs = (count * 60_000) / perMinute;
    const from = Math.max(after[resource] ?? purse[resource] ?? 0, now);
    if (from - now > Math.max(burstMs - costMs, aheadMs))
      return { kind: 'short', binds: resource, until: from - Math.max(burstMs - costMs, aheadMs) };
    after[resource] = from + costMs;
  }
  return { kind: 'taken', purse: { ...purse, ...after } };
};

/** Without what has been made up for long since. */
export const tidied = (purse: Purse, now: Instant): Purse =>
  Object.fromEntries(Object.entries(purse).filter(([, until]) => until > now));
