import type { Hub, HubHostName } from './hub.ts';
import type { Instant } from './instant.ts';

/** The one picture of the hubs that everybody decides on: a snapshot, with its age. */
export type HubTable = {
  readonly takenAt: Instant;
  readonly hubs: ReadonlyMap<HubHostName, Hub>;
};

/** The last of two hubs with one host name wins. */
export const hubTable = (hubs: readonly Hub[], takenAt: Instant): HubTable => ({
  takenAt,
  hubs: new Map(hubs.map((hub) => [hub.hostName, hub])),
});
