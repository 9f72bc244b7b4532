import type { Instant } from '../domain/instant.ts';
import type { Policy } from '../domain/policy.ts';

/** The policy that is decided by. */
export type Policies = {
  /** The newest at hand, at once: it is renewed behind the caller's back, and a failure leaves the last good one. */
  readonly latest: () => Policy;
  /** The same, once the store has been read at all. A fault throws. */
  readonly known: () => Promise<Policy>;
};

/** A version as it is kept: what somebody put, and what it comes to. */
export type KeptPolicy = {
  readonly policy: Policy;
  readonly document: object;
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
};

/** Every version that was ever put. A fault throws. */
export type PolicyVersions = {
  readonly newest: (signal: AbortSignal) => Promise<Newest>;
  readonly read: (version: number, signal: AbortSignal) => Promise<KeptPolicy | undefined>;
  /** Once: `superseded` when that version exists. */
  readonly put: (kept: KeptPolicy, signal: AbortSignal) => Promise<'written' | 'superseded'>;
};

export type Newest = {
  /** The highest that was put; 0 when none was. */
  readonly version: number;
  /** The newest that can be read: one that another release put may not be. */
  readonly kept: KeptPolicy | undefined;
};

/** Whether a pattern can be made slow by what it is matched with: says how, or undefined. */
export type JudgePattern = (written: {
  readonly pattern: string;
  readonly ignoresCase: boolean;
}) => Promise<string | undefined>;
