import type { HubHostName } from '../domain/hub.ts';
import { type Allocation, type AllocationQuestion, allocate } from './allocate.ts';
import { best, candidatesFor } from './candidates.ts';
import { placementOf } from './placement.ts';
import { boundOf } from './room.ts';
import type { Candidate, Roster } from './roster.ts';
import { judgeRules } from './rule-deciders.ts';
import type { Standing } from './standing.ts';
import { no, throttle, type Verdict } from './verdict.ts';

/** What one linked hub says to a device that is to be placed. */
export type HubExplained = {
  readonly hub: HubHostName;
  readonly spelled: string;
  readonly standing: Standing;
  /** One of each decider, in their order. */
  readonly verdicts: readonly Verdict[];
};

export type Explanation = { readonly answer: Allocation; readonly hubs: readonly HubExplained[] };

/**
 * [A10] The webhook's own answer, and for every linked hub what each decider says to a newcomer like this device. To a resident they
 * speak only once its hub is closed.
 */
export const explain = (asked: AllocationQuestion, roster: Roster): Explanation => ({
  answer: allocate(asked, roster),
  hubs: judgeAll(asked, roster),
});

/** The deciders alone, without an answer. */
export const judgeAll = (asked: AllocationQuestion, roster: Roster): readonly HubExplained[] => {
  const placement = placementOf(roster.policy, asked.facts);
  const candidates = candidatesFor(asked, placement, roster);
  const peers = best(candidates);
  const bound = boundOf(peers, roster.slackPercent);
  return candidates.map((candidate) => {
    const { spelled, listed, standing } = candidate;
    const { linked, open, room, health } = listed.verdicts;
    const isBound = placement.strategy === 'weighted' && peers.includes(candidate);
    const most = isBound && listed.load !== undefined ? bound(listed) : undefined;
    const [rule, residency, tier] = judgeRules(listed.hub, placement.rules) as Three;
    const ofRoom =
      most !== undefined && room.says === 'yes' && (listed.load ?? 0) >= most
        ? throttle('room', `one more device would lift it past its share of ${most}`)
        : room;
    const verdicts = [
      linked,
      open,
      ofRoom,
      standing === 'reserved' ? no('rule', 'it is kept for quarantined devices') : rule,
      residency,
      tier,
      ofDevice(candidate, asked) ?? health,
    ];
    return { hub: listed.hub.hostName, spelled, standing, verdicts };
  });
};

type Three = readonly [Verdict, Verdict, Verdict];

/** A hub that this very device was answered in vain. */
const ofDevice = (
  { listed }: Candidate,
  { triedInVain }: AllocationQuestion,
): Verdict | undefined =>
  triedInVain.has(listed.hub.hostName)
    ? throttle('health', 'this device was answered it twice and never turned up there')
    : undefined;
