import type { JsonObject } from '../json.ts';
import { sleep } from '../world.ts';
import type { Running } from './running.ts';

/** From one attempt to the next, times the attempts so far. */
export const retryMs = 5_000;
const registerAttemptsMax = 5;

/** Asks DPS for a hub once. @throws Error when it was not assigned. */
export const register = async (
  { radio, memory }: Running,
  payload: JsonObject | undefined,
): Promise<void> => {
  memory.assignment = await radio.register(payload);
};

/** Answers whether it was assigned: it does not go on trying for ever. */
export const tryToRegister = async (
  device: Running,
  payload: JsonObject | undefined,
): Promise<boolean> => {
  for (let attempt = 1; attempt <= registerAttemptsMax && device.on; attempt += 1) {
    try {
      await register(device, payload);
      return true;
    } catch {
      await sleep(device.world, retryMs * attempt); // a throttled DPS, or one that is away
    }
  }
  return false;
};
