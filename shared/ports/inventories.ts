import type { HubHostName } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import type { Scope } from '../domain/scope.ts';

/**
 * How far the inventory of a scope has come, in this order:
 *
 *     groups         enrollment groups, of DPS
 *     individuals    individual enrollments, of DPS, with what they registered
 *     registrations  what registered by each group, of DPS
 *     registries     every hub's own devices: their twins, and those that nobody knew of
 *     records        our records, against their hub's registry: those that are gone
 *     done           until the next
 */
export const inventoryPhases = [
  'groups',
  'individuals',
  'registrations',
  'registries',
  'records',
  'done',
] as const;
export type InventoryPhase = (typeof inventoryPhases)[number];

export type Inventory = {
  readonly scope: Scope;
  /** From 1: how often the fleet was taken in. */
  readonly pass: number;
  readonly phase: InventoryPhase;
  readonly begunAt: Instant;
  readonly endedAt: Instant | undefined;
  /** Where the page before ended, in the phases that have one row of pages. */
  readonly after: string | undefined;
  /** Groups that are still to be gone through. */
  readonly groups: readonly string[];
  /** By hub, in the phases that go through all hubs at once; those that are not here are done. */
  readonly hubs: readonly HubCursor[];
  readonly counts: InventoryCounts;
};

export type HubCursor = {
  readonly hub: HubHostName;
  readonly after: string | undefined;
  /** Runs in which it gave no answer: after a few it is passed over, until the next pass. */
  readonly silentRuns: number;
};

/** Of this pass. */
export type InventoryCounts = {
  readonly enrollments: number;
  /** Records of devices at DPS. */
  readonly registered: number;
  /** Identities on hubs. */
  readonly identities: number;
  /** Devices that Rehome did not know of. */
  readonly takenIn: number;
  readonly updated: number;
  /** Identities that were left behind on another hub. */
  readonly ghosts: number;
  /** Devices whose hub holds no identity of them any more. */
  readonly missing: number;
  /** Records that are none of ours, identities whose device could not be looked at, and hubs that were passed over. */
  readonly faults: number;
};

/** Where the inventory's progress is kept. A fault throws. */
export type Inventories = {
  readonly read: (
    scope: Scope,
    signal: AbortSignal,
  ) => Promise<{ readonly inventory: Inventory; readonly version: string } | undefined>;
  /** Creates it where `version` is undefined, else replaces that version of it. */
  readonly write: (
    inventory: Inventory,
    version: string | undefined,
    signal: AbortSignal,
  ) => Promise<{ readonly version: string } | 'superseded'>;
};
