import { type Allocation, type AllocationQuestion, allocate } from '../allocation/allocate.ts';
import type { Enrollment } from '../domain/enrollment.ts';
import type { Scope } from '../domain/scope.ts';
import type { Clock } from '../ports/clock.ts';
import type { HubTables } from '../ports/hub-tables.ts';

/** One call of a DPS. */
export type AllocationRequest = AllocationQuestion & {
  readonly scope: Scope;
  readonly enrollment: Enrollment;
};

export type AllocateDevice = (asked: AllocationRequest) => Promise<AllocationDecision>;

export type AllocationDecision = Allocation & {
  /** How old the hub table was that the decision stands on: [A4] holds across instances up to rate × this age. */
  readonly snapshotAgeMs: number;
};

/** Snapshot → decide. A resident's answer changes nothing, so nothing is written. */
export const allocateDevice =
  (
    { hubTables, clock }: { readonly hubTables: HubTables; readonly clock: Clock },
    slackPercent: number,
  ): AllocateDevice =>
  async (asked) => {
    const table = await hubTables.latest();
    return {
      ...allocate(asked, table, slackPercent),
      snapshotAgeMs: clock.now() - table.takenAt,
    };
  };
