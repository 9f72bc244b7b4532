import type { Decision } from '../allocation/decision.ts';
import type { DeviceKey, DeviceRecord } from '../domain/device.ts';
import type { HubHostName } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import type { SettledMove } from '../domain/move.ts';
import type { Scope } from '../domain/scope.ts';

/** A record with the version that a replacement is conditioned on. */
export type Kept = { readonly record: DeviceRecord; readonly version: string };

/** The name of the error that a document throws which is none of ours: to ask again helps nothing. */
export const unreadable = 'UnreadableRecord';

/** What is known of every device. A store that cannot be reached, or does not answer, throws. */
export type DeviceRecords = {
  readonly read: (key: DeviceKey, signal: AbortSignal) => Promise<Kept | undefined>;
  /**
   * Creates the record when `version` is undefined, else replaces that version of it. `superseded`: it is no longer so; read and decide
   * again. A fault leaves it unknown whether it was written: deciding again is harmless. A move that was settled goes into the history
   * by the same write, or not at all: a verdict and its trace cannot part; and so does a decision.
   */
  readonly write: (
    key: DeviceKey,
    record: DeviceRecord,
    version: string | undefined,
    signal: AbortSignal,
    settled?: SettledMove,
    decided?: Decision,
  ) => Promise<'written' | 'superseded'>;
  /** Those that are to be looked after by then, `countMax` at most, in no order. */
  readonly due: (now: Instant, countMax: number, signal: AbortSignal) => Promise<readonly Due[]>;
  /** Those of a scope that are to be looked after at all, in pages; `after` is where the page before ended. */
  readonly attended: (
    scope: Scope,
    countMax: number,
    after: string | undefined,
    signal: AbortSignal,
  ) => Promise<Page | 'bad-after'>;
  /** Those of a scope, all of them, in pages. */
  readonly all: (
    scope: Scope,
    countMax: number,
    after: string | undefined,
    signal: AbortSignal,
  ) => Promise<Page | 'bad-after'>;
  /** Those of a scope that are observed on a hub, in pages. */
  readonly on: (
    scope: Scope,
    hub: HubHostName,
    countMax: number,
    after: string | undefined,
    signal: AbortSignal,
  ) => Promise<Page | 'bad-after'>;
  /** A device's settled moves, in the order in which they were settled, `countMax` at most. */
  readonly history: (
    key: DeviceKey,
    countMax: number,
    signal: AbortSignal,
  ) => Promise<readonly SettledMove[]>;
  /** What was decided of a scope's devices in that time, in no order; where it is more than `countMax`, not all of it. */
  readonly decisions: (
    scope: Scope,
    since: Instant,
    until: Instant,
    countMax: number,
    signal: AbortSignal,
  ) => Promise<readonly Decision[]>;
};

export type Page = {
  readonly records: readonly DeviceRecord[];
  /** Ids of documents that are none of ours: they must not hide the others. */
  readonly unreadable: readonly string[];
  readonly after: string | undefined;
};

/** A record that is due; or a document that is none of ours, which must not keep the others from being looked after. */
export type Due =
  | { readonly key: DeviceKey; readonly kept: Kept }
  | { readonly key: DeviceKey; readonly fault: string };
