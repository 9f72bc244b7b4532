import type { CountMinute } from '../../domain/count.ts';
import type { Hub } from '../../domain/hub.ts';
import { type HubTable, hubTable } from '../../domain/hub-table.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HubDocuments } from '../../ports/hub-documents.ts';
import type { HubTables } from '../../ports/hub-tables.ts';

/** One table, held in the process: as old as the last change of a hub. */
export const memoryHubTables = (
  hubs: readonly Hub[],
  clock: Clock,
  counts: () => readonly CountMinute[] = () => [],
): HubTables & { readonly documents: HubDocuments } => {
  const made = (all: readonly Hub[]): HubTable => ({
    ...hubTable(all, clock.now()),
    get counts() {
      return counts();
    },
  });
  let table = made(hubs);
  let writes = 0;
  const versions = new Map<string, string>();
  const versionOf = (hub: string): string => versions.get(hub) ?? '0';
  return {
    latest: () => table,
    known: async () => table,
    documents: {
      read: async (hostName) => {
        const hub = table.hubs.get(hostName);
        return hub && { hub, version: versionOf(hostName) };
      },
      write: async (hub, version) => {
        if (!table.hubs.has(hub.hostName) || version !== versionOf(hub.hostName))
          return 'superseded';
        writes += 1;
        versions.set(hub.hostName, String(writes));
        const others = [...table.hubs.values()].filter((one) => one.hostName !== hub.hostName);
        table = made([...others, hub]);
        return 'written';
      },
    },
  };
};
