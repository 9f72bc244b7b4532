import type { HubTable } from '../domain/hub-table.ts';

/** Where the picture of the hubs comes from. */
export type HubTables = {
  /** The newest snapshot at hand, at once: it is renewed behind the caller's back, and a failure leaves the last good one. */
  readonly latest: () => HubTable;
  /** The same, once the store has been read at all: until then what is not in the table may only not be known yet. A fault throws. */
  readonly known: () => Promise<HubTable>;
};
