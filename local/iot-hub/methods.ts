import { z } from 'zod';
import type { Json } from '../json.ts';
import { randomHex } from '../world.ts';
import type { HubDevice, MethodReply } from './device.ts';
import type { IotHub } from './hub.ts';
import { methodError } from './hub-error.ts';

/**
 * Direct methods.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-direct-methods
 */

const seconds = (min: number) => z.number().min(min).max(300);

const asked = z.object({
  methodName: z.string().min(1),
  payload: z.json().optional(),
  responseTimeoutInSeconds: seconds(5).default(30),
  connectTimeoutInSeconds: seconds(0).default(0),
});

/**
 * Calls a method of a device and waits for its answer; for its link first, as long as it is told to.
 * @throws HubError 404001 for a device that is not there, 404103 for one that is not online, 504101 for one that does not answer, 400027
 * for a request that is none.
 */
export const invokeMethod = async (
  hub: IotHub,
  deviceId: string,
  body: unknown,
): Promise<MethodReply> => {
  const read = asked.safeParse(body);
  if (!read.success) throw methodError(400, 400027, 'ArgumentInvalid', z.prettifyError(read.error));
  const device = hub.devices.get(deviceId);
  if (!device)
    throw methodError(404, 404001, 'DeviceNotFound', `Device ${deviceId} not registered`);
  const {
    methodName,
    payload = null,
    responseTimeoutInSeconds,
    connectTimeoutInSeconds,
  } = read.data;
  await untilOnline(hub, device, connectTimeoutInSeconds * 1000);
  return new Promise((resolve, reject) => {
    const requestId = randomHex(hub.world, 8);
    hub.calls.set(requestId, { device, answer: resolve });
    hub.world.after(responseTimeoutInSeconds * 1000, () => {
      hub.calls.delete(requestId);
      const why = 'Timed out waiting for the response from device.';
      reject(methodError(504, 504101, 'GatewayTimeout', why)); // too late to matter after an answer
    });
    device.session?.invoke(methodName, requestId, payload as Json);
  });
};

/** The device answers. One that was given up, or is another device's, goes nowhere. */
export const answerMethod = (
  { calls }: IotHub,
  device: HubDevice,
  requestId: string,
  reply: MethodReply,
): void => {
  const call = calls.get(requestId);
  if (call?.device !== device) return;
  calls.delete(requestId);
  call.answer(reply);
};

const isOnline = ({ session }: HubDevice): boolean => session?.takesMethods() ?? false;

/** How soon it is seen that a device has come. */
const lookMs = 50;

const untilOnline = async (hub: IotHub, device: HubDevice, waitMs: number): Promise<void> => {
  const endMs = hub.world.now() + waitMs;
  while (!isOnline(device)) {
    if (hub.world.now() >= endMs) {
      throw methodError(404, 404103, 'DeviceNotOnline', 'Timed out waiting for device to connect.');
    }
    await new Promise<void>((resolve) => hub.world.after(lookMs, resolve));
  }
};
