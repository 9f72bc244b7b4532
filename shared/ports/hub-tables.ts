import type { HubTable } from '../domain/hub-table.ts';

/** Where the picture of the hubs comes from. */
export type HubTables = {
  /** The newest snapshot at hand, at once: it is renewed behind the caller's back, and a failure leaves the last good one. */
  readonly latest: () => HubTable;
};
