import { type Instant, instant } from '../domain/instant.ts';

/** What bounds a move. Milliseconds, unless a name says otherwise. */
export type MoveLimits = {
  /** From asking a device to the first look at what came of it. */
  readonly lookMs: number;
  /** Between looks at a device that was offline: what it does is told by events, long before. */
  readonly parkedLookMs: number;
  /** From a move's end to the tidying up: longer than a call may take that puts a request into a twin. */
  readonly clearMs: number;
  /** Whether devices remember the ids of requests: only then may one that was accepted be sent again. */
  readonly remembersIds: boolean;
  readonly backOff: BackOff;
  /** Requests with an id of their own. */
  readonly attemptsMax: number;
  /** How long a device that DPS has moved may take to be heard from on its new hub, before it counts as stranded. */
  readonly silenceMs: number;
  /** Before the deadline, in which hubs that cannot be asked are asked again. */
  readonly graceMs: number;
};

export type BackOff = { readonly baseMs: number; readonly maxMs: number };

const minute = 60_000;

export const moveLimits: MoveLimits = {
  lookMs: minute,
  parkedLookMs: 60 * minute,
  clearMs: minute / 3,
  remembersIds: true,
  backOff: { baseMs: minute, maxMs: 15 * minute },
  attemptsMax: 8,
  silenceMs: 30 * minute,
  graceMs: 5 * minute,
};

/**
 * How long to wait before try number `next` (2 for the first repetition): twice as long each time, up to a bound, and of that a random
 * half to whole, so that what failed together does not come back together.
 *
 * @param draw at least 0, less than 1
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter
 */
export const backOffMs = ({ baseMs, maxMs }: BackOff, next: number, draw: number): number => {
  const whole = Math.min(maxMs, baseMs * 2 ** Math.max(0, next - 2));
  return Math.round(whole * (0.5 + draw / 2));
};

/** [M6] When a move with that window is settled: those that went at the last moment are still heard from, or found silent. */
export const deadlineOf = (notAfter: Instant, { silenceMs, graceMs }: MoveLimits): Instant =>
  instant(notAfter + silenceMs + graceMs);
