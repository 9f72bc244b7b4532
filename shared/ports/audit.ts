import type { Instant } from '../domain/instant.ts';

/** What somebody did, or tried to do. */
export type AuditEntry = {
  /** Entries sort by it: when, and then digits at random. */
  readonly id: string;
  readonly at: Instant;
  /** Who; `rehome` where it acted by itself. */
  readonly by: string;
  /** By the name that the API has for it: `changeHub`. */
  readonly operation: string;
  /** What it was done to, as its path: `hubs/east.azure-devices.net`. */
  readonly target: string;
  readonly outcome: AuditOutcome;
};

/**
 *     begun     written before anything is done: where it stays so, the app died on the way
 *     done      and what it was before and after
 *     unchanged a dry run: nothing was to be changed
 *     refused   nothing was changed
 *     failed    it is not known how far it came
 */
export type AuditOutcome =
  | { readonly kind: 'begun' | 'unchanged' }
  | ({ readonly kind: 'done' } & Change)
  | { readonly kind: 'refused' | 'failed'; readonly because: string };

/** As operators see it. */
export type Change = {
  readonly because: string;
  readonly before: unknown;
  readonly after: unknown;
};

/** Where it is kept. A fault throws. */
export type AuditTrail = {
  /** Creates it, or replaces the entry of that id. */
  readonly put: (entry: AuditEntry, signal: AbortSignal) => Promise<void>;
  /** The newest whose ids sort before that one, the newest first. */
  readonly recent: (
    countMax: number,
    before: string | undefined,
    signal: AbortSignal,
  ) => Promise<readonly AuditEntry[]>;
};
