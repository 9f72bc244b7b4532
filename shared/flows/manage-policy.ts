import type { Policy } from '../domain/policy.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { HubTables } from '../ports/hub-tables.ts';
import type { JudgePattern, KeptPolicy, PolicyVersions } from '../ports/policies.ts';

/** What operators do with the policy. A fault of the store throws. */
export type ManagePolicy = {
  /** The version in force: that of the settings, 0, while none was put. */
  readonly newest: () => Promise<KeptPolicy>;
  readonly read: (version: number) => Promise<KeptPolicy | undefined>;
  readonly put: (draft: Draft) => Promise<PutOutcome>;
};

/** A document that is sound by itself. */
export type Draft = {
  readonly document: object;
  readonly patterns: readonly Pattern[];
  readonly toPolicy: (version: number) => Policy;
  /** The version that it was made from; undefined: whatever stands. */
  readonly basedOn: number | undefined;
  readonly by: string;
  readonly reason: string;
};

/** As it is written, and the field that it stands in. */
export type Pattern = {
  readonly field: string;
  readonly pattern: string;
  readonly ignoresCase: boolean;
};

export type PutOutcome =
  | { readonly kind: 'put'; readonly kept: KeptPolicy; readonly warnings: readonly string[] }
  | { readonly kind: 'superseded'; readonly version: number }
  | { readonly kind: 'slow'; readonly errors: readonly FieldSlow[] };

export type FieldSlow = { readonly field: string; readonly detail: string };

type Ports = {
  readonly versions: PolicyVersions;
  readonly hubTables: HubTables;
  readonly judgePattern: JudgePattern;
  /** What stands before the first is put: version 0. */
  readonly seed: { readonly document: object; readonly policy: () => Policy };
  readonly clock: Clock;
  readonly deadline: Deadline;
  /** In every scope. */
  readonly markCause: (because: string) => Promise<void>;
};

const timeoutMs = 5_000;

/** [R2] The policy that stands is in force until the next is in the store, whole: an instance reads it within seconds. */
export const managePolicy = (ports: Ports): ManagePolicy => {
  const { versions, deadline } = ports;
  const newest = () => deadline(timeoutMs, versions.newest);
  return {
    newest: async () => (await newest()).kept ?? seedVersion(ports),
    read: async (version) =>
      version === 0
        ? seedVersion(ports)
        : deadline(timeoutMs, (signal) => versions.read(version, signal)),
    put: async (draft) => {
      const errors = await slowAmong(draft.patterns, ports.judgePattern);
      if (errors.length > 0) return { kind: 'slow', errors };
      const { version: standing, kept: read } = await newest();
      const inForce = read?.policy.version ?? 0;
      if ((draft.basedOn ?? inForce) !== inForce) return { kind: 'superseded', version: inForce };
      const policy = draft.toPolicy(standing + 1);
      const { document, by, reason } = draft;
      const kept = { policy, document, by, reason, at: ports.clock.now() };
      const outcome = await deadline(timeoutMs, (signal) => versions.put(kept, signal));
      if (outcome === 'superseded') return { kind: 'superseded', version: standing + 1 };
      await ports.markCause(`policy version ${policy.version} was put`);
      return { kind: 'put', kept, warnings: await warningsOf(policy, ports.hubTables) };
    },
  };
};

const seedVersion = ({ seed, clock }: Ports): KeptPolicy => ({
  policy: seed.policy(),
  document: seed.document,
  by: 'settings',
  reason: 'REHOME_POLICY',
  at: clock.now(),
});

/** A pattern that can be made slow by what a device sends would hold up every other device. */
export const slowAmong = async (
  patterns: readonly Pattern[],
  judgePattern: JudgePattern,
): Promise<readonly FieldSlow[]> => {
  const found: FieldSlow[] = [];
  const judged = new Map<string, string | undefined>();
  for (const { field, ...written } of patterns) {
    const key = JSON.stringify(written);
    const slow = judged.has(key) ? judged.get(key) : await judgePattern(written);
    judged.set(key, slow);
    if (slow !== undefined) found.push({ field, detail: `the pattern can be made slow: ${slow}` });
    if (found.length >= slowMax) break;
  }
  return found;
};

/** They tell enough; and each took its time, in which nobody else was served. */
const slowMax = 5;

/** A hub may be linked later: to name it before is no mistake, but is often one. */
const warningsOf = async (
  { rules, quarantine }: Policy,
  hubTables: HubTables,
): Promise<readonly string[]> => {
  const { hubs } = await hubTables.known();
  const named = rules.flatMap(({ name, restriction }) =>
    (restriction.hubs ?? []).map((hub) => [`rule ${name}`, hub] as const),
  );
  const all = quarantine === undefined ? named : [...named, ['quarantine', quarantine] as const];
  return all.flatMap(([where, hub]) =>
    hubs.has(hub) ? [] : [`${where}: ${hub} is not in the hub table`],
  );
};
