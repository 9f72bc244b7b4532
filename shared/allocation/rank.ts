import type { RegistrationId } from '../domain/device.ts';
import type { HubHostName } from '../domain/hub.ts';

/** A name as two independent hashes of 32 bits: worked out once for a hub, and once for a device. */
export type NameHash = { readonly high: number; readonly low: number };

export const nameHash = (name: RegistrationId | HubHostName): NameHash => ({
  high: hash32(name, 0x9e3779b9),
  low: hash32(name, 0x85ebca77),
});

type Ranked = { readonly listed: { readonly hash: NameHash; readonly share: number } };

/**
 * [A5] Weighted rendezvous hashing: every hub draws a number for the device, exponential with its weight as rate, and the
 * lowest wins. A hub of weight w is first with probability w/ΣW; one that joins or leaves changes nobody else's number, so
 * it takes or gives up only its own. At the 50 hubs that a DPS can link, a walk over all of them costs a microsecond or two.
 *
 * [A6] The numbers depend on names alone, never on a position.
 *
 * @throws RangeError when there is no candidate: a request without linked hubs has been refused before.
 */
export const firstInRank = <Candidate extends Ranked>(
  device: NameHash,
  candidates: readonly Candidate[],
): Candidate => {
  let first: Candidate | undefined;
  let lowest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const { hash, share } = candidate.listed;
    const u = uniform(device, hash);
    if (leastOf(u) >= lowest * share) continue; // most lose by this already, and a logarithm is slow
    const drawn = -Math.log(u) / share;
    if (!first || drawn < lowest) {
      first = candidate;
      lowest = drawn;
    }
  }
  if (!first) throw new RangeError('No candidate to rank.');
  return first;
};

/** −ln u is at least 1 − u; by so little less that rounding decides nothing. */
const leastOf = (u: number): number => (1 - u) * roundingRoom;
const roundingRoom = 1 - 2 ** -40;

/** An exponential variate of rate 1 from the two names. */
export const draw = (device: NameHash, hub: NameHash): number => -Math.log(uniform(device, hub));

/** In (0, 1), with 53 bits. */
const uniform = (device: NameHash, hub: NameHash): number => {
  const high = avalanche(device.high ^ hub.high);
  const low = avalanche((device.low ^ hub.low) + high);
  const bits = (avalanche(high + hub.low) >>> 5) * 2 ** 26 + (low >>> 6);
  return (bits + 0.5) / 2 ** 53;
};

/**
 * MurmurHash3 (x86, 32 bits) over UTF-16 code units, one a block. Not for secrets: it spreads names evenly and fast.
 * @see https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */
const hash32 = (text: string, seed: number): number => {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) {
    let block = Math.imul(text.charCodeAt(index), 0xcc9e2d51);
    block = Math.imul((block << 15) | (block >>> 17), 0x1b873593);
    hash ^= block;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  return avalanche(hash ^ text.length);
};

const avalanche = (hash: number): number => {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
};
