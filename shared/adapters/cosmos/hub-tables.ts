import type { Database } from '@azure/cosmos';
import type { Hub } from '../../domain/hub.ts';
import { type HubTable, hubTable } from '../../domain/hub-table.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Deadline } from '../../ports/deadline.ts';
import type { HubTables } from '../../ports/hub-tables.ts';
import { containers } from '../../wire/containers.ts';
import { parseHubDocument, toHubDocument } from '../../wire/hub-document.ts';
import { isIntake, parseCounts, parseIntakeDocument } from '../../wire/intake-document.ts';
import { type CosmosDatabase, statusOf } from './client.ts';
import { type SnapshotLimits, snapshotOf } from './snapshot.ts';

/**
 * The hubs of the store, and what the instances counted of them. At first the settings' hubs stand, which are put into the store where it
 * does not have them, each with the time when it joined.
 */
export const cosmosHubTables = (
  database: CosmosDatabase,
  seeds: readonly Hub[],
  clock: Clock,
  deadline: Deadline,
  limits: SnapshotLimits,
  complain: (line: string) => void,
): HubTables =>
  snapshotOf(
    'hub-table',
    hubTable(seeds, clock.now()),
    async (signal) => readTable(await database(), seeds, clock, signal),
    { clock, deadline, complain },
    limits,
  );

const readTable = async (
  database: Database,
  seeds: readonly Hub[],
  clock: Clock,
  abortSignal: AbortSignal,
): Promise<HubTable> => {
  const { items } = database.container(containers.hubs.id);
  const { resources } = await items.query('SELECT * FROM c', { abortSignal }).fetchAll();
  const [counted, hubs] = [resources.filter(isIntake), resources.filter((one) => !isIntake(one))];
  const stored = hubs.map(parseHubDocument);
  const known = new Set(stored.map(({ hostName }) => hostName));
  const absent = seeds
    .filter(({ hostName }) => !known.has(hostName))
    .map((hub): Hub => ({ ...hub, joinedAt: clock.now() }));
  for (const hub of absent) {
    await items.create(toHubDocument(hub), { abortSignal }).catch((error) => {
      if (statusOf(error) !== 409) throw error; // another instance was first
    });
  }
  const rows = counted.flatMap(parseIntakeDocument);
  return hubTable([...stored, ...absent], clock.now(), rows, counted.flatMap(parseCounts));
};
