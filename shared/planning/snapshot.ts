import type { DeviceRecord } from '../domain/device.ts';
import { type Hub, type HubHostName, rampOf } from '../domain/hub.ts';
import type { HubTable } from '../domain/hub-table.ts';
import type { Instant } from '../domain/instant.ts';
import type { Scope } from '../domain/scope.ts';

/** The fleet as a plan sees it. Hubs are told by their index. */
export type Snapshot = {
  readonly scope: Scope;
  readonly takenAt: Instant;
  readonly policyVersion: number;
  /** In the order of their names. */
  readonly hubs: readonly HubLook[];
  /** Devices that can be moved, of those that were read; in no order that means anything [P8]. */
  readonly candidates: readonly Candidate[];
  /** Those that cannot. */
  readonly held: readonly Held[];
};

export type HubLook = {
  readonly hub: Hub;
  /** Its weight by now: less than its whole while it joins. */
  readonly share: number;
  /** Devices that it holds, whoever knows of them. */
  readonly deviceCount: number;
  /** [P5] Moves under way to it, and from it: both ends take room until they are settled. */
  readonly arriving: number;
  readonly leaving: number;
  /** Whether every record of a device on it was read. */
  readonly isRead: boolean;
};

/** A device that may be moved. A million of them must fit: what many have in common is in their kind. */
export type Candidate = {
  readonly deviceId: string;
  readonly kind: Kind;
  /** What it counts for: 1, unless loads are weighed. */
  readonly weight: number;
  /** An even spread, by its name: the order in which devices of one kind are taken. */
  readonly order: number;
  /** Where moves are capped by a label: its value of it. */
  readonly group: string | undefined;
  /** Of a device in quarantine: where it was before. */
  readonly returnTo: HubHostName | undefined;
};

/** Devices that are on one hub and may go to the same others, for the same reasons. */
export type Kind = {
  readonly id: number;
  readonly hub: number;
  /** Where it may go. */
  readonly eligible: readonly number[];
  /** Why its hub is not for it; undefined: it may stay. */
  readonly misplaced: string | undefined;
  /** What is not known of it; undefined: it is known to be movable. */
  readonly doubt: string | undefined;
  /** It was moved not long ago, though its cooldown is over. */
  readonly isRecent: boolean;
};

/** A device that cannot be moved [P4]. */
export type Held = {
  readonly deviceId: string;
  readonly hub: number;
  readonly because: string;
  readonly weight: number;
  readonly misplaced: string | undefined;
  /** A move of it is under way. */
  readonly isGoing: boolean;
};

/** How many devices each hub has once the moves under way are over: each counts once [P5]. */
export const projectedCount = ({ deviceCount, arriving, leaving }: HubLook): number =>
  deviceCount + arriving - leaving;

/** What was looked at, of the fleet. */
export type Looked = {
  readonly scope: Scope;
  readonly table: HubTable;
  readonly policyVersion: number;
  readonly now: Instant;
  readonly candidates: readonly Candidate[];
  readonly held: readonly Held[];
  /** Devices whose moves are under way. */
  readonly moving: readonly DeviceRecord[];
  readonly isRead: (hub: HubHostName) => boolean;
};

export const snapshotOf = ({ table, moving, isRead, now, ...looked }: Looked): Snapshot => {
  const { scope, policyVersion, candidates, held } = looked;
  const names = hubNames(table);
  const known = new Float64Array(names.length);
  for (const { kind } of candidates) known[kind.hub] = (known[kind.hub] ?? 0) + 1;
  for (const { hub } of held) known[hub] = (known[hub] ?? 0) + 1;
  const on = moving.filter(({ move, observed }) => move && observed?.hub === move.from);
  const hubs = names.flatMap((name, index): readonly HubLook[] => {
    const hub = table.hubs.get(name);
    if (!hub) return [];
    return [
      {
        hub,
        share: hub.weight * rampOf(hub, table.begunAt, now),
        deviceCount: hub.deviceCount ?? known[index] ?? 0,
        arriving: on.filter(({ move }) => move?.to === name).length,
        leaving: on.filter(({ move }) => move?.from === name).length,
        isRead: isRead(name),
      },
    ];
  });
  return { scope, takenAt: now, policyVersion, hubs, candidates, held };
};

/** The order in which a snapshot tells of hubs. */
export const hubNames = ({ hubs }: HubTable): readonly HubHostName[] => [...hubs.keys()].sort();
