import type { Assignment, DeviceClass } from './assign.ts';
import type { Demand } from './demand.ts';

/** By class, by its targets: how many devices. */
export type Counts = readonly (readonly number[])[];

/** Where every device counts for 1 the flow is whole already. */
export const wholeCounts = ({ amounts }: Assignment): Counts =>
  amounts.map((ofClass) => ofClass.map(Math.round));

/**
 * A flow of what devices count for → whole devices. To find the fewest is NP-hard where they count for different amounts: here the flow is
 * rounded down; what must go yet goes where most room is, the heaviest first; a hub that is still past its cap gives the lightest device that
 * is enough, else the heaviest; and what turns out not to be needed stays. The plan prints its gap to the bound.
 */
export const roundToDevices = (assignment: Assignment, demand: Demand): Counts => {
  const rounding = roundDown(assignment, demand);
  const byWeight = [...assignment.classes.entries()]
    .map(([index, one]) => ({ index, one }))
    .sort((a, b) => b.one.weight - a.one.weight || a.index - b.index);
  for (const { index, one } of byWeight) if (one.isMust) sendRest(rounding, index, one);
  for (let hub = 0; hub < demand.loads.length; hub += 1) relieve(rounding, hub, byWeight);
  for (const { index, one } of byWeight.toReversed())
    if (!one.isMust) takeBack(rounding, index, one);
  return rounding.counts;
};

type Numbered = { readonly index: number; readonly one: DeviceClass };

type Rounding = {
  readonly counts: number[][];
  readonly loads: number[];
  readonly demand: Demand;
};

const roundDown = ({ classes, amounts }: Assignment, demand: Demand): Rounding => {
  const rounding: Rounding = {
    counts: amounts.map((ofClass) => ofClass.map(() => 0)),
    loads: [...demand.loads],
    demand,
  };
  for (const [index, one] of classes.entries())
    for (const [at, amount] of (amounts[index] ?? []).entries())
      shift(rounding, index, one, at, Math.floor(amount / one.weight + 1e-9));
  return rounding;
};

const shift = (
  { counts, loads }: Rounding,
  index: number,
  { hub, targets, weight }: DeviceClass,
  at: number,
  by: number,
): void => {
  const to = targets[at] ?? 0;
  const ofClass = counts[index] ?? [];
  ofClass[at] = (ofClass[at] ?? 0) + by;
  loads[hub] = (loads[hub] ?? 0) - by * weight;
  loads[to] = (loads[to] ?? 0) + by * weight;
};

const leftOf = ({ counts }: Rounding, index: number, { members }: DeviceClass): number =>
  members.length - (counts[index] ?? []).reduce((sum, count) => sum + count, 0);

/** Where one of them fits, and most room is; −1 where it fits nowhere. */
const placeFor = ({ loads, demand }: Rounding, { targets, weight }: DeviceClass): number => {
  const freeAt = (at: number): number => {
    const to = targets[at] ?? 0;
    return Math.min(demand.caps[to] ?? 0, demand.roofs[to] ?? 0) - (loads[to] ?? 0);
  };
  let best = -1;
  for (let at = 0; at < targets.length; at += 1)
    if (freeAt(at) >= weight && (best < 0 || freeAt(at) > freeAt(best))) best = at;
  return best;
};

const sendRest = (rounding: Rounding, index: number, one: DeviceClass): void => {
  while (leftOf(rounding, index, one) > 0) {
    const at = placeFor(rounding, one);
    if (at < 0) return;
    shift(rounding, index, one, at, 1);
  }
};

const relieve = (rounding: Rounding, hub: number, byWeight: readonly Numbered[]): void => {
  const own = byWeight.filter(({ one }) => one.hub === hub);
  for (;;) {
    const excess = (rounding.loads[hub] ?? 0) - (rounding.demand.caps[hub] ?? 0);
    if (excess <= 0) return;
    const able = own.filter(
      ({ index, one }) => leftOf(rounding, index, one) > 0 && placeFor(rounding, one) >= 0,
    );
    const chosen = able.findLast(({ one }) => one.weight >= excess) ?? able[0];
    if (!chosen) return;
    shift(rounding, chosen.index, chosen.one, placeFor(rounding, chosen.one), 1);
  }
};

const takeBack = (rounding: Rounding, index: number, one: DeviceClass): void => {
  const { loads, demand, counts } = rounding;
  const fits = (): boolean => (loads[one.hub] ?? 0) + one.weight <= (demand.caps[one.hub] ?? 0);
  for (let at = 0; at < one.targets.length; at += 1)
    while ((counts[index]?.[at] ?? 0) > 0 && fits()) shift(rounding, index, one, at, -1);
};
