import type { Allocation } from '../allocation/allocate.ts';
import type { Asked } from '../allocation/remember.ts';
import type { Instant } from '../domain/instant.ts';

/** One call of a DPS. */
export type AllocationRequest = Asked;

/** A decision that was answered and could not be recorded. */
export type LateDecision = {
  readonly asked: AllocationRequest;
  readonly allocation: Allocation;
  readonly decidedAt: Instant;
};

/** Where such decisions wait until they can be. */
export type LateDecisions = { readonly keep: (late: LateDecision) => void };
