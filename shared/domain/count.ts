import type { Scope } from './scope.ts';

/** What one instance counted of one thing in one minute, which begins `minute` minutes after the epoch. */
export type CountMinute = {
  readonly name: string;
  readonly minute: number;
  readonly count: number;
};

/**
 * What the webhook and the ledger count for campaigns:
 *
 *     organic   registrations of a scope that no move asked for
 *     moving    those that carry a move's request
 *     going     devices that said, when they were asked, that they go
 *     overrun   requests that a hub did not take, because it was overrun
 *     units     request units that a campaign's moves cost the store
 */
export const countOf = {
  organic: (scope: Scope): string => `organic:${scope}`,
  moving: (scope: Scope): string => `moving:${scope}`,
  going: (scope: Scope): string => `going:${scope}`,
  overrun: (scope: Scope): string => `overrun:${scope}`,
  units: (campaignId: string): string => `units:${campaignId}`,
};

/** All that was counted of it in those minutes, the first and the last included. */
export const counted = (
  rows: readonly CountMinute[],
  name: string,
  from: number,
  to: number,
): number =>
  rows.reduce(
    (sum, row) =>
      row.name === name && row.minute >= from && row.minute <= to ? sum + row.count : sum,
    0,
  );
