import type { HubHostName } from '../domain/hub.ts';
import type { Scope } from '../domain/scope.ts';
import type { Inventory, InventoryCounts } from '../ports/inventories.ts';
import {
  type InventoryLimits,
  type InventoryPorts,
  type Spent,
  takeGroups,
  takeHubs,
  takeIndividuals,
  takeRegistrations,
} from './inventory-pages.ts';

/** Goes on with the inventory of a scope, as far as its pace allows. Answers how far it has come, and in how many steps. */
export type TakeInventory = (
  scope: Scope,
) => Promise<{ readonly inventory: Inventory; readonly stepCount: number }>;

const timeoutMs = 10_000;

/**
 * A fleet that was there before Rehome, and then what has changed behind its back: page by page, each a step that may be taken twice, with
 * its progress kept after each [R1]. A second runner only sees that somebody else was quicker [R4].
 */
export const takeInventory =
  (ports: InventoryPorts, limits: InventoryLimits): TakeInventory =>
  async (scope) => {
    const { inventories, clock, deadline } = ports;
    const begun = clock.now();
    const kept = await deadline(timeoutMs, (signal) => inventories.read(scope, signal));
    let inventory = kept?.inventory ?? newPass(scope, 1, begun);
    if (inventory.phase === 'done') {
      if (begun - (inventory.endedAt ?? 0) < limits.everyMs) return { inventory, stepCount: 0 };
      inventory = newPass(scope, inventory.pass + 1, begun);
    }
    let version = kept?.version;
    let stepCount = 0;
    const spent = { dps: 0, byHub: new Map<HubHostName, number>() };
    while (clock.now() - begun < limits.budgetMs) {
      const next = await step(ports, limits, inventory, spent);
      if (!next) break; // the pace of this run is used up
      const from = version;
      const outcome = await deadline(timeoutMs, (signal) => inventories.write(next, from, signal));
      if (outcome === 'superseded') break;
      inventory = next;
      version = outcome.version;
      stepCount += 1;
      if (next.phase === 'done') break;
    }
    return { inventory, stepCount };
  };

const nobody: InventoryCounts = {
  enrollments: 0,
  registered: 0,
  identities: 0,
  takenIn: 0,
  updated: 0,
  ghosts: 0,
  missing: 0,
  faults: 0,
};

export const newPass = (scope: Scope, pass: number, begunAt: Inventory['begunAt']): Inventory => ({
  scope,
  pass,
  phase: 'groups',
  begunAt,
  endedAt: undefined,
  after: undefined,
  groups: [],
  hubs: [],
  counts: nobody,
});

/** The next pages, and the inventory after them; undefined where the pace allows none. */
const step = async (
  ports: InventoryPorts,
  limits: InventoryLimits,
  inventory: Inventory,
  spent: Spent,
): Promise<Inventory | undefined> => {
  switch (inventory.phase) {
    case 'groups':
    case 'individuals':
    case 'registrations':
      if (spent.dps >= limits.dpsOperations) return undefined;
      spent.dps += 1;
      return inventory.phase === 'groups'
        ? takeGroups(ports, inventory)
        : inventory.phase === 'individuals'
          ? takeIndividuals(ports, limits, inventory)
          : takeRegistrations(ports, limits, inventory);
    case 'registries':
    case 'records':
      return takeHubs(ports, limits, inventory, spent);
    case 'done':
      return undefined;
  }
};
