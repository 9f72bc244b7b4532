import type { Hub } from '../domain/hub.ts';
import type { Candidate } from './standing.ts';

/**
 * [A4] The candidates that one more device would not lift past ⌈(1+ε) · w/ΣW · (n+1)⌉, n and W being those of the counted
 * candidates; at its capacity none of them is. By the pigeonhole principle at least one has room. A hub that was never counted is
 * neither bound nor in the sums: what we do not know must not look like room for the whole fleet.
 */
export const withinBound = (
  eligible: readonly Candidate[],
  slackPercent: number,
): readonly Candidate[] => {
  let weightSum = 0;
  let countSum = 0;
  for (const { hub } of eligible) {
    if (hub.deviceCount === undefined) continue;
    weightSum += hub.weight;
    countSum += hub.deviceCount;
  }
  const bound = ({ weight }: Hub): number =>
    Math.ceil(((100 + slackPercent) * weight * (countSum + 1)) / (100 * weightSum));
  return eligible.filter(
    ({ hub }) => hub.deviceCount === undefined || hub.deviceCount < bound(hub),
  );
};

/** Of hubs that are all full, those that are least past their capacity. */
export const leastOverfull = (full: readonly Candidate[]): readonly Candidate[] => {
  const least = Math.min(...full.map(fullness));
  return full.filter((candidate) => fullness(candidate) === least);
};

const fullness = ({ hub }: Candidate): number => (hub.deviceCount ?? 0) / hub.capacity;
