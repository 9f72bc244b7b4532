import type { HubHostName } from './hub.ts';
import type { Instant } from './instant.ts';

/**
 * What becomes of answers to newcomers:
 *
 *     answered    DPS was answered the hub, for the first time or again
 *     confirmed   the device turned up there
 *     inVain      answered twice, and the device asked once more
 */
export type IntakeKind = 'answered' | 'confirmed' | 'inVain';

/** What one instance counted of one hub in one minute, which begins `minute` minutes after the epoch. */
export type IntakeMinute = {
  readonly hub: HubHostName;
  readonly minute: number;
} & Readonly<Record<IntakeKind, number>>;

/** A hub's newcomers of late, as all instances together counted them. */
export type Intake = {
  /** Answers in the last minute. */
  readonly answeredPerMinute: number;
  /** Of the last `intakeMinutes`. */
  readonly confirmed: number;
  readonly inVain: number;
  /** Those that turned up since the hub was counted. */
  readonly arrived: number;
};

/** How long counts matter: longer than from one count of a hub to the next. */
export const intakeMinutes = 10;

export const noIntake: Intake = { answeredPerMinute: 0, confirmed: 0, inVain: 0, arrived: 0 };

const minuteMs = 60_000;

export const minuteOf = (at: Instant): number => Math.floor(at / minuteMs);

/**
 * Counts by the minute → what they tell at `now`. The minute that has begun is topped up with the end of the one before; of the minute in
 * which a hub was counted its part after that counts as arrived.
 */
export const intakeAt = (
  rows: readonly IntakeMinute[],
  now: Instant,
  countedAt: Instant | undefined,
): Intake => {
  const minute = minuteOf(now);
  const left = 1 - (now / minuteMs - minute);
  let { answeredPerMinute, confirmed, inVain, arrived } = noIntake;
  for (const row of rows) {
    if (row.minute <= minute - intakeMinutes || row.minute > minute + 1) continue;
    if (row.minute >= minute) answeredPerMinute += row.answered;
    else if (row.minute === minute - 1) answeredPerMinute += row.answered * left;
    confirmed += row.confirmed;
    inVain += row.inVain;
    if (countedAt !== undefined) arrived += row.confirmed * shareSince(countedAt, row.minute, now);
  }
  return { answeredPerMinute, confirmed, inVain, arrived: Math.round(arrived) };
};

/** How much of a minute, as far as it has come, is after that time. */
const shareSince = (since: Instant, minute: number, now: Instant): number => {
  const begun = minute * minuteMs;
  const end = Math.min(begun + minuteMs, Math.max(now, begun + 1));
  return Math.min(1, Math.max(0, (end - since) / (end - begun)));
};
