import type { Instant } from '../domain/instant.ts';
import type { Policy } from '../domain/policy.ts';
import type { Scope } from '../domain/scope.ts';
import { adviceFor } from './advice.ts';
import { assign, classesOf, inOrder } from './assign.ts';
import { boundOf, type LowerBound } from './bound.ts';
import { type Demand, demandOf, mostsOf } from './demand.ts';
import type { Goal, PlanLimits } from './goal.ts';
import { imbalanceOf, isWorthBalancing } from './imbalance.ts';
import { type Arc, arcsOf, type Pace, type PaceLimits, paceOf } from './pace.ts';
import { hashOfPlan } from './pages.ts';
import type { PlannedHub, PlannedMove, PlanRefusal } from './planned.ts';
import { countReasons } from './reasons.ts';
import { leftAlone } from './refusals.ts';
import { cutTo, devicesFor, withinGroups } from './select.ts';
import type { Snapshot } from './snapshot.ts';
import { inStages } from './stages.ts';
import { roundToDevices, wholeCounts } from './weigh.ts';

/** An immutable list of moves, with the proof that they are the fewest. Hubs are told by their index in `hubs`. */
export type Plan = {
  /** Of all the rest. */
  readonly hash: string;
  readonly scope: Scope;
  readonly goal: Goal;
  /** What it looked at was so then. */
  readonly takenAt: Instant;
  readonly policyVersion: number;
  readonly limits: PlanLimits;
  readonly hubs: readonly PlannedHub[];
  /** In the order in which they may run. */
  readonly moves: readonly PlannedMove[];
  /** [P4] Every device that the goal wanted moved, and that is left alone. */
  readonly refusals: readonly PlanRefusal[];
  /** Moves that wait for the next plan, because this one has as many as it may. */
  readonly postponed: number;
  readonly lowerBound: LowerBound;
  /** Moves past the lower bound. */
  readonly gap: number;
  /** Moves, of all devices. */
  readonly churn: number;
  /** The fullest hub past its fair share: 0.1 is 10 %. */
  readonly imbalance: { readonly before: number; readonly after: number };
  /** Why there is nothing to do; undefined where there is. */
  readonly idle: string | undefined;
  readonly pace: Pace;
  readonly advice: readonly string[];
};

/** [P2] [P8] The fewest moves for a goal, the same of the same snapshot. */
export const plan = (
  snapshot: Snapshot,
  goal: Goal,
  policy: Policy,
  limits: PlanLimits,
  paceLimits: PaceLimits,
): Plan => {
  const order = inOrder(snapshot.candidates);
  const wanted = demandOf(goal, snapshot, policy, limits);
  const idle = goal.kind === 'rebalance' ? whyIdle(snapshot, wanted, limits) : undefined;
  const isFixing = idle !== undefined && snapshot.candidates.some(({ kind }) => kind.misplaced);
  // What the rules forbid is mended also where the balance is good enough; then nobody is moved for balance's sake.
  const demand = isFixing ? demandOf({ kind: 'relocate' }, snapshot, policy, limits) : wanted;
  const group = withinGroups(snapshot, demand, order, limits);
  const isWanted = idle === undefined || isFixing;
  const classes = isWanted ? classesOf(snapshot, demand, order, group.takes) : [];
  const assignment = assign(snapshot, demand, classes);
  const counts =
    limits.loadLabel === undefined ? wholeCounts(assignment) : roundToDevices(assignment, demand);
  const chosen = devicesFor(snapshot, assignment, counts, order);
  const staged = inStages(chosen.moves, snapshot.hubs);
  const { moves, postponed } = cutTo(staged.moves, limits.movesMax);
  const refusals = leftAlone(goal, snapshot, demand, { ...chosen, ...staged, group });
  const after = loadsAfter(demand.loads, moves);
  const hubs = hubsOf(snapshot, goal, demand, moves, after, limits, postponed);
  const lowerBound = boundOf(assignment, hubs.length, moves, postponed + staged.stuck.length > 0);
  const body = {
    scope: snapshot.scope,
    goal,
    takenAt: snapshot.takenAt,
    policyVersion: snapshot.policyVersion,
    limits,
    hubs,
    refusals,
    moves,
    postponed,
    lowerBound,
    gap: moves.length - lowerBound.moves,
    churn:
      moves.length /
      Math.max(
        1,
        demand.loads.reduce((sum, load) => sum + load, 0),
      ),
    imbalance: { before: imbalanceOf(wanted.loads, wanted), after: imbalanceOf(after, wanted) },
    idle: moves.length > 0 ? undefined : (idle ?? 'nobody can be moved, or need be'),
    pace: paceOf(arcsOf(moves), snapshot.hubs, paceLimits, snapshot.takenAt),
    advice: adviceFor(goal, hubs, limits.resetAllowed),
  };
  return { ...body, hash: hashOfPlan(body) };
};

/** [P6] Below both thresholds, or one of them, nobody is moved for balance's sake. */
const whyIdle = (snapshot: Snapshot, demand: Demand, limits: PlanLimits): string | undefined =>
  isWorthBalancing(snapshot, demand, limits)
    ? undefined
    : `no hub is past its fair share by more than ${limits.imbalancePercent} % and ${limits.imbalanceCount} devices`;

const loadsAfter = (loads: readonly number[], moves: readonly PlannedMove[]): readonly number[] => {
  const after = [...loads];
  for (const { from, to, weight } of moves) {
    after[from] = (after[from] ?? 0) - weight;
    after[to] = (after[to] ?? 0) + weight;
  }
  return after;
};

const hubsOf = (
  snapshot: Snapshot,
  goal: Goal,
  demand: Demand,
  moves: readonly PlannedMove[],
  after: readonly number[],
  limits: PlanLimits,
  postponed: number,
): readonly PlannedHub[] => {
  const arcs = arcsOf(moves);
  const mosts = mostsOf(snapshot, demand.loads, limits);
  const sum = (takes: (arc: Arc) => boolean): number =>
    arcs.reduce((total, arc) => (takes(arc) ? total + arc.count : total), 0);
  return snapshot.hubs.map(({ hub, arriving, leaving }, index) => {
    const [cap = 0, load = 0] = [demand.caps[index], after[index]];
    return {
      hub: hub.hostName,
      state: hub.state,
      before: demand.loads[index] ?? 0,
      after: load,
      level: demand.levels[index] ?? 0,
      cap,
      most: mosts[index] ?? 0,
      movesIn: sum(({ to }) => to === index),
      movesOut: sum(({ from }) => from === index),
      arriving,
      leaving,
      past:
        load > cap && goal.kind !== 'fill'
          ? whyPast(snapshot, index, load - cap, postponed)
          : undefined,
    };
  });
};

/** [P1] What is known of those that stay: what is true of most of them. */
const whyPast = (
  { held, hubs }: Snapshot,
  index: number,
  past: number,
  postponed: number,
): string => {
  if (postponed > 0) return `${Math.ceil(past)} too many stay until the next plan`;
  const reasons = countReasons(held.filter(({ hub }) => hub === index));
  const unread = hubs[index]?.isRead ? '' : ', and not all of its devices were looked at';
  const [most] = reasons;
  const count = reasons.reduce((sum, reason) => sum + reason.count, 0);
  const said = most
    ? `${count} of its devices cannot be moved, ${most.count} because ${most.because}`
    : 'its devices find no room elsewhere';
  return `${Math.ceil(past)} too many stay: ${said}${unread}`;
};
