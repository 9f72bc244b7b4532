import type { Instant } from '../domain/instant.ts';
import type { Scope } from '../domain/scope.ts';
import type { Goal, PlanLimits } from '../planning/goal.ts';
import type { Plan } from '../planning/plan.ts';
import type { PlannedMove, PlanRefusal } from '../planning/planned.ts';

/** What somebody asked to be planned. */
export type PlanOrder = {
  /** `p-` and 20 hexadecimal digits. */
  readonly id: string;
  readonly scope: Scope;
  readonly goal: Goal;
  readonly limits: PlanLimits;
  readonly reason: string;
  readonly by: string;
  readonly at: Instant;
  /** A rehearsal: whoever carries it out, its devices go back. */
  readonly isDrill?: true;
};

/**
 * What has come of it:
 *
 *     asked      nobody has begun
 *     planning   somebody is at work, and says so every few seconds
 *     made       it stands, for good
 *     failed     it cannot be made, and why
 */
export type PlanState =
  | { readonly kind: 'asked' }
  | {
      readonly kind: 'planning';
      /** Whose work it is: what another writes is not taken. */
      readonly run: string;
      readonly attempt: number;
      readonly aliveAt: Instant;
      /** Devices that were read so far. */
      readonly read: number;
    }
  | {
      readonly kind: 'made';
      readonly run: string;
      readonly madeAt: Instant;
      readonly plan: MadePlan;
    }
  | { readonly kind: 'failed'; readonly because: string };

/** A plan, but for what is in its pages. */
export type MadePlan = Omit<Plan, 'moves' | 'refusals'> & {
  readonly moveCount: number;
  readonly refusalCount: number;
  /** Why devices were left alone, the most frequent first. */
  readonly reasons: readonly { readonly because: string; readonly count: number }[];
  /** How many stages its moves have. */
  readonly stageCount: number;
  readonly uncertainCount: number;
};

export type KeptPlan = {
  readonly order: PlanOrder;
  readonly state: PlanState;
  readonly version: string;
};

/** Plans, as they are kept. A fault throws. */
export type Plans = {
  /** Once: nothing is changed where it exists. */
  readonly create: (order: PlanOrder, signal: AbortSignal) => Promise<void>;
  readonly read: (id: string, signal: AbortSignal) => Promise<KeptPlan | undefined>;
  /** Replaces that version of it. */
  readonly write: (
    order: PlanOrder,
    state: PlanState,
    version: string,
    signal: AbortSignal,
  ) => Promise<'written' | 'superseded'>;
  /** The newest, `countMax` at most, the newest first. */
  readonly recent: (countMax: number, signal: AbortSignal) => Promise<readonly KeptPlan[]>;
  /** Pages are put before the plan is made, under its run: until then nobody reads them. */
  readonly putPage: (page: PlanPage, signal: AbortSignal) => Promise<void>;
  readonly readPage: (
    of: Pick<PlanPage, 'id' | 'run' | 'kind' | 'number'>,
    signal: AbortSignal,
  ) => Promise<PlanPage | undefined>;
};

export type PlanPage = {
  readonly id: string;
  readonly run: string;
  /** From 0. */
  readonly number: number;
} & (
  | { readonly kind: 'moves'; readonly rows: readonly PlannedMove[] }
  | { readonly kind: 'refusals'; readonly rows: readonly PlanRefusal[] }
);
