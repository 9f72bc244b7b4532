import type { HubDevice, Session } from './device.ts';
import { emit, type IotHub } from './hub.ts';

/** The links of devices. */

/** A second link of one device closes the first. */
export const connect = (hub: IotHub, device: HubDevice, session: Session): void => {
  const before = device.session;
  device.session = session;
  device.lastActivityMs = hub.world.now();
  if (before) before.close('another link of the same device');
  else hub.connectionCount += 1;
  tell(hub, device, 'deviceConnected');
};

/** Does nothing for a link that is not, or no longer, the device's. */
export const disconnect = (hub: IotHub, device: HubDevice, session: Session): void => {
  if (device.session !== session) return;
  device.session = undefined;
  hub.connectionCount -= 1;
  tell(hub, device, 'deviceDisconnected');
};

const tell = (
  hub: IotHub,
  device: HubDevice,
  opType: 'deviceConnected' | 'deviceDisconnected',
): void => {
  hub.sequence += 1n;
  device.connectionUpdatedMs = hub.world.now();
  const sequenceNumber = hub.sequence.toString(16).toUpperCase().padStart(64, '0');
  emit(hub, device, 'deviceConnectionStateEvents', opType, { sequenceNumber });
};
