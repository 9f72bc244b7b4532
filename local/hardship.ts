import { throttlesOf } from '../shared/domain/quota.ts';
import type { Azure } from './azure.ts';
import type { RefusedCounts } from './azure-process.ts';
import { type Cloud, fleetDevice } from './cloud.ts';
import { coreRadio } from './devices/core-radio.ts';
import { startFleet } from './devices/fleet.ts';
import { startVirtualDevice } from './devices/virtual-device.ts';
import { dpsQuotas, newMeter } from './dps/quota.ts';
import { newHubMeter } from './iot-hub/throttle.ts';

/** What makes life hard for the fleet, when a scenario asks for it. */

/** The hubs of a scenario are S1, with a unit for each time: what does not grow with units grows all the same. */
export const enforceQuotas = ({ dps, hubs }: Azure, times: number): void => {
  const { countMax, periodMs } = dpsQuotas.registrations;
  Object.assign(dps.registrationMeter, newMeter());
  Object.assign(dps.quotas, { registrations: { countMax: countMax * times, periodMs } });
  const one = throttlesOf({ tier: 'S1', units: 1 });
  const throttles = Object.fromEntries(
    Object.entries(one).map(([kind, count]) => [kind, count * times]),
  ) as typeof one;
  for (const hub of hubs.values()) hub.meter = newHubMeter(throttles);
};

export const refusedBy = ({ dps, hubs }: Azure): RefusedCounts => ({
  registrations: dps.registrationMeter.refused,
  hubs: [...hubs.values()].reduce((sum, { meter }) => sum + (meter?.refused ?? 0), 0),
});

const organicCount = 200;
const atOnceMax = 8;

/** Devices of their own, one after the other, as evenly as a large fleet does. */
export const registerOrganically = async (
  cloud: Cloud,
  groupKey: string,
  perMinute: number,
): Promise<void> => {
  const { dps } = cloud.azure;
  const identityOf = (index: number) => fleetDevice(cloud, groupKey, `organic-${index}`);
  const start = (index: number) => {
    const { registrationId, key } = identityOf(index);
    return startVirtualDevice(dps, registrationId, key);
  };
  await startFleet(
    organicCount,
    atOnceMax,
    start,
    () => undefined,
    () => undefined,
  );
  let [next, owed, at] = [0, 0, Date.now()];
  setInterval(() => {
    const now = Date.now();
    owed += ((now - at) * perMinute) / 60_000;
    at = now;
    for (; owed >= 1; owed -= 1) {
      const { registrationId, key } = identityOf(next);
      next = (next + 1) % organicCount;
      // One that is refused is counted by the DPS.
      coreRadio(dps, registrationId, key)
        .register(undefined)
        .catch(() => undefined);
    }
  }, 100).unref();
};

export const killHub = ({ dps, hubs }: Azure, hostName: string): void => {
  const [hub, linked] = [hubs.get(hostName), dps.linkedHubs.get(hostName)];
  if (!hub || !linked) throw new Error(`there is no ${hostName}`);
  linked.reachable = false;
  hub.isDead = true;
  for (const { session } of hub.devices.values()) session?.close('the hub is dead');
};
