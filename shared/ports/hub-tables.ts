import type { HubTable } from '../domain/hub-table.ts';

/** Where the picture of the hubs comes from. */
export type HubTables = {
  /** The newest snapshot at hand. */
  readonly latest: () => Promise<HubTable>;
};
