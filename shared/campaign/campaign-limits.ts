import { alwaysOpen, type Calendar } from './calendar.ts';
import type { Rung } from './ladder.ts';
import { wavePercents } from './waves.ts';

/** What a campaign is bounded by. Percentages are of 100. */
export type CampaignLimits = {
  /** Of the moves that end one way or the other: those that fail, time out or strand; and those that strand. */
  readonly brokenPercent: number;
  readonly strandedPercent: number;
  /** What fails in the best of times: the canary is as large as it takes to tell the limit from it. */
  readonly baselinePercent: number;
  readonly wavePercents: readonly number[];
  /** How long a wave is watched after its last move, before the next. */
  readonly bakeMs: number;
  /** What is done when a gate fails: nothing more; or also, everything back. */
  readonly onFail: 'hold' | 'abort' | 'rollback';
  readonly calendar: Calendar;
  /** Moves under way at once of devices that have the same value of a label: a site, a tenant. */
  readonly caps: readonly Cap[];
  /** How long a move may take, and how long one may wait for a device that is offline. */
  readonly windowMs: number;
  readonly parkedMs: number;
  readonly resetAllowed: boolean;
  readonly unknownAllowed: boolean;
  /** A rehearsal: once all have arrived, they go back. */
  readonly isDrill: boolean;
  /** Goes no further than its canary, until a person says so. */
  readonly isCanaryOnly: boolean;
  /** Off a dead hub: how far it may go. */
  readonly ladder: Rung;
};

export type Cap = { readonly label: string; readonly atOnce: number };

const minute = 60_000;

export const campaignLimits: CampaignLimits = {
  brokenPercent: 2,
  strandedPercent: 1,
  baselinePercent: 0.1,
  wavePercents,
  bakeMs: 10 * minute,
  onFail: 'abort',
  calendar: alwaysOpen,
  caps: [],
  windowMs: 30 * minute,
  parkedMs: 7 * 24 * 60 * minute,
  resetAllowed: false,
  unknownAllowed: false,
  isDrill: false,
  isCanaryOnly: false,
  ladder: 'answer',
};
