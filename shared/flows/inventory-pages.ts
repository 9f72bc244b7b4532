import { type Enrollment, enrollmentKey } from '../domain/enrollment.ts';
import type { HubHostName } from '../domain/hub.ts';
import type { Scope } from '../domain/scope.ts';
import { type HubRegistries, registryPageMax } from '../ports/hub-registries.ts';
import type { HubTables } from '../ports/hub-tables.ts';
import type { HubCursor, Inventories, Inventory, InventoryCounts } from '../ports/inventories.ts';
import type { ProvisioningRecords } from '../ports/provisioning-records.ts';
import { inParallel } from './in-parallel.ts';
import { lookAtGhosts, markAbsent } from './mark-absent.ts';
import { type Entered, type IdentityPorts, takeIdentity, takeRecord } from './take-device.ts';

/** The pages of an inventory, each of which may be taken twice. */

export type InventoryPorts = IdentityPorts & {
  readonly inventories: Inventories;
  readonly provisioning: ProvisioningRecords;
  readonly registries: HubRegistries;
  readonly hubTables: HubTables;
  readonly complain: (line: string) => void;
};

export type InventoryLimits = {
  /** Operations of the DPS, and queries of a hub, that one run may spend. */
  readonly dpsOperations: number;
  readonly hubQueries: (hub: HubHostName) => number;
  readonly budgetMs: number;
  /** From the end of one pass to the next. */
  readonly everyMs: number;
  /** Devices at once. */
  readonly atOnceMax: number;
  /** Where there are several scopes, a device that no DPS told of may be any one's. */
  readonly isOnlyScope: boolean;
};

const timeoutMs = 10_000;

/** What one run has spent of its pace. */
export type Spent = { dps: number; readonly byHub: Map<HubHostName, number> };

export const takeGroups = async (
  ports: InventoryPorts,
  inventory: Inventory,
): Promise<Inventory> => {
  const { scope, counts, groups } = inventory;
  const { found, after, unreadable } = await ports.provisioning.groups(scope, inventory.after);
  for (const group of found) await learn(ports, scope, group);
  const counted = add(counts, { enrollments: found.length, faults: unreadable });
  const next = {
    ...inventory,
    after,
    counts: counted,
    groups: [...groups, ...found.map(({ id }) => id)],
  };
  return after === undefined ? { ...next, phase: 'individuals' } : next;
};

export const takeIndividuals = async (
  ports: InventoryPorts,
  limits: InventoryLimits,
  inventory: Inventory,
): Promise<Inventory> => {
  const { scope, counts } = inventory;
  const { found, after, unreadable } = await ports.provisioning.individuals(scope, inventory.after);
  const entered = await inParallel(found, limits.atOnceMax, async ({ enrollment, record }) => {
    await learn(ports, scope, enrollment);
    return record ? takeRecord(ports, scope, record, enrollmentKey(scope, enrollment)) : 'same';
  });
  const registered = found.filter(({ record }) => record).length;
  const counted = add(counts, { enrollments: found.length, registered, faults: unreadable });
  const next = { ...inventory, after, counts: add(counted, tally(entered)) };
  return after === undefined ? { ...next, phase: 'registrations' } : next;
};

export const takeRegistrations = async (
  ports: InventoryPorts,
  limits: InventoryLimits,
  inventory: Inventory,
): Promise<Inventory> => {
  const { scope, counts, groups } = inventory;
  const [group, ...rest] = groups;
  if (group === undefined) return { ...inventory, phase: 'registries', hubs: await hubsOf(ports) };
  const page = await ports.provisioning.ofGroup(scope, group, inventory.after);
  if (page === 'gone') return { ...inventory, after: undefined, groups: rest };
  const key = enrollmentKey(scope, { kind: 'group', id: group });
  const entered = await inParallel(page.found, limits.atOnceMax, (record) =>
    takeRecord(ports, scope, record, key),
  );
  const registered = { registered: page.found.length, faults: page.unreadable };
  return {
    ...inventory,
    after: page.after,
    groups: page.after === undefined ? rest : groups,
    counts: add(add(counts, registered), tally(entered)),
  };
};

/** Hubs that are closed are presumed dead: nobody asks them. */
const hubsOf = async ({ hubTables }: InventoryPorts): Promise<readonly HubCursor[]> =>
  [...(await hubTables.known()).hubs.values()]
    .filter(({ state }) => state !== 'closed')
    .map(({ hostName }) => ({ hub: hostName, after: undefined, silentRuns: 0 }));

/** A page of every hub at once, each within its own quota. */
export const takeHubs = async (
  ports: InventoryPorts,
  limits: InventoryLimits,
  inventory: Inventory,
  { byHub }: Pick<Spent, 'byHub'>,
): Promise<Inventory | undefined> => {
  const { phase, hubs } = inventory;
  const isFree = ({ hub }: HubCursor): boolean => (byHub.get(hub) ?? 0) < limits.hubQueries(hub);
  const now = hubs.filter(isFree);
  if (hubs.length > 0 && now.length === 0) return undefined;
  const take = phase === 'registries' ? takeRegistryPage : takeRecordsPage;
  const pages = await Promise.all(
    now.map(async (cursor): Promise<HubPage> => {
      byHub.set(cursor.hub, (byHub.get(cursor.hub) ?? 0) + 1);
      const page = await take(ports, limits, inventory, cursor);
      if (!('silent' in page)) return page;
      byHub.set(cursor.hub, Number.POSITIVE_INFINITY); // not again in this run
      return passedOver(ports, cursor, page.silent);
    }),
  );
  const counts = pages.reduce((sum, page) => add(sum, page.counts), inventory.counts);
  const waiting = hubs.filter((cursor) => !now.includes(cursor));
  const left = [...waiting, ...pages.flatMap(({ next }) => next ?? [])];
  if (left.length > 0) return { ...inventory, hubs: left, counts };
  return phase === 'registries'
    ? { ...inventory, phase: 'records', hubs: await hubsOf(ports), counts }
    : { ...inventory, phase: 'done', hubs: [], endedAt: ports.clock.now(), counts };
};

const silentRunsMax = 5;

/** A hub that gives no answer must not hold up the others: it is asked again in the next run, and in the end it is passed over. */
const passedOver = (
  { complain }: InventoryPorts,
  { hub, after, silentRuns }: HubCursor,
  because: string,
): HubPage => {
  complain(JSON.stringify({ event: 'inventory-hub-silent', hub, because, runs: silentRuns + 1 }));
  return silentRuns + 1 < silentRunsMax
    ? { next: { hub, after, silentRuns: silentRuns + 1 }, counts: {} }
    : { next: undefined, counts: { faults: 1 } };
};

type Silent = { readonly silent: string };

/** What a hub answers; or that it does not. What the store does is not the hub's fault. */
const answerOf = async <Answer>(asked: Promise<Answer>): Promise<Answer | Silent> => {
  try {
    return await asked;
  } catch (error) {
    const [because = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { silent: because.slice(0, 200) };
  }
};

type HubPage = { readonly next: HubCursor | undefined; readonly counts: Partial<InventoryCounts> };

const takeRegistryPage = async (
  ports: InventoryPorts,
  limits: InventoryLimits,
  { scope }: Inventory,
  { hub, after }: HubCursor,
): Promise<HubPage | Silent> => {
  const page = await answerOf(ports.registries.page(hub, after));
  if ('silent' in page) return page;
  const entered = await inParallel(page.devices, limits.atOnceMax, (device) =>
    takeIdentity(ports, scope, hub, device, limits.isOnlyScope),
  );
  const counts = { ...tally(entered), identities: page.devices.length };
  return { next: nextOf(hub, page.after), counts };
};

const takeRecordsPage = async (
  ports: InventoryPorts,
  limits: InventoryLimits,
  { scope }: Inventory,
  { hub, after }: HubCursor,
): Promise<HubPage | Silent> => {
  const page = await ports.deadline(timeoutMs, (signal) =>
    ports.records.on(scope, hub, registryPageMax, after, signal),
  );
  if (page === 'bad-after') return { next: { hub, after: undefined, silentRuns: 0 }, counts: {} };
  const ids = page.records.map(({ deviceId }) => deviceId);
  const found = ids.length > 0 ? await answerOf(ports.registries.among(hub, ids)) : [];
  if ('silent' in found) return found;
  const there = new Set(found.map(({ deviceId }) => deviceId));
  const absent = page.records.filter(({ deviceId }) => !there.has(deviceId));
  const entered = await inParallel(absent, limits.atOnceMax, (record) =>
    markAbsent(ports, hub, record),
  );
  const haunted = page.records.filter(({ ghosts }) => ghosts.length > 0);
  await inParallel(haunted, limits.atOnceMax, (record) => lookAtGhosts(ports, record));
  const missing = entered.filter((one) => one === 'missing').length;
  const counts = { missing, faults: page.unreadable.length };
  return { next: nextOf(hub, page.after), counts };
};

const nextOf = (hub: HubHostName, after: string | undefined): HubCursor | undefined =>
  after === undefined ? undefined : { hub, after, silentRuns: 0 };

/**
 * What the webhook learnt stays, while the enrollment is the same: the hubs that are linked, and that it asks us, under whatever address.
 */
const learn = async (
  { enrollments, deadline }: InventoryPorts,
  scope: Scope,
  told: Enrollment,
): Promise<void> => {
  const key = enrollmentKey(scope, told);
  const known = await deadline(timeoutMs, (signal) => enrollments.read(key, signal));
  const isSame = known?.etag !== undefined && known.etag === told.etag;
  const asksUs = told.asksUs || (isSame && known.asksUs);
  const now = { ...told, linked: known?.linked, asksUs };
  await deadline(timeoutMs, (signal) => enrollments.learn(scope, now, signal));
};

const tally = (entered: readonly Entered[]): Partial<InventoryCounts> => {
  const count = (wanted: Entered): number => entered.filter((one) => one === wanted).length;
  return {
    takenIn: count('taken in'),
    updated: count('updated'),
    ghosts: count('ghost'),
    faults: count('fault'),
  };
};

const add = (counts: InventoryCounts, more: Partial<InventoryCounts>): InventoryCounts =>
  Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [
      name,
      count + (more[name as keyof InventoryCounts] ?? 0),
    ]),
  ) as InventoryCounts;
