import type { JsonObject } from '../json.ts';
import { sleep } from '../world.ts';
import type { Running } from './running.ts';

/** From one attempt to the next, times the attempts so far. */
export const retryMs = 5_000;
const registerAttemptsMax = 5;

/** Asks DPS for a hub once, for a request or by itself. @throws Error when it was not assigned. */
export const register = async (
  { radio, memory, firmware }: Running,
  requestId: string | undefined,
): Promise<void> => {
  memory.assignment = await radio.register(payloadOf(firmware.says, requestId));
};

const payloadOf = (
  says: JsonObject | undefined,
  requestId: string | undefined,
): JsonObject | undefined => {
  if (requestId === undefined) return says;
  const told = says?.['rehome'];
  return { ...says, rehome: { ...(typeof told === 'object' ? told : {}), requestId } };
};

/** Answers whether it was assigned: it does not go on trying for ever. */
export const tryToRegister = async (
  device: Running,
  requestId: string | undefined,
): Promise<boolean> => {
  for (let attempt = 1; attempt <= registerAttemptsMax && device.on; attempt += 1) {
    try {
      await register(device, requestId);
      return true;
    } catch {
      await sleep(device.world, retryMs * attempt); // a throttled DPS, or one that is away
    }
  }
  return false;
};
