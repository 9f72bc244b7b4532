import { randomBytes } from 'node:crypto';
import type { Cloud } from '../local/cloud.ts';
import { inProcess } from '../local/cosmos/in-process.ts';
import { cosmosDatabase } from '../shared/adapters/cosmos/client.ts';
import { cosmosDeviceRecords } from '../shared/adapters/cosmos/device-records.ts';
import { decide } from '../shared/campaign/decide.ts';
import { entryAfter, lifeOf } from '../shared/campaign/ledger.ts';
import { moveLimits } from '../shared/campaign/limits.ts';
import { type DeviceRecord, deviceKey, newDeviceRecord } from '../shared/domain/device.ts';
import type { HubHostName } from '../shared/domain/hub.ts';
import { instant } from '../shared/domain/instant.ts';
import { moveId } from '../shared/domain/move.ts';
import { scope } from './fleet.ts';

const dayMs = 24 * 3_600_000;

/** Devices in the store that live on that hub, and of which nothing is open: their names. */
export const devicesAtHome = (
  cloud: Cloud,
  name: string,
  count: number,
  home: HubHostName,
): Promise<readonly string[]> =>
  store(cloud, name, count, (deviceId) => ({
    ...newDeviceRecord(scope, deviceId),
    home,
    observed: { hub: home, at: instant(Date.now() - dayMs) },
  }));

/** The same with a move that is open, and was accepted. */
export const movingDevices = (
  cloud: Cloud,
  name: string,
  count: number,
  from: HubHostName,
  to: HubHostName,
): Promise<readonly string[]> => {
  return store(cloud, name, count, (deviceId) => {
    const now = instant(Date.now() - 1_000);
    const record = {
      ...newDeviceRecord(scope, deviceId),
      home: from,
      observed: { hub: from, at: instant(now - dayMs) },
    };
    const plan = {
      id: moveId(randomBytes(10).toString('hex')),
      campaignId: 'by-hand',
      from,
      to,
      reason: 'a bench',
      notBefore: now,
      notAfter: instant(now + dayMs),
      parkedUntil: instant(now + dayMs),
      jitterSeconds: 0,
      parkedJitterSeconds: 0,
      yieldsPin: false,
    };
    const events = decide(lifeOf(record), { type: 'TriggerMove', plan, now }, moveLimits);
    return entryAfter(record, events, moveLimits).record;
  });
};

const store = async (
  { cosmos }: Cloud,
  name: string,
  count: number,
  recordOf: (deviceId: string) => DeviceRecord,
): Promise<readonly string[]> => {
  const string = `AccountEndpoint=http://cosmos.local;AccountKey=${cosmos.key};`;
  const records = cosmosDeviceRecords(
    cosmosDatabase({ string }, { httpClient: inProcess(cosmos) }),
  );
  const { signal } = new AbortController();
  const names = Array.from({ length: count }, (_, index) => `${name}-${index}`);
  for (const id of names)
    await records.write(deviceKey(scope, id), recordOf(id), undefined, signal);
  return names;
};
