import type { HubHostName } from '../domain/hub.ts';
import type { Scope } from '../domain/scope.ts';
import { demandOf } from '../planning/demand.ts';
import type { PlanLimits } from '../planning/goal.ts';
import { isWorthBalancing } from '../planning/imbalance.ts';
import { type Snapshot, snapshotOf } from '../planning/snapshot.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { PlanOrder, PlanState, Plans } from '../ports/plans.ts';
import type { Policies } from '../ports/policies.ts';
import type { CountHubs, HubsCounted } from './count-hubs.ts';
import { aliveMs } from './make-plan.ts';
import { type ManagePlans, recentMax } from './manage-plans.ts';

/** How far Rehome may go by itself: look at nothing, look, or plan. What is beyond is for campaigns. */
export const dials = ['off', 'observe', 'propose'] as const;
export type Dial = (typeof dials)[number];

export type Rebalanced = {
  readonly silent: HubsCounted['silent'];
  /** Plans that it asked for. */
  readonly proposed: readonly PlanOrder[];
  /** Scopes of which a plan would be worth it, where the dial does not let it plan. */
  readonly observed: readonly Scope[];
  /** Plans that nobody was at work on: they are begun again. */
  readonly resumed: readonly string[];
};

export type Rebalance = () => Promise<Rebalanced>;

type Ports = {
  readonly countHubs: CountHubs;
  readonly managePlans: ManagePlans;
  readonly plans: Plans;
  readonly policies: Policies;
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly begin: (planId: string) => void;
};

export type RebalanceLimits = {
  readonly scopes: ReadonlySet<Scope>;
  readonly dial: Dial;
  readonly limits: PlanLimits;
  /** How long a plan that was proposed is left to be looked at, before the next is; one that moves nobody, a sixth of it. */
  readonly againMs: number;
  /** Moves of one plan, of all devices. */
  readonly churnPercent: number;
};

/** Under this name it asks. */
export const rebalancer = 'rebalance';

const timeoutMs = 10_000;

/**
 * Count the hubs → is it worth it, by counts alone? → ask for a plan. The devices are read by the plan, and only where it is; what rules
 * make of the balance it finds out, and is then idle. Plans that were left lying are begun again.
 */
export const rebalance =
  (ports: Ports, { scopes, dial, limits, againMs, churnPercent }: RebalanceLimits): Rebalance =>
  async () => {
    const { countHubs, managePlans, clock } = ports;
    const counted = await countHubs();
    const recent = await recentPlans(ports);
    const resumed = abandoned(recent, clock.now());
    for (const id of resumed) ports.begin(id);
    const proposed: PlanOrder[] = [];
    const observed: Scope[] = [];
    for (const scope of dial === 'off' ? [] : scopes) {
      if (proposed.length > 0) break;
      const goal = await goalFor(ports, scope, counted, limits);
      if (!goal) continue;
      const isTold = recent.some(
        ({ order, state }) =>
          (order.scope === scope || !isIdle(state)) && // hubs are shared: two scopes would each take the whole excess away
          order.by === rebalancer &&
          clock.now() - order.at < restOf(state, againMs),
      );
      const movesMax = Math.ceil((countOf(counted) * churnPercent) / 100);
      const reason = reasons[goal.kind];
      if (dial === 'observe') observed.push(scope);
      else if (!isTold)
        proposed.push(
          await managePlans.ask(scope, goal, { ...limits, movesMax }, reason, rebalancer),
        );
    }
    return { silent: counted.silent, proposed, observed, resumed };
  };

/** One that moves nobody may only have come too early. */
const restOf = (state: PlanState, againMs: number): number =>
  isIdle(state) ? againMs / 6 : againMs;

const isIdle = (state: PlanState): boolean => state.kind === 'made' && state.plan.moveCount === 0;

const countOf = ({ table }: HubsCounted): number =>
  [...table.hubs.values()].reduce((sum, { deviceCount = 0 }) => sum + deviceCount, 0);

const reasons = {
  rebalance: 'a hub is past its fair share',
  fill: 'a hub has less than its fair share',
} as const;

const recentPlans = ({ plans, deadline }: Ports) =>
  deadline(timeoutMs, (signal) => plans.recent(recentMax, signal));

type Recent = Awaited<ReturnType<typeof recentPlans>>;

/** Asked for, and begun by nobody; or begun by one who is silent. */
const abandoned = (recent: Recent, now: number): readonly string[] =>
  recent
    .filter(({ order, state }) => {
      if (state.kind === 'asked') return now - order.at > aliveMs;
      return state.kind === 'planning' && now - state.aliveAt > aliveMs;
    })
    .map(({ order }) => order.id);

type BalanceGoal =
  | { readonly kind: 'rebalance' }
  | { readonly kind: 'fill'; readonly hub: HubHostName };

const goalFor = async (
  { policies, clock }: Ports,
  scope: Scope,
  { table }: HubsCounted,
  limits: PlanLimits,
): Promise<BalanceGoal | undefined> => {
  const policy = await policies.known();
  const nothing = { candidates: [], held: [], moving: [], isRead: () => false };
  const now = clock.now();
  const snapshot = snapshotOf({ scope, table, policyVersion: policy.version, now, ...nothing });
  const goal = { kind: 'rebalance' } as const;
  const demand = demandOf(goal, snapshot, policy, limits);
  if (isWorthBalancing(snapshot, demand, limits)) return goal;
  const empty = emptiest(snapshot, demand, limits);
  return empty && { kind: 'fill', hub: empty.hostName };
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
