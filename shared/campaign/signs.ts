/**
 * How much of the quota is taken: a little more while all goes well, half as much when it does not (additive increase, multiplicative
 * decrease). DPS tells devices that it is overrun, not us; the sign is that they do not come.
 */
export const factorAfter = (factor: number, isIll: boolean): number =>
  isIll ? Math.max(least, factor / 2) : Math.min(1, factor + step);

const least = 1 / 16;
const step = 1 / 8;

/** What was seen in the last whole minutes. */
export type Signs = {
  /** Devices that said that they go. */
  readonly going: number;
  /** Calls of the webhook with a request of a move. */
  readonly came: number;
  /** Requests that a hub did not take, because it was overrun. */
  readonly throttled: number;
};

/** Below so many chance decides. */
const countMin = 20;
/** Of those that go, so many do not come, or come late. */
const lostMost = 0.1;
const throttledMost = 0.02;

/** Whether devices, or requests, get lost or late. */
export const isIll = ({ going, came, throttled }: Signs): boolean =>
  (going >= countMin && came < going * (1 - lostMost)) ||
  (going + throttled >= countMin && throttled > (going + throttled) * throttledMost);
