import type { HubHostName } from '../domain/hub.ts';
import type { Goal } from '../planning/goal.ts';
import type { Plan } from '../planning/plan.ts';
import { isForRoom } from '../planning/refusals.ts';
import type { FleetLook } from './look-at-fleet.ts';

type More = { readonly hub: HubHostName; readonly countMin: number };

/** Hubs of which more must be read before a plan is the best that there is; none when it is. */
export const hubsToRead = (
  { hubs, refusals, postponed, limits }: Pick<Plan, 'hubs' | 'refusals' | 'postponed' | 'limits'>,
  goal: Goal,
  look: Pick<FleetLook, 'isRead' | 'countOn'>,
): readonly More[] => {
  if (postponed > 0) return []; // it has as many moves as it may
  const unread = hubs.filter(({ hub, state }) => !look.isRead(hub) && state !== 'closed');
  const past = unread.filter(({ after, cap }) => after > cap);
  const target = hubs.find(({ hub }) => goal.kind === 'fill' && goal.hub === hub);
  // Half of them may not be movable: what is read at least doubles, so that it ends soon.
  const more = (hub: HubHostName, wanted: number): More => ({
    hub,
    countMin: Math.max(
      Math.ceil(Math.min(wanted, limits.movesMax ?? wanted) * 1.25),
      look.countOn(hub),
    ),
  });
  if (target) {
    const short = target.cap - target.after;
    return short > 0
      ? past.map(({ hub, after, cap }) => more(hub, Math.min(short, after - cap)))
      : [];
  }
  if (past.length > 0) return past.map(({ hub, after, cap }) => more(hub, after - cap));
  // Where there is no room, others may have to make it; where devices may not go everywhere, all of them say what is fair.
  const isTight =
    refusals.some(isForRoom) ||
    hubs.some(({ after, cap, state }) => state === 'open' && after > cap);
  if (!isTight || goal.kind === 'quarantine') return [];
  return unread
    .filter(({ state }) => state === 'open')
    .map(({ hub, before }) => more(hub, before + 1));
};
