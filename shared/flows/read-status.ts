import type { HubTable } from '../domain/hub-table.ts';
import type { Instant } from '../domain/instant.ts';
import type { Scope } from '../domain/scope.ts';
import type { AuditTrail } from '../ports/audit.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { HubTables } from '../ports/hub-tables.ts';
import type { Inventories } from '../ports/inventories.ts';
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

export type Status = Omit<AppFacts, 'scopes'> & {
  readonly scopes: readonly ScopeStatus[];
  readonly now: Instant;
  readonly store: { readonly isShared: boolean; readonly fault: string | undefined };
  readonly table: HubTable;
  readonly policyVersion: number;
};

export type ScopeStatus = {
  readonly name: Scope;
  /** Whether its fleet was taken in once, so that plans know all of it; undefined: the store gives no answer. */
  readonly isTakenIn: boolean | undefined;
};

export type ReadStatus = () => Promise<Status>;

type Ports = {
  readonly isShared: boolean;
  readonly hubTables: HubTables;
  readonly policies: Policies;
  readonly versions: PolicyVersions;
  readonly inventories: Inventories;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly deadline: Deadline;
};

/** Within the time that a probe waits. */
const timeoutMs = 2_000;

/** Asks the store, now, for something small; what else is told is at hand. */
export const readStatus = (ports: Ports, facts: AppFacts): ReadStatus => {
  const { isShared, hubTables, policies, clock } = ports;
  return async () => {
    const [fault, scopes] = await Promise.all([
      faultOf(ports),
      Promise.all([...facts.scopes].map((name) => scopeStatus(ports, name))),
    ]);
    return {
      ...facts,
      scopes,
      now: clock.now(),
      store: { isShared, fault },
      table: hubTables.latest(),
      policyVersion: policies.latest().version,
    };
  };
};

/** What is asked is small; the audit is asked too, since nothing can be changed without it. */
const faultOf = async ({ versions, audit, deadline }: Ports): Promise<string | undefined> => {
  try {
    await Promise.all([
      deadline(timeoutMs, versions.newest),
      deadline(timeoutMs, (signal) => audit.recent(1, undefined, signal)),
    ]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const scopeStatus = async ({ inventories, deadline }: Ports, name: Scope): Promise<ScopeStatus> => {
  try {
    const kept = await deadline(timeoutMs, (signal) => inventories.read(name, signal));
    const { pass = 0, endedAt } = kept?.inventory ?? {};
    return { name, isTakenIn: pass > 1 || endedAt !== undefined };
  } catch {
    return { name, isTakenIn: undefined }; // that the store gives no answer is told beside it
  }
};
