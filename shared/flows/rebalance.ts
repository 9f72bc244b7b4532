import type { CampaignLimits } from '../campaign/campaign-limits.ts';
import type { Scope } from '../domain/scope.ts';
import type { Goal, PlanLimits } from '../planning/goal.ts';
import type { Breakers, Campaigns } from '../ports/campaigns.ts';
import type { Causes } from '../ports/causes.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { PlanOrder, PlanState, Plans } from '../ports/plans.ts';
import type { Policies } from '../ports/policies.ts';
import { approveByDial, type Dial } from './approve-by-dial.ts';
import type { CountHubs, HubsCounted } from './count-hubs.ts';
import { type Cause, findCauses } from './find-cause.ts';
import { aliveMs } from './make-plan.ts';
import type { ManageCampaigns } from './manage-campaigns.ts';
import { type ManagePlans, recentMax } from './manage-plans.ts';
import { watchBreaker } from './watch-breaker.ts';

export type Rebalanced = {
  readonly silent: HubsCounted['silent'];
  /** Plans that it asked for. */
  readonly proposed: readonly PlanOrder[];
  /** Scopes of which a plan would be worth it, where the dial does not let it plan. */
  readonly observed: readonly Scope[];
  /** Plans that nobody was at work on: they are begun again. */
  readonly resumed: readonly string[];
  /** A campaign that the dial began. */
  readonly approved: string | undefined;
  /** Why the breaker has tripped just now. */
  readonly tripped: string | undefined;
};

export type Rebalance = () => Promise<Rebalanced>;

type Ports = {
  readonly countHubs: CountHubs;
  readonly managePlans: ManagePlans;
  readonly plans: Plans;
  readonly policies: Policies;
  readonly causes: Causes;
  readonly campaigns: Campaigns;
  readonly breakers: Breakers;
  readonly manageCampaigns: ManageCampaigns;
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
  /** Of campaigns that the dial begins. */
  readonly campaignLimits: CampaignLimits;
};

/** Under this name it asks. */
export const rebalancer = 'rebalance';

const timeoutMs = 10_000;

/**
 * Count the hubs → is it worth it, by counts alone? → ask for a plan. The devices are read by the plan, and only where it is; what rules
 * make of the balance it finds out, and is then idle. Plans that were left lying are begun again.
 */
export const rebalance =
  (
    ports: Ports,
    { scopes, dial, limits, againMs, churnPercent, campaignLimits }: RebalanceLimits,
  ): Rebalance =>
  async () => {
    const { countHubs, managePlans, clock } = ports;
    const counted = await countHubs();
    const tripped = await watchBreaker(ports, counted);
    const recent = await recentPlans(ports);
    const resumed = abandoned(recent, clock.now());
    for (const id of resumed) ports.begin(id);
    const proposed: PlanOrder[] = [];
    const observed: Scope[] = [];
    for (const scope of dial === 'off' ? [] : scopes) {
      if (proposed.length > 0) break;
      const causes = await findCauses(ports, scope, counted, recent, limits);
      if (causes.length > 0 && dial === 'observe') observed.push(scope);
      if (dial === 'observe') continue;
      const isTold = ({ goal }: Cause): boolean =>
        recent.some(
          ({ order, state }) =>
            (order.scope === scope || !isIdle(state)) && // hubs are shared: two scopes would each take the whole excess away
            order.by === rebalancer &&
            isLike(order.goal, goal) &&
            clock.now() - order.at < restOf(state, againMs),
        );
      const cause = causes.find((one) => !isTold(one));
      if (!cause) continue;
      const churnMax = Math.ceil((countOf(counted) * churnPercent) / 100);
      const { goal, reason } = cause;
      const movesMax = goal.kind === 'evacuate' ? undefined : (cause.movesMax ?? churnMax);
      proposed.push(
        await managePlans.ask(scope, goal, limitsFor(goal, limits, movesMax), reason, rebalancer),
      );
    }
    const approved = await approveByDial(ports, dial, recent, campaignLimits, rebalancer);
    return { silent: counted.silent, proposed, observed, resumed, approved, tripped };
  };

/** One that moves nobody may only have come too early. */
const restOf = (state: PlanState, againMs: number): number =>
  isIdle(state) ? againMs / 6 : againMs;

const isIdle = (state: PlanState): boolean => state.kind === 'made' && state.plan.moveCount === 0;

const countOf = ({ table }: HubsCounted): number =>
  [...table.hubs.values()].reduce((sum, { deviceCount = 0 }) => sum + deviceCount, 0);

/** Balance is one cause, whichever hub it shows in; each hub that is to be emptied is one of its own. */
const isLike = (one: Goal, other: Goal): boolean => {
  if (isForBalance(one) || isForBalance(other)) return isForBalance(one) && isForBalance(other);
  return one.kind === other.kind && hubOf(one) === hubOf(other);
};
const hubOf = (goal: Goal): string | undefined => ('hub' in goal ? goal.hub : undefined);
const isForBalance = ({ kind }: Goal): boolean => kind === 'rebalance' || kind === 'fill';

/** Who leaves a dead hub is not asked: what is not known of it does not keep it there. */
const limitsFor = (goal: Goal, limits: PlanLimits, movesMax: number | undefined): PlanLimits => ({
  ...limits,
  movesMax,
  unknownAllowed: limits.unknownAllowed || goal.kind === 'evacuate',
});

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
