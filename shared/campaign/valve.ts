import type { DeviceRecord } from '../domain/device.ts';
import type { Instant } from '../domain/instant.ts';
import type { Move } from '../domain/move.ts';
import { type Calendar, isAlways, openingIn, zoneOf } from './calendar.ts';
import type { Campaign } from './campaign.ts';

/**
 * Whether the moves of a campaign are let through, as the webhook and the sweep see it:
 *
 *     open        those that were released
 *     finishing   those that are on their way, and none that waits
 *     shut        none
 */
export type Valve = {
  readonly position: 'open' | 'finishing' | 'shut';
  readonly calendar: Calendar;
};

/** By campaign; those that have ended are not here. And whether the breaker has stopped everything. */
export type Valves = {
  readonly byCampaign: ReadonlyMap<string, Valve>;
  readonly isBroken: boolean;
};

export const noValves: Valves = { byCampaign: new Map(), isBroken: false };

export const valveOf = ({ state, order }: Campaign): Valve => ({
  position: positionOf(state.kind),
  calendar: order.limits.calendar,
});

const positionOf = (kind: Campaign['state']['kind']): Valve['position'] => {
  switch (kind) {
    case 'running':
    case 'preparing':
      return 'open';
    case 'paused':
    case 'held':
    case 'stopping':
      return 'finishing';
    case 'aborting':
    case 'ended':
      return 'shut';
  }
};

const campaignId = /^c-[0-9a-f]{20}$/;
export const isCampaign = (id: string): boolean => campaignId.test(id);

/**
 * [C3] [C7] [C8] Why a device's move is not let through now; undefined: it is. A move that no campaign owns is let through: a person ordered it.
 */
export const whyShut = (
  move: Pick<Move, 'campaignId' | 'ask' | 'inTwin'>,
  labels: DeviceRecord['labels'],
  { byCampaign, isBroken }: Valves,
  now: Instant,
): string | undefined => {
  if (!isCampaign(move.campaignId)) return undefined;
  if (isBroken) return 'the breaker has stopped everything';
  const valve = byCampaign.get(move.campaignId);
  if (!valve || valve.position === 'shut') return 'its campaign is over, or being aborted';
  if (valve.position === 'finishing' && !isOnItsWay(move)) return 'its campaign is paused';
  return isOutside(valve.calendar, labels, now)
    ? 'its site is outside its window, or in a freeze'
    : undefined;
};

/** One that waited may have come, and accepted, since: it is not let through. */
const isOnItsWay = ({ ask, inTwin }: Pick<Move, 'ask' | 'inTwin'>): boolean =>
  !inTwin && (ask.kind === 'sent' || ask.kind === 'accepted');

export const isOutside = (
  calendar: Calendar,
  labels: DeviceRecord['labels'],
  now: Instant,
): boolean => {
  if (isAlways(calendar)) return false;
  try {
    return !openingIn(calendar, zoneOf(calendar, labels)).isOpen(now);
  } catch {
    return true; // nobody knows what its clock says
  }
};
