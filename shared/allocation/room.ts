import { deviceCountMax, type HubHostName } from '../domain/hub.ts';
import type { Candidate, Roster } from './roster.ts';

/**
 * [A4] The candidates that one more device would not lift past ⌈(1+ε) · w/ΣW · (n+1)⌉, n and W being those of the counted
 * candidates; at its capacity none of them is. By the pigeonhole principle at least one has room. A hub that was never counted is
 * neither bound nor in the sums: what we do not know must not look like room for the whole fleet.
 */
export const withinBound = (
  eligible: readonly Candidate[],
  slackPercent: number,
): readonly Candidate[] => {
  const bound = boundOf(eligible, slackPercent);
  return eligible.filter(({ listed }) => listed.load === undefined || listed.load < bound(listed));
};

/** [A4] The same of every hub that may take any newcomer now, where no rule says otherwise: one is not given more while another has room. */
export const boundsOf = ({ order, slackPercent }: Roster): ReadonlyMap<HubHostName, number> => {
  const eligible = order
    .filter(({ standing, load }) => standing === 'eligible' && load !== undefined)
    .map((listed) => ({ spelled: listed.hub.hostName, listed, standing: listed.standing }));
  const bound = boundOf(eligible, slackPercent);
  return new Map(
    eligible.map(({ listed }) => [
      listed.hub.hostName,
      Math.min(deviceCountMax(listed.hub), bound(listed)),
    ]),
  );
};

/** How many devices a counted candidate may have. */
export const boundOf = (
  eligible: readonly Candidate[],
  slackPercent: number,
): ((listed: Candidate['listed']) => number) => {
  let shareSum = 0;
  let loadSum = 0;
  for (const { listed } of eligible) {
    if (listed.load === undefined) continue;
    shareSum += listed.share;
    loadSum += listed.load;
  }
  return ({ share }) =>
    Math.ceil(((100 + slackPercent) * share * (loadSum + 1)) / (100 * shareSum));
};

/** Of hubs that are all full, those that are least past their capacity. */
export const leastOverfull = (full: readonly Candidate[]): readonly Candidate[] => {
  const least = Math.min(...full.map(fullness));
  return full.filter((candidate) => fullness(candidate) === least);
};

const fullness = ({ listed: { load = 0, hub } }: Candidate): number => load / deviceCountMax(hub);
