import type { Strategy } from '../domain/policy.ts';
import { peersAmong } from './peers.ts';
import type { DeviceFacts, Placement } from './placement.ts';
import { firstInRank, type NameHash } from './rank.ts';
import type { Candidate, Peers } from './roster.ts';

/** What a strategy chooses by. */
export type Choice = {
  readonly device: NameHash;
  readonly facts: DeviceFacts;
  readonly placement: Placement;
  readonly slackPercent: number;
};

/** Of candidates that are equally good homes, the one that the strategy says: never none. */
export const choose = (peers: Peers, choice: Choice): Candidate =>
  choosers[choice.placement.strategy](peers, choice);

type Choose = (peers: Peers, choice: Choice) => Candidate;

const weighted: Choose = ({ withinBound }, { device }) => firstInRank(device, withinBound());

/** The nearest, however full: only among hubs that are equally near does load count. */
const lowestLatency: Choose = ({ candidates }, choice) =>
  weighted(peersAmong(nearest(candidates, choice.facts), choice.slackPercent), choice);

const nearest = (
  candidates: readonly Candidate[],
  { latencies, region }: DeviceFacts,
): readonly Candidate[] => {
  const away = ({ listed: { hub } }: Candidate): number =>
    latencies.get(hub.hostName) ??
    (hub.region === undefined ? undefined : latencies.get(hub.region)) ??
    Number.POSITIVE_INFINITY;
  const least = Math.min(...candidates.map(away));
  if (Number.isFinite(least)) return candidates.filter((candidate) => away(candidate) === least);
  const here = candidates.filter(
    ({ listed }) => region !== undefined && listed.hub.region === region,
  );
  return here.length > 0 ? here : candidates;
};

/** In the order of the first rule that lists hubs: the others are there for when it cannot be given. */
const inOrder: Choose = (peers, choice) => {
  const listing = choice.placement.rules.find(({ restriction }) => restriction.hubs);
  const hubs = listing?.restriction.hubs ?? [];
  for (const wanted of hubs) {
    const found = peers.candidates.find(({ listed }) => listed.hub.hostName === wanted);
    if (found) return found;
  }
  return weighted(peers, choice);
};

/** What was never counted must not look empty: it comes last. */
const leastLoaded: Choose = ({ candidates }, { device }) => {
  const loadOf = ({ listed: { load, share } }: Candidate): number =>
    load === undefined ? Number.POSITIVE_INFINITY : load / share;
  const least = Math.min(...candidates.map(loadOf));
  return firstInRank(
    device,
    candidates.filter((candidate) => loadOf(candidate) === least),
  );
};

const choosers: Readonly<Record<Strategy, Choose>> = {
  weighted,
  lowestLatency,
  static: inOrder,
  leastLoaded,
};
