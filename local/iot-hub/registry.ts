import type { JsonObject } from '../json.ts';
import { randomHex } from '../world.ts';
import {
  type HubDevice,
  type Identity,
  identityEtag,
  keysOf,
  newDevice,
  toTwin,
} from './device.ts';
import { emit, type IotHub } from './hub.ts';
import { hubError } from './hub-error.ts';

/** The identity registry. */

export const findDevice = ({ devices }: IotHub, deviceId: string): HubDevice => {
  const device = devices.get(deviceId);
  if (!device) throw hubError(404, 'DeviceNotFound', `Device ${deviceId} not registered`);
  return device;
};

export const createIdentity = (hub: IotHub, identity: Identity): HubDevice => {
  const { devices, deviceCountMax, world } = hub;
  if (devices.has(identity.deviceId)) {
    const why = `A device with ID '${identity.deviceId}' is already registered.`;
    throw hubError(409, 'DeviceAlreadyExists', why);
  }
  if (devices.size >= deviceCountMax) {
    throw hubError(403, 'TooManyDevices', `The hub holds ${deviceCountMax} devices`);
  }
  const device = newDevice(identity, randomHex(world, 18), world);
  devices.set(device.deviceId, device);
  emit(hub, device, 'deviceLifecycleEvents', 'createDeviceIdentity', lifecycleBody(device));
  return device;
};

/** Keys that are not given stay. A device that is disabled loses its link. */
export const updateIdentity = (hub: IotHub, identity: Identity, ifMatch?: string): HubDevice => {
  const device = findDevice(hub, identity.deviceId);
  mustMatch(ifMatch, identityEtag(device));
  device.status = identity.status ?? device.status;
  if (identity.authentication?.symmetricKey) device.keys = keysOf(identity, hub.world);
  device.identityVersion += 1;
  if (device.status === 'disabled') device.session?.close('disabled');
  return device;
};

export const removeIdentity = (hub: IotHub, deviceId: string, ifMatch?: string): void => {
  const device = findDevice(hub, deviceId);
  mustMatch(ifMatch, identityEtag(device));
  hub.devices.delete(deviceId);
  device.session?.close('deleted');
  emit(hub, device, 'deviceLifecycleEvents', 'deleteDeviceIdentity', lifecycleBody(device));
};

export const toStatistics = ({ devices }: IotHub) => {
  const enabled = [...devices.values()].filter(({ status }) => status === 'enabled').length;
  return {
    totalDeviceCount: devices.size,
    enabledDeviceCount: enabled,
    disabledDeviceCount: devices.size - enabled,
  };
};

/** An etag comes quoted or not; `*` and none match all. */
export const mustMatch = (ifMatch: string | undefined, etag: string): void => {
  const given = ifMatch?.replaceAll('"', '');
  if (given === undefined || given === '*' || given === etag) return;
  throw hubError(412, 'PreconditionFailed', 'The etag does not match');
};

const lifecycleBody = (device: HubDevice): JsonObject => {
  const {
    deviceId = null,
    etag = null,
    version = null,
    tags = null,
    properties = null,
  } = toTwin(device);
  return { deviceId, etag, version, tags, properties };
};
