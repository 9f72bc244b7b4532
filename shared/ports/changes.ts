import type { Decision } from '../allocation/decision.ts';
import type { Campaign } from '../campaign/campaign.ts';
import type { DeviceRecord } from '../domain/device.ts';
import type { SettledMove } from '../domain/move.ts';
import type { AuditEntry } from './audit.ts';
import type { KeptPlan } from './plans.ts';

/** Where changes are kept: each in an order of its own. */
export const changeSources = ['audit', 'campaigns', 'devices', 'plans'] as const;
export type ChangeSource = (typeof changeSources)[number];

/** Something that the store holds since. `version` tells one write of it from another: told twice, it is the same. */
export type FeedItem = { readonly version: string } & (
  | { readonly kind: 'decision'; readonly decision: Decision }
  /** A device with a move that is open. */
  | { readonly kind: 'open-move'; readonly record: DeviceRecord }
  | {
      readonly kind: 'settled-move';
      readonly scope: string;
      readonly deviceId: string;
      readonly settled: SettledMove;
    }
  | { readonly kind: 'plan'; readonly kept: Omit<KeptPlan, 'version'> }
  | { readonly kind: 'campaign'; readonly campaign: Campaign }
  | { readonly kind: 'audit'; readonly entry: AuditEntry }
);

/**
 * What was written, in the order in which it was, for each device and each other thing; of what was written several times meanwhile, the last. A
 * fault throws.
 */
export type Changes = {
  /** @param after where the page before ended; undefined: from now on. */
  readonly read: (
    source: ChangeSource,
    after: string | undefined,
    countMax: number,
    signal: AbortSignal,
  ) => Promise<ChangePage>;
};

export type ChangePage = {
  readonly changes: readonly FeedItem[];
  /** Documents that are none of ours, by their ids: they are passed over. */
  readonly unreadable: readonly string[];
  readonly after: string;
  /** Nothing more was there. */
  readonly isLast: boolean;
};

/** How far each source was told. */
export type ChangeCursors = {
  readonly read: (
    source: ChangeSource,
    signal: AbortSignal,
  ) => Promise<{ readonly after: string; readonly version: string | undefined } | undefined>;
  /** Creates it where `version` is undefined, else replaces that version of it. */
  readonly write: (
    source: ChangeSource,
    after: string,
    version: string | undefined,
    signal: AbortSignal,
  ) => Promise<'written' | 'superseded'>;
};

/** Who listens. A fault throws: then none of them may have been told. */
export type AuditStream = {
  /** In this order for each device, and each other thing. */
  readonly send: (changes: readonly FeedItem[], signal: AbortSignal) => Promise<void>;
};
