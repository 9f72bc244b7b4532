import type { Allocation } from '../allocation/allocate.ts';
import type { Remembered } from '../allocation/remember.ts';
import type { Instant } from '../domain/instant.ts';

/** A decision that was answered and could not be recorded. */
export type LateDecision = {
  readonly asked: Remembered;
  readonly allocation: Pick<Allocation, 'hub' | 'because' | 'rules'>;
  readonly decidedAt: Instant;
};

/** Where such decisions wait until they can be. Nobody waits for it: what cannot be kept is said by whoever was to keep it. */
export type LateDecisions = { readonly keep: (late: LateDecision) => void };
