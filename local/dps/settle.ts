import type { HubDevice } from '../iot-hub/device.ts';
import type { IotHub } from '../iot-hub/hub.ts';
import { hubError } from '../iot-hub/hub-error.ts';
import { createIdentity, removeIdentity, updateIdentity } from '../iot-hub/registry.ts';
import { copySection, patchTags } from '../iot-hub/twin.ts';
import { patchTwin } from '../iot-hub/twins.ts';
import type { Dps, LinkedHub, Registration } from './dps.ts';
import type { Enrollment, InitialTwin } from './enrollment.ts';
import type { WebhookOutcome } from './webhook.ts';

export type Keys = { readonly primaryKey: string; readonly secondaryKey: string };
export type Settled = {
  readonly hub: IotHub;
  readonly device: HubDevice;
  readonly substatus: string;
};
type Answered = Extract<WebhookOutcome, { kind: 'answered' }>;

/** One registration's means: what is written, and with which keys. */
type Placing = {
  readonly dps: Dps;
  readonly enrollment: Enrollment;
  readonly deviceId: string;
  readonly keys: Keys;
};

/**
 * Puts the device on the hub that was answered, as its enrollment's reprovision policy says: the identity is created there, the twin
 * migrated or begun anew, and the identity removed where the device was.
 * @throws HubError when a hub that is needed cannot be reached or is full.
 */
export const settle = (
  dps: Dps,
  enrollment: Enrollment,
  keys: Keys,
  before: Registration,
  { target, initialTwin }: Answered,
): Settled => {
  const own = enrollment.kind === 'individual' ? enrollment.deviceId : undefined;
  const placing = { dps, enrollment, deviceId: own ?? before.registrationId, keys };
  const twin = initialTwin ?? enrollment.initialTwin;
  const { updateHubAssignment } = enrollment.reprovisionPolicy;
  if (before.assignedHub === undefined) {
    return { ...place(placing, target, twin), substatus: 'initialAssignment' };
  }
  const source = dps.linkedHubs.get(before.assignedHub);
  const stays = !updateHubAssignment || source === target;
  if (!stays) return move(placing, source, target, twin);
  if (!source) throw unreachable(before.assignedHub);
  const kept = before.substatus ?? 'initialAssignment';
  const { substatusOnStay } = dps.undocumented;
  const substatus = !updateHubAssignment || substatusOnStay === 'kept' ? kept : substatusOnStay;
  return { ...place(placing, source, enrollment.initialTwin), substatus };
};

const move = (
  placing: Placing,
  source: LinkedHub | undefined,
  target: LinkedHub,
  twin: InitialTwin | undefined,
): Settled => {
  const { unreachableSource, moveOrder } = placing.dps.undocumented;
  const isFull = target.hub.devices.size >= target.hub.deviceCountMax;
  if (isFull && source && placing.dps.undocumented.fullTarget === 'stays') {
    return { ...place(placing, source, undefined), substatus: 'initialAssignment' };
  }
  const canReach = source?.reachable ?? false;
  const { migrateDeviceData } = placing.enrollment.reprovisionPolicy;
  const fails =
    unreachableSource === 'fails' ||
    (unreachableSource === 'fails to migrate' && migrateDeviceData);
  if (!canReach && fails) throw unreachable(source?.hub.hostName);
  const old = canReach ? source?.hub.devices.get(placing.deviceId) : undefined;
  const remove = () => old && source && removeIdentity(source.hub, placing.deviceId);
  if (moveOrder === 'remove first') remove();
  const migrates = migrateDeviceData;
  const { hub, device } = place(placing, target, migrates && old ? undefined : twin);
  if (migrates && old) migrate(old, device);
  if (moveOrder === 'create first') remove();
  return { hub, device, substatus: migrates && old ? 'deviceDataMigrated' : 'deviceDataReset' };
};

/** The identity stands on the hub with the device's keys; one that is made begins with the twin. */
const place = (
  { enrollment, deviceId, keys }: Placing,
  { hub, reachable }: LinkedHub,
  twin: InitialTwin | undefined,
): { readonly hub: IotHub; readonly device: HubDevice } => {
  if (!reachable) throw unreachable(hub.hostName);
  const { primaryKey, secondaryKey } = keys;
  const authentication = { symmetricKey: { primaryKey, secondaryKey } };
  if (hub.devices.has(deviceId)) {
    return { hub, device: updateIdentity(hub, { deviceId, authentication }) };
  }
  const { capabilities } = enrollment;
  const device = createIdentity(hub, { deviceId, authentication, capabilities });
  if (twin) patchTwin(hub, deviceId, twin as Parameters<typeof patchTwin>[2]);
  return { hub, device };
};

/** Tags, desired and reported properties go along, with their versions. */
const migrate = (from: HubDevice, to: HubDevice): void => {
  patchTags(to.tags, structuredClone(from.tags));
  copySection(from.desired, to.desired);
  copySection(from.reported, to.reported);
};

const unreachable = (hostName = 'the hub') =>
  hubError(503, 'ServiceUnavailable', `${hostName} cannot be reached`);
