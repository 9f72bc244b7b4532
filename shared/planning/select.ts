import type { Assignment } from './assign.ts';
import type { Demand } from './demand.ts';
import type { PlanLimits } from './goal.ts';
import type { PlannedMove } from './planned.ts';
import type { Candidate, Snapshot } from './snapshot.ts';
import type { UnorderedMove } from './stages.ts';
import type { Counts } from './weigh.ts';

/** Which devices may go, where moves are capped by a label. */
export type Groups = {
  readonly takes: (index: number) => boolean;
  /** Why one may not. */
  readonly because: (candidate: Candidate) => string;
};

/** Of each group so many at most, those that must go before the others. What is left out would be one too many. */
export const withinGroups = (
  { candidates }: Snapshot,
  { must }: Demand,
  order: Int32Array,
  { groupMax }: PlanLimits,
): Groups => {
  const because = ({ group }: Candidate): string =>
    `the ${groupMax?.label} ${group} has as many moves as one plan may have: ${groupMax?.moves}`;
  if (!groupMax) return { takes: () => true, because };
  const taken = new Map<string, number>();
  const left = new Set<number>();
  const take = (first: boolean): void => {
    for (const index of order) {
      const candidate = candidates[index];
      if (candidate?.group === undefined) continue;
      const { kind, deviceId, group } = candidate;
      if (must(deviceId, kind.hub, kind.misplaced) !== first) continue;
      const count = taken.get(group) ?? 0;
      if (count < groupMax.moves) taken.set(group, count + 1);
      else left.add(index);
    }
  };
  take(true);
  take(false);
  return { takes: (index) => !left.has(index), because };
};

export type Chosen = {
  readonly moves: readonly UnorderedMove[];
  /** Of classes that must go: indexes of those for which there is no place. */
  readonly unplaced: readonly number[];
};

/** So many of each class to each target: the first of them, in the order of the candidates; those that must go come first. */
export const devicesFor = (
  { candidates }: Snapshot,
  { classes }: Assignment,
  counts: Counts,
  order: Int32Array,
): Chosen => {
  const target = new Int32Array(candidates.length).fill(-1);
  const mustGo = new Uint8Array(candidates.length);
  const unplaced: number[] = [];
  for (const [index, { members, targets, isMust }] of classes.entries()) {
    let next = 0;
    for (const [at, count] of (counts[index] ?? []).entries())
      for (let taken = 0; taken < count; taken += 1, next += 1)
        target[members[next] ?? 0] = targets[at] ?? -1;
    if (!isMust) continue;
    for (const member of members) mustGo[member] = 1;
    for (const left of members.slice(next)) unplaced.push(left);
  }
  const [must, may]: readonly [UnorderedMove[], UnorderedMove[]] = [[], []];
  for (const index of order) {
    const to = target[index] ?? -1;
    const candidate = to < 0 ? undefined : candidates[index];
    if (!candidate) continue;
    const { deviceId, kind, weight } = candidate;
    const isCertain = kind.doubt === undefined;
    const move = { deviceId, from: kind.hub, to, weight, stage: 0, isCertain } as const;
    (mustGo[index] ? must : may).push(move);
  }
  return { moves: must.length === 0 ? may : [...must, ...may], unplaced };
};

/** The first so many: whatever their order is for, a part of it from the start keeps it. */
export const cutTo = (
  moves: readonly PlannedMove[],
  movesMax: number | undefined,
): { readonly moves: readonly PlannedMove[]; readonly postponed: number } => {
  if (movesMax === undefined || moves.length <= movesMax) return { moves, postponed: 0 };
  return { moves: moves.slice(0, movesMax), postponed: moves.length - movesMax };
};
