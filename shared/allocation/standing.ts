import type { Hub } from '../domain/hub.ts';
import type { HubVerdicts } from './hub-deciders.ts';

/**
 * How good a home a linked hub is for a device that has none, best first:
 *
 *     eligible      every decider says yes
 *     throttled     its intake, its daily quota or its health say: not now
 *     unconfirmed   this device was answered it before and never turned up there
 *     full          open, at its capacity
 *     unlisted      linked to the DPS, but not in our hub table
 *     cordoned      takes no new devices
 *     draining      is being emptied
 *     closed        presumed dead
 *     barred        a rule that applies to this device does not allow it
 *     reserved      it is kept for quarantined devices
 */
export const standings = [
  'eligible',
  'throttled',
  'unconfirmed',
  'full',
  'unlisted',
  'cordoned',
  'draining',
  'closed',
  'barred',
  'reserved',
] as const;
export type Standing = (typeof standings)[number];

/** [A3] A hub is eligible only while every decider says yes: an answer looks further down only where none is. */
export const standingOf = ({ state }: Hub, { linked, room, health }: HubVerdicts): Standing => {
  if (linked.says !== 'yes') return 'unlisted';
  if (state !== 'open') return state;
  if (room.says === 'no') return 'full';
  return room.says === 'throttle' || health.says === 'throttle' ? 'throttled' : 'eligible';
};
