import { type Hub, type HubHostName, hubCapacityMax } from '../domain/hub.ts';
import type { HubTable } from '../domain/hub-table.ts';

/**
 * How good a home a linked hub is for a device that has none, best first:
 *
 *     eligible      open, with capacity left
 *     unconfirmed   eligible, but this device was answered it before and never turned up there
 *     full          open, at its capacity
 *     unlisted      linked to the DPS, but not in our hub table
 *     cordoned      takes no new devices
 *     draining      is being emptied
 *     closed        presumed dead
 */
export const standings = [
  'eligible',
  'unconfirmed',
  'full',
  'unlisted',
  'cordoned',
  'draining',
  'closed',
] as const;
export type Standing = (typeof standings)[number];

/** A linked hub as a candidate: what we know of it, and the exact spelling to answer. */
export type Candidate = {
  readonly spelled: string;
  readonly hub: Hub;
  readonly standing: Standing;
};

/** [A3] A hub is eligible only while every decider says yes: an answer looks further down only where none is. */
export const candidate = (
  spelled: string,
  hostName: HubHostName,
  table: HubTable,
  triedInVain: ReadonlySet<HubHostName>,
): Candidate => {
  const hub = table.hubs.get(hostName);
  if (!hub) return { spelled, hub: unlistedHub(hostName), standing: 'unlisted' };
  const standing = standingOf(hub);
  const inVain = standing === 'eligible' && triedInVain.has(hostName);
  return { spelled, hub, standing: inVain ? 'unconfirmed' : standing };
};

const standingOf = (hub: Hub): Standing => {
  if (hub.state !== 'open') return hub.state;
  return hub.deviceCount !== undefined && hub.deviceCount >= hub.capacity ? 'full' : 'eligible';
};

/** DPS's own defaults stand in for what nobody has told us. */
const unlistedHub = (hostName: HubHostName): Hub => ({
  hostName,
  state: 'open',
  weight: 1,
  capacity: hubCapacityMax,
  deviceCount: undefined,
});
