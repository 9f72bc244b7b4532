import { deviceCountMax } from '../domain/hub.ts';
import type { PlannedMove } from './planned.ts';
import type { HubLook } from './snapshot.ts';

/** A move before its turn is known. */
export type UnorderedMove = PlannedMove & { readonly stage: 0 };

/** A plan that needs more turns than these to make room is for a person to take apart. */
const stagesMax = 64;

/**
 * The order in which moves may run: out-moves before in-moves. A move of stage k has room at its target once those of the stages before it have
 * settled. Those that never have are answered apart: each waits for another.
 */
export const inStages = (
  moves: readonly UnorderedMove[],
  hubs: readonly HubLook[],
): { readonly moves: readonly PlannedMove[]; readonly stuck: readonly UnorderedMove[] } => {
  // Less than none where a hub holds more than it may.
  const free = hubs.map(
    ({ hub, deviceCount, arriving }) => deviceCountMax(hub) - deviceCount - arriving,
  );
  const ordered: PlannedMove[] = [];
  let waiting = moves;
  for (let stage = 0; waiting.length > 0 && stage < stagesMax; stage += 1) {
    const freed = new Float64Array(hubs.length);
    const later: UnorderedMove[] = [];
    for (const move of waiting) {
      if ((free[move.to] ?? 0) < 1) later.push(move);
      else {
        free[move.to] = (free[move.to] ?? 0) - 1;
        freed[move.from] = (freed[move.from] ?? 0) + 1;
        ordered.push(stage === 0 ? move : { ...move, stage });
      }
    }
    const isStuck = later.length === waiting.length;
    waiting = later;
    if (isStuck) break;
    for (let hub = 0; hub < free.length; hub += 1) free[hub] = (free[hub] ?? 0) + (freed[hub] ?? 0);
  }
  return { moves: ordered, stuck: waiting };
};
