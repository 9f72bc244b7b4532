import { best, candidatesFor, type Newcomer } from './candidates.ts';
import type { Placement } from './placement.ts';
import { withinBound } from './room.ts';
import type { Candidate, Peers, Roster } from './roster.ts';

export const peersAmong = (candidates: readonly Candidate[], slackPercent: number): Peers => {
  let within: readonly Candidate[] | undefined;
  return {
    candidates,
    withinBound: () => {
      within ??= withinBound(candidates, slackPercent);
      return within;
    },
  };
};

/** Enrollments may name hubs of their own: of so many lists in turn. */
const keptMax = 8;

/**
 * For a device that no rule applies to, and that turned up wherever it was answered, they depend on its linked hubs alone, which it shares with
 * nearly all others: they are kept, the latest first, as long as their snapshot.
 */
export const peersFor = (asked: Newcomer, placement: Placement, roster: Roster): Peers => {
  const make = (): Peers =>
    peersAmong(best(candidatesFor(asked, placement, roster)), roster.slackPercent);
  if (placement.rules.length > 0 || asked.triedInVain.size > 0) return make();
  const { lately } = roster;
  const at = lately.found.findIndex(({ linkedHubs }) => isSame(linkedHubs, asked.linkedHubs));
  const found = lately.found[at];
  if (found && at === 0) return found.peers;
  const first = found ?? { linkedHubs: asked.linkedHubs, peers: make() };
  lately.found = [first, ...lately.found.filter((one) => one !== found)].slice(0, keptMax);
  return first.peers;
};

const isSame = (one: readonly string[], other: readonly string[]): boolean => {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 1) if (one[index] !== other[index]) return false;
  return true;
};
