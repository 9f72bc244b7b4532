import { deviceCountMax, type Hub } from '../domain/hub.ts';
import type { HubView } from './api/hubs.ts';
import { timeOrNull, toIso } from './device-contract.ts';
import { etagOf } from './etag.ts';

/** A hub as operators see it. @param bound past which it is given no newcomer while another has room; undefined: it has none. */
export const toHubView = (hub: Hub, bound: number | undefined): HubView => ({
  hub: hub.hostName,
  state: hub.state,
  weight: hub.weight,
  capacity: hub.capacity,
  deviceCount: hub.deviceCount ?? null,
  countedAt: timeOrNull(hub.countedAt),
  tier: hub.tier ?? null,
  units: hub.units,
  region: hub.region ?? null,
  tags: { ...hub.tags },
  daily: hub.daily
    ? {
        messageCountMax: hub.daily.messageCountMax,
        perDevice: hub.daily.perDevice ?? null,
        messageCount: hub.daily.messageCount ?? null,
        measuredAt: timeOrNull(hub.daily.measuredAt),
      }
    : null,
  intakePerMinuteMax: hub.intakePerMinuteMax ?? null,
  trouble: hub.trouble ? { kind: hub.trouble.kind, since: toIso(hub.trouble.since) } : null,
  silentSince: timeOrNull(hub.silentSince),
  joinedAt: timeOrNull(hub.joinedAt),
  most: deviceCountMax(hub),
  bound: bound ?? null,
});

/** Of what people set, and of its trouble, which they may say is over; not of what is counted all the time. */
export const hubEtag = (hub: Hub): string => {
  const { state, weight, capacity, units, tier, region, intakePerMinuteMax, trouble } = hub;
  return etagOf([state, weight, capacity, units, tier, region, intakePerMinuteMax, trouble]);
};
