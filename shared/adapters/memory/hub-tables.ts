import type { Hub } from '../../domain/hub.ts';
import { hubTable } from '../../domain/hub-table.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HubTables } from '../../ports/hub-tables.ts';

/** One table, held in the process, that does not change: as old as the process is. */
export const memoryHubTables = (hubs: readonly Hub[], clock: Clock): HubTables => {
  const table = hubTable(hubs, clock.now());
  return { latest: () => table, known: async () => table };
};
