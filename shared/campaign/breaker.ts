import type { HubTable } from '../domain/hub-table.ts';
import { type Instant, instant } from '../domain/instant.ts';

/** Whether everything is stopped, and why [C7]. */
export type Breaker = {
  readonly tripped: { readonly at: Instant; readonly because: string } | undefined;
  /** Gates that failed of late, of all campaigns. */
  readonly failures: readonly { readonly campaignId: string; readonly at: Instant }[];
};

export const closedBreaker: Breaker = { tripped: undefined, failures: [] };

/** So many gates within so long: that is no longer one plan's fault. */
const failuresMost = 2;
const failuresMs = 24 * 3_600_000;
/** Of all hubs, so many in trouble at once, and two at least. */
const troubledShare = 1 / 3;
/** One question that came to nothing is no trouble: it is asked again every minute. */
const silentMs = 5 * 60_000;

/** Too much broken at once means that something more fundamental is: it stays tripped until a person has looked. */
export const breakerAfter = (breaker: Breaker, { hubs }: HubTable, now: Instant): Breaker => {
  if (breaker.tripped) return breaker;
  const failures = breaker.failures.filter(({ at }) => now - at < failuresMs);
  // One that is closed was given up already: what is wrong with it is known, and it is asked no more.
  const asked = [...hubs.values()].filter(({ state }) => state !== 'closed');
  const troubled = asked.filter(
    ({ trouble, silentSince }) =>
      trouble !== undefined || (silentSince !== undefined && now - silentSince >= silentMs),
  );
  const because =
    failures.length >= failuresMost
      ? `${failures.length} campaigns failed their gates within a day`
      : troubled.length >= 2 && troubled.length > asked.length * troubledShare
        ? `${troubled.length} of ${asked.length} hubs are in trouble`
        : undefined;
  if (because === undefined)
    return failures.length === breaker.failures.length ? breaker : { ...breaker, failures };
  return { tripped: { at: now, because }, failures };
};

export const withFailure = (breaker: Breaker, campaignId: string, at: Instant): Breaker => ({
  ...breaker,
  failures: [
    ...breaker.failures.filter((one) => one.campaignId !== campaignId),
    { campaignId, at: instant(at) },
  ],
});
