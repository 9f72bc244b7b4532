import type { Evidence } from '../campaign/evidence.ts';
import { evidenceOf } from '../campaign/look.ts';
import type { Move } from '../domain/move.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeviceTwins } from '../ports/device-twins.ts';

/** Both ends of a move, looked at now. */
export const lookAtMove = async (
  twins: DeviceTwins,
  clock: Clock,
  deviceId: string,
  { from, to }: Pick<Move, 'from' | 'to'>,
): Promise<readonly Evidence[]> => {
  const hubs = [from, to];
  // The time before the look: what is seen may be older than its answer, never than its question.
  const askedAt = clock.now();
  const sights = await Promise.all(hubs.map((hub) => twins.look({ hub, deviceId })));
  return sights.flatMap((sight, index) => evidenceOf(hubs[index] ?? from, sight, askedAt));
};
