import { isObject, type JsonObject } from '../json.ts';
import { isoTime } from '../world.ts';
import { type HubDevice, twinEtag } from './device.ts';
import { emit, type IotHub } from './hub.ts';
import { hubError } from './hub-error.ts';
import { findDevice, mustMatch } from './registry.ts';
import { patchSection, patchTags } from './twin.ts';

export type TwinPatch = {
  readonly tags?: JsonObject;
  readonly properties?: { readonly desired?: JsonObject };
};

/** A back end changes tags and desired properties; the device hears of the latter. */
export const patchTwin = (
  hub: IotHub,
  deviceId: string,
  patch: TwinPatch,
  ifMatch?: string,
): HubDevice => {
  const device = changeable(hub, deviceId, patch, ifMatch);
  const desired = patch.properties?.desired;
  if (patch.tags) patchTags(device.tags, patch.tags);
  if (desired) patchSection(device.desired, desired, isoTime(hub.world.now()));
  return changed(hub, device, patch);
};

const changeable = (
  hub: IotHub,
  deviceId: string,
  { tags = {}, properties: { desired = {} } = {} }: TwinPatch,
  ifMatch: string | undefined,
): HubDevice => {
  const device = findDevice(hub, deviceId);
  mustMatch(ifMatch, twinEtag(device));
  if (!isObject(tags)) throw hubError(400, 'ArgumentInvalid', 'tags must be an object');
  if (!isObject(desired)) throw hubError(400, 'ArgumentInvalid', 'desired must be an object');
  return device;
};

const changed = (hub: IotHub, device: HubDevice, { tags, properties }: TwinPatch): HubDevice => {
  device.twinVersion += 1;
  const body: JsonObject = { version: device.twinVersion };
  if (tags) body['tags'] = tags;
  if (properties?.desired) {
    const desired = { ...properties.desired, $version: device.desired.version };
    body['properties'] = { desired };
    device.session?.notify(desired);
  }
  emit(hub, device, 'twinChangeEvents', 'updateTwin', body);
  return device;
};

/** The device changes its reported properties. Answers their new version. */
export const report = (hub: IotHub, device: HubDevice, patch: JsonObject): number => {
  patchSection(device.reported, patch, isoTime(hub.world.now()));
  device.twinVersion += 1;
  device.lastActivityMs = hub.world.now();
  const reported = { ...patch, $version: device.reported.version };
  const body = { version: device.twinVersion, properties: { reported } };
  emit(hub, device, 'twinChangeEvents', 'updateTwin', body);
  return device.reported.version;
};
