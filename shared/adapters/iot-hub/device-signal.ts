import type { Reply } from '../../campaign/move-commands.ts';
import { type Move, moveOf } from '../../domain/move.ts';
import type { Scope } from '../../domain/scope.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Deadline } from '../../ports/deadline.ts';
import type { DeviceAddress, DeviceSignal } from '../../ports/device-signal.ts';
import { toReprovisionRequest } from '../../wire/device-contract.ts';
import type { DeviceProfile } from './device-profile.ts';
import type { HubClients } from './hub-clients.ts';
import { hubFault, isAbsent, replyTo } from './hub-fault.ts';

export type SignalPorts = {
  readonly clients: HubClients;
  readonly deadline: Deadline;
  readonly clock: Clock;
};

export type SignalLimits = {
  /** How long a device may take to answer its method: 5 at least, by IoT Hub. */
  readonly methodTimeoutSeconds: number;
  /** How long a hub may take besides. */
  readonly hubTimeoutMs: number;
};

export const signalLimits: SignalLimits = { methodTimeoutSeconds: 8, hubTimeoutMs: 5_000 };

/** By the genuine service SDK. Every call has a deadline of ours, because the SDK has none. */
export const iotHubDeviceSignal = (
  ports: SignalPorts,
  profile: DeviceProfile,
  limits: SignalLimits,
): DeviceSignal => ({
  ask: (device, move, scope) => askByMethod(ports, profile, limits, device, move, scope),
  park: (device, move) => {
    const { propertyName } = profile;
    if (propertyName === undefined) {
      return Promise.resolve({ kind: 'throttled', retryAfterMs: offlineMs, because: 'offline' });
    }
    return faultless(ports, async () => {
      const request = toReprovisionRequest(move);
      await patchDesired(ports, limits, device, () => ({ [propertyName]: request }));
      return { kind: 'offline' };
    });
  },
  clear: async (device, moves) => {
    const { propertyName } = profile;
    if (propertyName === undefined) return true;
    try {
      await patchDesired(ports, limits, device, (desired) => {
        const move = moveOf(String(desired[propertyName]?.requestId));
        return move && moves.includes(move) ? { [propertyName]: null } : undefined;
      });
      return true;
    } catch (error) {
      return isAbsent(hubFault(error)); // a device that is not there holds no request
    }
  },
});

/** Where a profile has no request for a device that is offline, it is asked again. */
const offlineMs = 5 * 60_000;

const faultless = async ({ clock }: SignalPorts, work: () => Promise<Reply>): Promise<Reply> => {
  try {
    return await work();
  } catch (error) {
    return replyTo(hubFault(error), clock.now());
  }
};

const askByMethod = (
  ports: SignalPorts,
  { method }: DeviceProfile,
  { methodTimeoutSeconds, hubTimeoutMs }: SignalLimits,
  { hub, deviceId }: DeviceAddress,
  move: Move,
  scope: Scope,
): Promise<Reply> =>
  faultless(ports, async () => {
    const { methods } = await ports.clients(hub);
    const params = {
      methodName: method.name,
      payload: method.payload(move, scope),
      responseTimeoutInSeconds: methodTimeoutSeconds,
      connectTimeoutInSeconds: 0,
    };
    // By callback: made into a promise, the SDK throws in a socket's callback when the body is not what it expects.
    const call = (): Promise<unknown> =>
      new Promise((resolve, reject) => {
        methods.invokeDeviceMethod(deviceId, params, (error, result) =>
          error ? reject(error) : resolve(result),
        );
      });
    const timeoutMs = methodTimeoutSeconds * 1000 + hubTimeoutMs;
    return method.reply(await ports.deadline(timeoutMs, call));
  });

/** The SDK leaves the properties of a twin untyped. */
type Desired = Readonly<Record<string, { readonly requestId?: unknown } | null | undefined>>;

/** Somebody else may write the twin at the same time. */
const patchAttemptsMax = 4;

/**
 * Reads the twin and patches its desired properties on that etag; not at all when there is nothing to change. What it has not begun to
 * write within its deadline it does not write.
 */
const patchDesired = async (
  { clients, deadline }: SignalPorts,
  { hubTimeoutMs }: SignalLimits,
  { hub, deviceId }: DeviceAddress,
  change: (desired: Desired) => Readonly<Record<string, unknown>> | undefined,
): Promise<void> => {
  const { twins } = await clients(hub);
  await deadline(2 * hubTimeoutMs, async (signal) => {
    for (let attempt = 1; ; attempt += 1) {
      const { responseBody: twin } = await twins.getTwin(deviceId);
      const desired = change(twin.properties.desired);
      signal.throwIfAborted();
      if (!desired) return;
      try {
        await twins.updateTwin(deviceId, { properties: { desired } }, twin.etag);
        return;
      } catch (error) {
        if (hubFault(error).status !== 412 || attempt === patchAttemptsMax) throw error;
      }
    }
  });
};
