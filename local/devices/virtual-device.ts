import type { Dps } from '../dps/dps.ts';
import { coreRadio } from './core-radio.ts';
import { type RehomedDevice, startRehomedDevice } from './rehomed-device.ts';
import type { Firmware, Memory } from './running.ts';

/** A device without sockets. @throws Error when it was not assigned. */
export const startVirtualDevice = (
  dps: Dps,
  registrationId: string,
  key: string,
  memory?: Memory,
  firmware?: Firmware,
): Promise<RehomedDevice> =>
  startRehomedDevice(coreRadio(dps, registrationId, key), dps.world, memory, firmware);
