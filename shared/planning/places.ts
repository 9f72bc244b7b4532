import type { DeviceRecord } from '../domain/device.ts';
import type { Enrollment } from '../domain/enrollment.ts';
import type { HubHostName, Trouble } from '../domain/hub.ts';
import type { HubTable } from '../domain/hub-table.ts';
import type { Policy, Rule } from '../domain/policy.ts';
import { barredBy } from './barred.ts';
import type { Goal } from './goal.ts';
import { doubtsOfEnrollment, doubtsOfTarget, type Movable, verdictOf } from './movable.ts';

/** What says where a device may be. */
export type PlacesGrounds = {
  readonly table: HubTable;
  /** The order of the snapshot's hubs. */
  readonly hubs: readonly HubHostName[];
  readonly policy: Policy;
  readonly goal: Goal;
};

/** Where devices of that kind may go. */
export type Places = {
  /** Where nothing speaks against it. */
  readonly eligible: readonly number[];
  /** The same, and where not all is known. */
  readonly doubtful: readonly number[];
  /** What is not known, where it is known nowhere. */
  readonly doubt: string | undefined;
  /** Why there is nowhere. */
  readonly nowhere: string;
  readonly misplaced: string | undefined;
};

export const placesFor = (
  { table, hubs, policy, goal }: PlacesGrounds,
  record: DeviceRecord,
  enrollment: Enrollment | undefined,
  rules: readonly Rule[],
): Places => {
  const verdicts = hubs.map((to) => {
    const hub = table.hubs.get(to);
    const barred = hub && barredBy(rules, policy, hub, goal.kind === 'quarantine');
    const onTarget = { kind: 'absent' } as const;
    const doubts = [...doubtsOfTarget({ record, enrollment, table, to, barred, onTarget })];
    if (hub?.trouble) doubts.push(inTrouble(to, hub.trouble));
    if (hub?.deviceCount === undefined) doubts.push(uncounted(to));
    return verdictOf(doubts);
  });
  const only = (...kinds: readonly Movable['kind'][]) =>
    hubs.flatMap((_, index) => (kinds.includes(verdicts[index]?.kind ?? 'no') ? [index] : []));
  const unknown = verdicts.find((said) => said.kind === 'unknown');
  const eligible = only('yes');
  return {
    eligible,
    doubtful: only('yes', 'unknown'),
    doubt: eligible.length === 0 && unknown?.kind === 'unknown' ? unknown.because : undefined,
    nowhere: nowhere(verdicts, hubs.indexOf(record.observed?.hub as HubHostName)),
    misplaced: misplacedBy(table, policy, record, enrollment, rules),
  };
};

/** Its campaign would only be held until the hub is well. */
const inTrouble = (to: HubHostName, { kind }: Trouble): Movable => ({
  kind: 'no',
  because: `${to} is ${kind}`,
});

/** What we do not know must not look like room for the whole fleet. */
const uncounted = (to: HubHostName): Movable => ({
  kind: 'no',
  because: `the devices of ${to} were never counted`,
});

/** One sentence: the first reason of those that most hubs give. */
const nowhere = (verdicts: readonly Movable[], own: number): string => {
  const others = verdicts.filter((said, index) => index !== own && said.kind === 'no');
  const [first, ...more] = others.flatMap((said) => (said.kind === 'no' ? [said.because] : []));
  if (first === undefined) return 'there is no other hub';
  return more.length === 0
    ? first
    : `no hub may take it: ${first}, and ${more.length} others say no`;
};

/** A rule broken at the start: its hub is not for it any more. */
const misplacedBy = (
  table: HubTable,
  policy: Policy,
  record: DeviceRecord,
  enrollment: Enrollment | undefined,
  rules: readonly Rule[],
): string | undefined => {
  const at = record.observed?.hub;
  const hub = at && table.hubs.get(at);
  if (!hub) return undefined;
  const barred = barredBy(rules, policy, hub, false);
  if (barred !== undefined) return `${hub.hostName} is not for it: ${barred}`;
  const [said] = enrollment ? doubtsOfEnrollment(enrollment, hub.hostName) : [];
  return said?.kind === 'no' ? said.because : undefined;
};
