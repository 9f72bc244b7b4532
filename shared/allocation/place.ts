import type { Newcomer } from './candidates.ts';
import { peersFor } from './peers.ts';
import type { Placement } from './placement.ts';
import { firstInRank, nameHash } from './rank.ts';
import { leastOverfull } from './room.ts';
import type { Candidate, Roster } from './roster.ts';
import { choose } from './strategy.ts';

/** [A3] [A4] The best standing first; within it as the strategy says. */
export const placeAmong = (
  asked: Newcomer,
  placement: Placement,
  home: Candidate | undefined,
  roster: Roster,
): Candidate => {
  const peers = peersFor(asked, placement, roster);
  const { candidates } = peers;
  const device = nameHash(asked.registrationId);
  const { facts } = asked;
  switch (candidates[0]?.standing) {
    case 'full':
      return firstInRank(device, leastOverfull(candidates));
    case 'closed':
    case 'barred':
      // Nothing is better than where it is, and a move between dead hubs could only lose it.
      return home ?? firstInRank(device, candidates);
    default:
      return choose(peers, { device, facts, placement, slackPercent: roster.slackPercent });
  }
};
