import { z } from 'zod';
import type { TwinSight } from '../../campaign/look.ts';
import type { HubHostName } from '../../domain/hub.ts';
import type { Deadline } from '../../ports/deadline.ts';
import {
  type HubRegistries,
  type Registered,
  registryPageMax,
} from '../../ports/hub-registries.ts';
import { parseHubTwin } from '../../wire/hub-twin.ts';
import type { DeviceProfile } from './device-profile.ts';
import type { HubClients } from './hub-clients.ts';

/** By the genuine service SDK. Statistics are free of charge; queries have a quota, which whoever asks keeps to. */
export const iotHubRegistries = (
  clients: HubClients,
  deadline: Deadline,
  { propertyName }: DeviceProfile,
  timeoutMs: number,
): HubRegistries => {
  const ask = async (hub: HubHostName, sql: string, after: string | undefined) => {
    const { twins } = await clients(hub);
    const query = twins.createQuery(sql, registryPageMax);
    // With its token by hand: the SDK's own promise never leaves the first page.
    const answered = await deadline(timeoutMs, () => query.next(after as string));
    const rows: unknown = 'result' in answered ? answered.result : answered;
    return { devices: registeredIn(hub, rows, propertyName), after: query.continuationToken };
  };
  return {
    countDevices: async (hub) => {
      const { twins } = await clients(hub);
      const { responseBody } = await deadline(timeoutMs, () => twins.getRegistryStatistics());
      return statistics.parse(responseBody).totalDeviceCount;
    },
    page: async (hub, after) => {
      const page = await ask(hub, 'SELECT * FROM devices', after);
      return { devices: page.devices, after: page.after || undefined };
    },
    among: async (hub, deviceIds) => {
      const ids = deviceIds.slice(0, registryPageMax).map((id) => `'${escaped(id)}'`);
      const sql = `SELECT * FROM devices WHERE deviceId IN [${ids.join(', ')}]`;
      return (await ask(hub, sql, undefined)).devices;
    },
  };
};

/** A device id may hold a quote. */
const escaped = (id: string): string => id.replaceAll(/['\\]/g, (held) => `\\${held}`);

const statistics = z.object({ totalDeviceCount: z.int().nonnegative() });
const twin = z.looseObject({ deviceId: z.string(), moduleId: z.string().nullish() });

const registeredIn = (
  hub: HubHostName,
  rows: unknown,
  propertyName: string | undefined,
): readonly Registered[] =>
  z
    .array(z.unknown())
    .parse(rows)
    .flatMap((row) => {
      const read = twin.safeParse(row);
      // Modules are no devices; and a row that is none of either must not hide the others: the device is then absent, and asked for by itself.
      if (!read.success || read.data.moduleId) return [];
      const sight = sightOf(hub, read.data, propertyName);
      return sight?.kind === 'found' ? [{ deviceId: read.data.deviceId, sight }] : [];
    });

const sightOf = (
  hub: HubHostName,
  row: unknown,
  propertyName: string | undefined,
): TwinSight | undefined => {
  try {
    return parseHubTwin(hub, row, propertyName);
  } catch {
    return undefined;
  }
};
