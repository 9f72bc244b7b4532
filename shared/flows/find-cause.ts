import { type Hub, isDead } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import type { Scope } from '../domain/scope.ts';
import { demandOf } from '../planning/demand.ts';
import type { Goal, PlanLimits } from '../planning/goal.ts';
import { isWorthBalancing } from '../planning/imbalance.ts';
import { type Snapshot, snapshotOf } from '../planning/snapshot.ts';
import type { Causes } from '../ports/causes.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { KeptPlan } from '../ports/plans.ts';
import type { Policies } from '../ports/policies.ts';
import type { HubsCounted } from './count-hubs.ts';

/** Why devices should be moved, as a plan's goal. */
export type Cause = {
  readonly goal: Goal;
  readonly reason: string;
  /** undefined: as the fleet's churn allows. */
  readonly movesMax: number | undefined;
};

type Ports = {
  readonly policies: Policies;
  readonly causes: Causes;
  readonly clock: Clock;
  readonly deadline: Deadline;
};

const timeoutMs = 5_000;
/** For so long one mark stands for all. */
const markedMs = 60_000;

/**
 * What makes Rehome act, the most urgent first: a hub that is dead; one that will not come through the day; devices whose rules, labels or home say that
 * they belong elsewhere; a hub past its fair share, or short of it. Where a hub is to be emptied, nothing else is a cause. All of it is found by counts and marks: devices are read by the plan.
 */
export const findCauses = async (
  ports: Ports,
  scope: Scope,
  { table }: HubsCounted,
  recent: readonly KeptPlan[],
  limits: PlanLimits,
): Promise<readonly Cause[]> => {
  const now = ports.clock.now();
  const hubs = [...table.hubs.values()];
  const holding = hubs.filter(({ deviceCount = 0 }) => deviceCount > 0);
  // One that is closed was given up already: its devices are answered elsewhere.
  const dead = holding.find((hub) => hub.state !== 'closed' && isDead(hub, now));
  if (dead)
    return [
      {
        goal: { kind: 'evacuate', hub: dead.hostName },
        reason: `${dead.hostName} is ${dead.trouble?.kind}, and gives no answer`,
        movesMax: undefined,
      },
    ];
  for (const hub of holding) {
    const excess = pastItsDay(hub, now);
    if (excess > 0 && hub.state === 'open')
      return [
        {
          goal: { kind: 'drain', hub: hub.hostName },
          reason: 'it will have used its messages before the day is over',
          movesMax: excess,
        },
      ];
  }
  const causes = [
    await relocation(ports, scope, recent),
    await balance(ports, scope, table, limits, now),
  ];
  return causes.filter((cause) => cause !== undefined);
};

/** A drain begins when so much of the quota will have been used by midnight, and leaves so much. */
const nearShare = 0.8;
const leftShare = 0.75;
const dayMs = 86_400_000;
/** Of a day that has only begun nobody can tell. */
const begunShare = 0.1;

/** How many devices are too many for what a hub may still take today: it is measured, not told. */
export const pastItsDay = ({ daily, deviceCount = 0 }: Hub, now: Instant): number => {
  const { messageCount, measuredAt, messageCountMax } = daily ?? {};
  if (messageCount === undefined || measuredAt === undefined || !messageCountMax) return 0;
  const isToday = Math.floor(measuredAt / dayMs) === Math.floor(now / dayMs);
  const begun = (measuredAt % dayMs) / dayMs;
  if (!isToday || begun < begunShare) return 0;
  const projected = messageCount / begun / messageCountMax;
  return projected < nearShare ? 0 : Math.ceil(deviceCount * (1 - leftShare / projected));
};

/** Somebody has changed what says where devices belong, since it was last planned. */
const relocation = async (
  { causes, deadline }: Ports,
  scope: Scope,
  recent: readonly KeptPlan[],
): Promise<Cause | undefined> => {
  const { value } = await deadline(timeoutMs, (signal) => causes.read(signal));
  const mark = value.relocate[scope];
  if (!mark) return undefined;
  const planned = recent.find(
    ({ order, state }) =>
      order.scope === scope &&
      order.goal.kind === 'relocate' &&
      state.kind !== 'failed' &&
      !isCutShort(state) &&
      order.at >= mark.at + markedMs, // what changed meanwhile has left no mark of its own
  );
  return planned
    ? undefined
    : { goal: { kind: 'relocate' }, reason: mark.because, movesMax: undefined };
};

/** As much as the fleet's churn allows: the rest is planned next. */
const isCutShort = (state: KeptPlan['state']): boolean =>
  state.kind === 'made' && state.plan.postponed > 0;

const balance = async (
  { policies }: Ports,
  scope: Scope,
  table: HubsCounted['table'],
  limits: PlanLimits,
  now: Instant,
): Promise<Cause | undefined> => {
  const policy = await policies.known();
  const nothing = { candidates: [], held: [], moving: [], isRead: () => false };
  const snapshot = snapshotOf({ scope, table, policyVersion: policy.version, now, ...nothing });
  const goal = { kind: 'rebalance' } as const;
  const demand = demandOf(goal, snapshot, policy, limits);
  if (isWorthBalancing(snapshot, demand, limits))
    return { goal, reason: 'a hub is past its fair share', movesMax: undefined };
  const empty = emptiest(snapshot, demand, limits);
  return (
    empty && {
      goal: { kind: 'fill', hub: empty.hostName },
      reason: 'a hub has less than its fair share',
      movesMax: undefined,
    }
  );
};

/** A hub that joined, or was scaled up: nobody is past their share because of it, and it is short of its own. */
const emptiest = (
  { hubs }: Snapshot,
  { loads, levels }: ReturnType<typeof demandOf>,
  { imbalancePercent, imbalanceCount }: PlanLimits,
) =>
  hubs.find(({ hub }, index) => {
    const [load = 0, level = 0] = [loads[index], levels[index]];
    const isShort = load < level * (1 - imbalancePercent / 100) && level - load >= imbalanceCount;
    return hub.state === 'open' && hub.deviceCount !== undefined && isShort;
  })?.hub;
