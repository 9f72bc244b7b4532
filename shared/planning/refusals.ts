import type { Demand } from './demand.ts';
import type { Goal } from './goal.ts';
import type { PlanRefusal } from './planned.ts';
import type { Chosen, Groups } from './select.ts';
import type { Candidate, Snapshot } from './snapshot.ts';
import type { UnorderedMove } from './stages.ts';

type Left = Pick<Chosen, 'unplaced'> & {
  readonly stuck: readonly UnorderedMove[];
  readonly group: Groups;
};

const noRoomAtAll = 'there is no room';
const noRoomLeft = 'there is room for others only';

/** Whether it is for want of room: then others may have to make it. */
export const isForRoom = ({ because }: PlanRefusal): boolean =>
  because.startsWith(noRoomAtAll) || because.startsWith(noRoomLeft);

/** [P4] Those that the goal wanted moved, by name, in the order of their names. */
export const leftAlone = (
  goal: Goal,
  snapshot: Snapshot,
  { must, roofs, loads, targets }: Demand,
  { unplaced, stuck, group }: Left,
): readonly PlanRefusal[] => {
  const { candidates, held, hubs } = snapshot;
  const nameOf = (index: number): string => hubs[index]?.hub.hostName ?? '';
  const isMust = ({ deviceId, kind: { hub, misplaced } }: Candidate): boolean =>
    must(deviceId, hub, misplaced);
  const noRoom = (candidate: Candidate): string => {
    const eligible = targets(candidate);
    const named = eligible.slice(0, 3).map(nameOf).join(', ');
    const more = eligible.length > 3 ? ` and ${eligible.length - 3} more` : '';
    const full = eligible.every((hub) => (loads[hub] ?? 0) >= (roofs[hub] ?? 0));
    return `${full ? noRoomAtAll : noRoomLeft} on ${named}${more}`;
  };
  const whyNoPlace = (candidate: Candidate): string =>
    goal.kind === 'quarantine' && targets(candidate).length === 0
      ? 'the policy names no hub for quarantine that may take it'
      : noRoom(candidate);
  const refusals: PlanRefusal[] = [];
  for (const { deviceId, hub, because, misplaced } of held)
    if (must(deviceId, hub, misplaced)) refusals.push({ deviceId, hub, because });
  for (const [index, candidate] of candidates.entries())
    if (!group.takes(index) && isMust(candidate))
      refusals.push({
        deviceId: candidate.deviceId,
        hub: candidate.kind.hub,
        because: group.because(candidate),
      });
  for (const index of unplaced) {
    const candidate = candidates[index];
    if (candidate)
      refusals.push({
        deviceId: candidate.deviceId,
        hub: candidate.kind.hub,
        because: whyNoPlace(candidate),
      });
  }
  for (const { deviceId, from, to } of stuck)
    refusals.push({
      deviceId,
      hub: from,
      because: `${nameOf(to)} has room only once one of it has left, which waits in turn`,
    });
  for (const deviceId of strangers(goal, snapshot))
    refusals.push({ deviceId, hub: -1, because: 'it is not known to be on a hub' });
  return refusals.sort((one, other) => (one.deviceId < other.deviceId ? -1 : 1));
};

/** Devices that were named, and that nobody knows. */
const strangers = (goal: Goal, { candidates, held }: Snapshot): readonly string[] => {
  if (goal.kind !== 'quarantine' && goal.kind !== 'return') return [];
  const known = new Set([...candidates, ...held].map(({ deviceId }) => deviceId.toLowerCase()));
  const unknown = new Map(goal.devices.map((name) => [name.toLowerCase(), name]));
  return [...unknown].flatMap(([folded, name]) => (known.has(folded) ? [] : [name]));
};
