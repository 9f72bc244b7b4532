import type { World } from '../world.ts';
import { type RehomedDevice, startRehomedDevice } from './rehomed-device.ts';
import type { Firmware, Memory } from './running.ts';
import { type DeviceIdentity, sdkRadio } from './sdk-radio.ts';

/** Registers, connects to the hub that it was given, reports that hub in its twin, and keeps the device contract. */
export const startDevice = (
  identity: DeviceIdentity,
  world: World,
  memory?: Memory,
  firmware?: Firmware,
): Promise<RehomedDevice> => startRehomedDevice(sdkRadio(identity), world, memory, firmware);
