import { type Demand, mostsOf } from './demand.ts';
import type { Goal, PlanLimits } from './goal.ts';
import { type Arc, arcsOf } from './pace.ts';
import type { PlannedHub, PlannedMove } from './planned.ts';
import { countReasons } from './reasons.ts';
import { projectedCount, type Snapshot } from './snapshot.ts';

/** What keeps devices out of a plan, besides what they are. */
export type LeftOut = {
  /** Whether the plan was to move anybody at all. */
  readonly isWanted: boolean;
  readonly postponed: number;
  /** Whether its site or tenant has as many moves as it may. */
  readonly isOutOfTurn: (index: number) => boolean;
};

export const loadsAfter = (
  loads: readonly number[],
  moves: readonly PlannedMove[],
): readonly number[] => {
  const after = [...loads];
  for (const { from, to, weight } of moves) {
    after[from] = (after[from] ?? 0) - weight;
    after[to] = (after[to] ?? 0) + weight;
  }
  return after;
};

/** Every hub before and after, and what came of it. */
export const hubsAfter = (
  snapshot: Snapshot,
  goal: Goal,
  demand: Demand,
  moves: readonly PlannedMove[],
  limits: PlanLimits,
  left: LeftOut,
): readonly PlannedHub[] => {
  const arcs = arcsOf(moves);
  const after = loadsAfter(demand.loads, moves);
  const mosts = mostsOf(snapshot, demand.loads, limits);
  const sum = (takes: (arc: Arc) => boolean): number =>
    arcs.reduce((total, arc) => (takes(arc) ? total + arc.count : total), 0);
  return snapshot.hubs.map(({ hub, arriving, leaving }, index) => {
    const [cap = 0, load = 0] = [demand.caps[index], after[index]];
    const isPast = left.isWanted && load > cap && goal.kind !== 'fill';
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
      past: isPast ? whyPast(snapshot, index, load - cap, moves, left) : undefined,
    };
  });
};

/** [P1] All that is known of those that stay. */
const whyPast = (
  { held, hubs, candidates }: Snapshot,
  index: number,
  past: number,
  moves: readonly PlannedMove[],
  { postponed, isOutOfTurn }: LeftOut,
): string => {
  const told = `${Math.ceil(past)} too many stay`;
  if (postponed > 0) return `${told} until the next plan`;
  const reasons = countReasons(held.filter(({ hub }) => hub === index));
  const heldCount = reasons.reduce((sum, { count }) => sum + count, 0);
  const own = candidates.flatMap(({ kind }, at) => (kind.hub === index ? [at] : []));
  const waiting = own.filter(isOutOfTurn).length;
  const going = moves.reduce((sum, { from }) => (from === index ? sum + 1 : sum), 0);
  const homeless = own.length - waiting - going;
  const look = hubs[index];
  const known = own.length + heldCount;
  const unknown = look ? projectedCount(look) + look.leaving - look.arriving - known : 0;
  const [most] = reasons;
  const parts = [
    ...(most
      ? [`${heldCount} of its devices cannot be moved, ${most.count} because ${most.because}`]
      : []),
    ...(waiting > 0 ? [`${waiting} wait, because their group has as many moves as it may`] : []),
    ...(homeless > 0 ? [`${homeless} that could go find no room where they may`] : []),
    ...(unknown > 0
      ? [look?.isRead ? `${unknown} are not known to Rehome` : `${unknown} were not looked at`]
      : []),
  ];
  return `${told}: ${parts.join('; ')}`;
};
