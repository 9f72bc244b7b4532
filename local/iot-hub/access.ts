import { parseSas, sasProves } from '../sas.ts';
import type { HubDevice } from './device.ts';
import type { IotHub } from './hub.ts';
import { hubError } from './hub-error.ts';

/** Who may come in. */

/** A back end: by the hub's key, or by a token of its identity. */
export const authorize = (
  { hostName, key, world, takesToken }: IotHub,
  authorization: string | undefined,
): void => {
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  if (token !== undefined && takesToken(token)) return;
  if (sasProves(parseSas(authorization), hostName, [key], world.now())) return;
  throw hubError(401, 'IotHubUnauthorizedAccess', 'Unauthorized');
};

/** A device: by one of its keys, while it is enabled. */
export const authenticate = (
  { hostName, devices, world }: IotHub,
  deviceId: string,
  sas: string | undefined,
): HubDevice | undefined => {
  const device = devices.get(deviceId);
  if (device?.status !== 'enabled') return undefined;
  const keys = [device.keys.primaryKey, device.keys.secondaryKey];
  const resource = `${hostName}/devices/${deviceId}`;
  return sasProves(parseSas(sas), resource, keys, world.now()) ? device : undefined;
};
