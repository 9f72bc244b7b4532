import { type Hub, isFailedOver, silentNow } from '../domain/hub.ts';
import { type HubTable, hubTable } from '../domain/hub-table.ts';
import type { Instant } from '../domain/instant.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { HubDocuments } from '../ports/hub-documents.ts';
import type { HubRegistries } from '../ports/hub-registries.ts';
import type { HubTables } from '../ports/hub-tables.ts';
import { changeHub } from './change-hub.ts';

export type HubsCounted = {
  /** As they are now: newer than any snapshot. */
  readonly table: HubTable;
  /** Hubs that gave no answer: their last count stands. */
  readonly silent: readonly { readonly hub: string; readonly because: string }[];
};

/** Every hub's own statistics → its document: what capacity and bound are judged by. It costs no quota. */
export type CountHubs = () => Promise<HubsCounted>;

type Ports = {
  readonly hubTables: HubTables;
  readonly hubDocuments: HubDocuments;
  readonly registries: HubRegistries;
  readonly clock: Clock;
  readonly deadline: Deadline;
};

/** A hub that is closed is presumed dead: it is not asked. */
export const countHubs =
  ({ hubTables, hubDocuments, registries, clock, deadline }: Ports): CountHubs =>
  async () => {
    const known = await hubTables.known();
    const silent: { hub: string; because: string }[] = [];
    const count = async (hub: Hub): Promise<Hub> => {
      if (hub.state === 'closed') return hub;
      // The time before the question: what turned up since is counted as arrived.
      const askedAt = clock.now();
      const deviceCount = await registries.countDevices(hub.hostName).catch((error: unknown) => {
        const [because = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
        silent.push({ hub: hub.hostName, because: because.slice(0, 200) });
        return undefined;
      });
      // A store that fails is no silence of the hub: it throws.
      const changed = await changeHub(hubDocuments, deadline, hub.hostName, (one) =>
        deviceCount === undefined
          ? silentNow(one, clock.now())
          : counted(one, deviceCount, askedAt),
      );
      return changed?.after ?? hub;
    };
    const hubs = await Promise.all([...known.hubs.values()].map(count));
    const { begunAt, counts } = known;
    return { table: { ...hubTable(hubs, clock.now(), [], counts), begunAt }, silent };
  };

const counted = (hub: Hub, deviceCount: number, countedAt: Instant): Hub => ({
  ...hub,
  deviceCount,
  countedAt,
  silentSince: undefined,
  silentAt: undefined,
  trouble: isFailedOver(hub, countedAt) ? undefined : hub.trouble,
});
