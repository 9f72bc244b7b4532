import { addArc, flowOn, newNetwork, reachableFrom, sendAtLeastCost } from './network.ts';

/** Devices that may all be on the same hubs, as a load. */
export type Pool = { readonly eligible: readonly number[]; readonly load: number };

/** A hub's part of the whole: its weight, and the most that it may hold. */
export type Part = { readonly hub: number; readonly share: number; readonly most: number };

/**
 * How much each hub would hold if the fleet were spread as evenly as rules and capacities allow: by weight, the fullest as low as it can be,
 * then the next. Where all may be anywhere that is w/ΣW; where not, hubs that have more than others, because nobody else may take it, are found by
 * a least cut and stand alone, and the rest is spread over the rest: the decomposition of Fujishige, at most one cut for each hub.
 */
export const fairLevels = (
  parts: readonly Part[],
  pools: readonly Pool[],
): ReadonlyMap<number, number> => {
  const [first] = parts;
  if (!first) return new Map();
  const load = pools.reduce((sum, pool) => sum + pool.load, 0);
  const levels = evenly(parts, load);
  const crowded = crowdedHubs(parts, pools, levels, load);
  if (crowded.size === 0 || crowded.size === parts.length) return levels;
  const isCrowded = ({ eligible }: Pool) => eligible.every((hub) => crowded.has(hub));
  return new Map([
    ...fairLevels(
      parts.filter(({ hub }) => crowded.has(hub)),
      pools.filter(isCrowded),
    ),
    ...fairLevels(
      parts.filter(({ hub }) => !crowded.has(hub)),
      pools
        .filter((pool) => !isCrowded(pool))
        .map(({ eligible, load: amount }) => ({
          eligible: eligible.filter((hub) => !crowded.has(hub)),
          load: amount,
        })),
    ),
  ]);
};

/** By weight, none past what it may hold; where all are full, what they may hold. */
const evenly = (parts: readonly Part[], load: number): ReadonlyMap<number, number> => {
  const levels = new Map<number, number>();
  const byFill = [...parts].sort((one, other) => one.most / one.share - other.most / other.share);
  // Summed up, not taken away one after the other: of small shares nothing would be left.
  const sharesFrom = byFill.map(() => 0);
  for (let at = byFill.length - 1; at >= 0; at -= 1)
    sharesFrom[at] = (sharesFrom[at + 1] ?? 0) + (byFill[at]?.share ?? 0);
  let left = load;
  for (const [at, { hub, share, most }] of byFill.entries()) {
    const level = Math.min(most, (left * share) / (sharesFrom[at] || 1));
    levels.set(hub, level);
    left -= level;
  }
  return levels;
};

/** Hubs whose own devices, which nobody else may take, are more than their even part; none where the even parts can be had. */
const crowdedHubs = (
  parts: readonly Part[],
  pools: readonly Pool[],
  levels: ReadonlyMap<number, number>,
  load: number,
): ReadonlySet<number> => {
  const nodeOf = new Map(parts.map(({ hub }, index) => [hub, pools.length + 1 + index]));
  const [source, sink] = [0, pools.length + parts.length + 1];
  const network = newNetwork(sink + 1);
  const supplies = pools.map((pool, index) => {
    for (const hub of pool.eligible) {
      const node = nodeOf.get(hub);
      if (node !== undefined) addArc(network, index + 1, node, Number.POSITIVE_INFINITY);
    }
    return addArc(network, source, index + 1, pool.load);
  });
  for (const { hub } of parts) addArc(network, nodeOf.get(hub) ?? 0, sink, levels.get(hub) ?? 0);
  sendAtLeastCost(network, source, sink);
  const sent = supplies.reduce((sum, arc) => sum + flowOn(network, arc), 0);
  if (load - sent <= Math.max(1, load) * 1e-9 + 1e-6) return new Set();
  const reached = reachableFrom(network, source);
  return new Set(parts.flatMap(({ hub }) => (reached[nodeOf.get(hub) ?? 0] ? [hub] : [])));
};
