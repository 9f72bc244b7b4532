import type { Instant } from '../domain/instant.ts';
import type { Policy } from '../domain/policy.ts';
import type { Scope } from '../domain/scope.ts';
import { adviceFor } from './advice.ts';
import { assign, classesOf, inOrder } from './assign.ts';
import { boundOf, type LowerBound } from './bound.ts';
import { demandOf } from './demand.ts';
import type { Goal, PlanLimits } from './goal.ts';
import { hubsAfter, loadsAfter } from './hubs-after.ts';
import { whyIdle, whyNobody } from './idle.ts';
import { imbalanceOf } from './imbalance.ts';
import { arcsOf, type Pace, type PaceLimits, paceOf } from './pace.ts';
import { hashOfPlan } from './pages.ts';
import type { PlannedHub, PlannedMove, PlanRefusal } from './planned.ts';
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
  const idle = goal.kind === 'rebalance' ? whyIdle(snapshot, wanted, policy, limits) : undefined;
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
  const left = { isWanted, postponed, isOutOfTurn: (index: number) => !group.takes(index) };
  const hubs = hubsAfter(snapshot, goal, demand, moves, limits, left);
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
    idle: moves.length > 0 ? undefined : (idle ?? whyNobody(goal, snapshot, policy, refusals)),
    pace: paceOf(arcsOf(moves), snapshot.hubs, paceLimits, snapshot.takenAt, asksOf(goal)),
    advice: adviceFor(goal, hubs, limits.resetAllowed),
  };
  return { ...body, hash: hashOfPlan(body) };
};

/** Off a dead hub devices come by themselves. */
const asksOf = ({ kind }: Goal): boolean => kind !== 'evacuate';
