import type { Assignment, DeviceClass } from './assign.ts';
import type { PlannedMove } from './planned.ts';

/**
 * No plan that reaches as much of the goal has fewer moves:
 *
 *     count        what must go, and what is past its cap, of every hub by itself: anybody can check it
 *     flow         devices may not go everywhere, so that others must make room: a flow that is proved to be of least cost
 *     relaxation   devices count for different amounts: as if they could be divided
 */
export type LowerBound = { readonly moves: number; readonly by: 'count' | 'flow' | 'relaxation' };

/** @param isPart whether only a part of what was assigned is in the plan. */
export const boundOf = (
  { classes, amounts, movesLeast }: Assignment,
  hubCount: number,
  moves: readonly PlannedMove[],
  isPart: boolean,
): LowerBound => {
  const net = netOf(hubCount, moves);
  const counted = net.reduce((sum, amount, hub) => {
    const own = classes.filter((one) => one.hub === hub);
    return sum + Math.max(fewestFor(own, amount), isPart ? 0 : goingFrom(hub, classes, amounts));
  }, 0);
  if (classes.some(({ weight }) => weight !== 1)) {
    // Where whole devices reach less of the goal than divided ones would, it takes fewer of them.
    const relaxed = isPart ? 0 : Math.min(moves.length, Math.ceil(movesLeast - 1e-6));
    return { moves: Math.min(moves.length, Math.max(counted, relaxed)), by: 'relaxation' };
  }
  if (counted === moves.length || isPart) return { moves: counted, by: 'count' };
  return { moves: Math.round(movesLeast), by: 'flow' };
};

/** By hub: what it has less in the end. */
const netOf = (hubCount: number, moves: readonly PlannedMove[]): readonly number[] => {
  const net = new Array<number>(hubCount).fill(0);
  for (const { from, to, weight } of moves) {
    net[from] = (net[from] ?? 0) + weight;
    net[to] = (net[to] ?? 0) - weight;
  }
  return net;
};

/** As few devices as could count for so much, the heaviest that there are. */
const fewestFor = (own: readonly DeviceClass[], amount: number): number => {
  const heaviest = [...own].sort((one, other) => other.weight - one.weight);
  let [left, count] = [amount, 0];
  for (const { weight, members } of heaviest) {
    if (left <= 0) break;
    const taken = Math.min(members.length, Math.ceil(left / weight));
    left -= taken * weight;
    count += taken;
  }
  return count;
};

/** Those that must go, and for which there is a place. */
const goingFrom = (
  hub: number,
  classes: readonly DeviceClass[],
  amounts: Assignment['amounts'],
): number =>
  classes.reduce((sum, { isMust, hub: own, weight }, index) => {
    if (!isMust || own !== hub) return sum;
    const sent = (amounts[index] ?? []).reduce((total, amount) => total + amount, 0);
    return sum + Math.floor(sent / weight + 1e-9);
  }, 0);
