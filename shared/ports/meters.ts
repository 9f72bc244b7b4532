import type { HubTable } from '../domain/hub-table.ts';

/** What is counted of the app's work, for dashboards and alarms: no device is named, so that the number of series stays small. */
export type Meters = {
  /** A device was answered. */
  readonly allocated: (answer: {
    readonly scope: string;
    readonly hub: string;
    readonly because: string;
    readonly degraded: boolean;
    readonly tookMs: number;
  }) => void;
  /** A move came to its end. */
  readonly settled: (move: {
    readonly scope: string;
    readonly from: string;
    readonly to: string;
    readonly verdict: string;
  }) => void;
  /** Events that could not be parsed. @param source the function. */
  readonly deadLettered: (letters: { readonly source: string; readonly count: number }) => void;
  /** How fast a campaign went in its last minute, and how fast it might have gone. */
  readonly paced: (campaign: {
    readonly scope: string;
    readonly campaign: string;
    readonly perMinute: number;
    readonly allowedPerMinute: number;
  }) => void;
  /** What the hubs hold, and may. */
  readonly hubs: (table: HubTable) => void;
};
