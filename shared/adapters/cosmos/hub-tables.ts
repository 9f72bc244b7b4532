import type { Database } from '@azure/cosmos';
import type { Hub } from '../../domain/hub.ts';
import { type HubTable, hubTable } from '../../domain/hub-table.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Deadline } from '../../ports/deadline.ts';
import type { HubTables } from '../../ports/hub-tables.ts';
import { containers } from '../../wire/containers.ts';
import { parseHubDocument, toHubDocument } from '../../wire/hub-document.ts';
import { statusOf } from './client.ts';

export type HubTableLimits = {
  /** How old a snapshot may get before it is renewed. */
  readonly ageMsMax: number;
  readonly timeoutMs: number;
};

export const hubTableLimits: HubTableLimits = { ageMsMax: 10_000, timeoutMs: 5_000 };

/**
 * The hubs of the store, renewed in the background when somebody asks and the snapshot is old. Until the first has come, and while the
 * store is gone, the last good table stands: at first the settings' hubs, which are put into the store where it does not have them.
 */
export const cosmosHubTables = (
  database: Database,
  seeds: readonly Hub[],
  clock: Clock,
  deadline: Deadline,
  { ageMsMax, timeoutMs }: HubTableLimits,
  complain: (line: string) => void,
): HubTables => {
  let table: HubTable = hubTable(seeds, clock.now());
  let askedAt = Number.NEGATIVE_INFINITY;
  let isRead = false;
  const read = async (): Promise<void> => {
    askedAt = clock.now();
    const hubs = await deadline(timeoutMs, (signal) => readHubs(database, seeds, signal));
    table = hubTable(hubs, clock.now());
    isRead = true;
  };
  /** Many may wait for the first. */
  let first: Promise<void> | undefined;
  const readFirst = (): Promise<void> => {
    first ??= read().finally(() => {
      first = undefined;
    });
    return first;
  };
  const complainOf = (error: unknown): void => {
    const because = error instanceof Error ? error.message : String(error);
    complain(JSON.stringify({ event: 'hub-table-not-renewed', because }));
  };
  const latest = (): HubTable => {
    if (clock.now() - askedAt >= ageMsMax) void read().catch(complainOf);
    return table;
  };
  return {
    latest,
    known: async () => {
      if (!isRead) await readFirst();
      return latest();
    },
  };
};

const readHubs = async (
  database: Database,
  seeds: readonly Hub[],
  abortSignal: AbortSignal,
): Promise<readonly Hub[]> => {
  const { items } = database.container(containers.hubs.id);
  const { resources } = await items.query('SELECT * FROM c', { abortSignal }).fetchAll();
  const stored = resources.map(parseHubDocument);
  const absent = seeds.filter(({ hostName }) => !stored.some((hub) => hub.hostName === hostName));
  for (const hub of absent) {
    await items.create(toHubDocument(hub), { abortSignal }).catch((error) => {
      if (statusOf(error) !== 409) throw error; // another instance was first
    });
  }
  return [...stored, ...absent];
};
