import type { Dps } from '../dps/dps.ts';
import { register } from '../dps/register.ts';
import type { HubDevice, Session } from '../iot-hub/device.ts';
import type { IotHub } from '../iot-hub/hub.ts';
import { connect, disconnect } from '../iot-hub/links.ts';
import { report } from '../iot-hub/twins.ts';
import { deviceToken } from './token.ts';

/** A device without sockets, on the cores themselves: for fleets that a machine could not hold otherwise. */
export type VirtualDevice = {
  readonly hub: IotHub;
  readonly device: HubDevice;
  readonly stop: () => void;
};

const tokenMs = 3_600_000;

/** Registers, connects to the hub that it was given, and reports that hub. @throws Error when it was not assigned. */
export const startVirtualDevice = async (
  dps: Dps,
  registrationId: string,
  key: string,
): Promise<VirtualDevice> => {
  const { idScope, world } = dps;
  const resource = `${idScope}/registrations/${registrationId}`;
  const token = deviceToken(resource, key, world.now() + tokenMs);
  await register(dps, idScope, registrationId, token, undefined).done;
  const registration = dps.registrations.get(registrationId.toLowerCase());
  const hub = dps.linkedHubs.get(registration?.assignedHub ?? '')?.hub;
  const device = hub?.devices.get(registration?.deviceId ?? '');
  if (registration?.status !== 'assigned' || !hub || !device) {
    throw new Error(`${registrationId} is ${registration?.status}: ${registration?.errorMessage}`);
  }
  const session: Session = {
    close: () => disconnect(hub, device, session),
    takesMethods: () => false,
    invoke: () => undefined,
    notify: () => undefined,
  };
  connect(hub, device, session);
  report(hub, device, { hub: hub.hostName });
  return { hub, device, stop: () => disconnect(hub, device, session) };
};
