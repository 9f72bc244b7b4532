import { createHash } from 'node:crypto';
import ConsistentHash from 'consistent-hash';
import type { Hub } from '../shared/domain/hub.ts';

/** The package's own numbers: how many points a node has, and how many places the ring. */
const pointCount = 40;
const range = 100_003;

/** A ring on which a hub stands where its name says: by itself the package stands it at random, so that no two instances would agree. */
export const consistentHash = (listed: readonly Hub[]): ConsistentHash => {
  const ring = new ConsistentHash();
  for (const { hostName, weight } of listed) {
    const count = Math.round(pointCount * weight);
    const points = Array.from({ length: count }, (_, index) => pointOf(hostName, index));
    ring.add(hostName, count, points);
  }
  return ring;
};

const pointOf = (name: string, index: number): number =>
  createHash('sha256').update(`${name} ${index}`).digest().readUInt32BE() % range;
