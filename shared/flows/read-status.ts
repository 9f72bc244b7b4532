import type { HubTable } from '../domain/hub-table.ts';
import type { Instant } from '../domain/instant.ts';
import type { Scope } from '../domain/scope.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { HubTables } from '../ports/hub-tables.ts';
import type { Policies, PolicyVersions } from '../ports/policies.ts';
import type { Dial } from './approve-by-dial.ts';

/** What this app is set to. */
export type AppFacts = {
  readonly scopes: ReadonlySet<Scope>;
  readonly dial: Dial | undefined;
  readonly needsTwoPersons: boolean;
  /** What a bad setting has switched off. */
  readonly disabled: readonly Disabled[];
};

export type Disabled = { readonly what: string; readonly because: string };

export type Status = AppFacts & {
  readonly now: Instant;
  readonly store: { readonly isShared: boolean; readonly fault: string | undefined };
  readonly table: HubTable;
  readonly policyVersion: number;
};

export type ReadStatus = () => Promise<Status>;

type Ports = {
  readonly isShared: boolean;
  readonly hubTables: HubTables;
  readonly policies: Policies;
  readonly versions: PolicyVersions;
  readonly clock: Clock;
  readonly deadline: Deadline;
};

/** Within the time that a probe waits. */
const timeoutMs = 2_000;

/** Asks the store, now, for something small; what else is told is at hand. */
export const readStatus =
  (
    { isShared, hubTables, policies, versions, clock, deadline }: Ports,
    facts: AppFacts,
  ): ReadStatus =>
  async () => {
    const fault = await deadline(timeoutMs, versions.newest).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    return {
      ...facts,
      now: clock.now(),
      store: { isShared, fault },
      table: hubTables.latest(),
      policyVersion: policies.latest().version,
    };
  };
