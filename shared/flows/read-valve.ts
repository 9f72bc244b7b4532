import { isCampaign, whyShut } from '../campaign/valve.ts';
import type { DeviceRecord } from '../domain/device.ts';
import type { Instant } from '../domain/instant.ts';
import type { ValvesNow } from '../ports/campaigns.ts';

/**
 * Why a device's move is not let through now; undefined: it is, or there is none. The valves are looked at only where a campaign owns the
 * move: nearly no call waits for them. A fault throws.
 */
export const readValve = async (
  valves: ValvesNow,
  record: Pick<DeviceRecord, 'move' | 'labels'> | undefined,
  now: Instant,
): Promise<string | undefined> => {
  const { move, labels = {} } = record ?? {};
  if (!move || !isCampaign(move.campaignId)) return undefined;
  return whyShut(move, labels, await valves.known(), now);
};
