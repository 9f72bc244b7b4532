import type { Reply } from '../../campaign/move-commands.ts';
import type { Move } from '../../domain/move.ts';
import type { Scope } from '../../domain/scope.ts';
import { fromIso, reprovisionAnswer, toReprovisionRequest } from '../../wire/device-contract.ts';

/** How a fleet's devices are told to go: by Rehome's device contract, or by what their firmware knows already. */
export type DeviceProfile = {
  readonly method: {
    readonly name: string;
    readonly payload: (move: Move, scope: Scope) => unknown;
    /** From what the SDK got of the device. */
    readonly reply: (answered: unknown) => Reply;
  };
  /** The desired property for devices that are offline, and the reported one of their word; undefined: neither. */
  readonly propertyName: string | undefined;
};

export const rehomeProfile = (methodName: string, propertyName: string): DeviceProfile => ({
  method: { name: methodName, payload: toReprovisionRequest, reply: replyOfContract },
  propertyName,
});

/**
 * The command by which IoT Central's migrator moves devices, `DeviceMove` of `dtmi:azureiot:DeviceMigration;1`: it carries the id scope
 * and no request id, says nothing afterwards, and there is none for a device that is offline. What proves the move are the hubs alone.
 *
 * @see https://learn.microsoft.com/azure/iot-central/core/howto-migrate-to-iot-hub
 */
export const deviceMoveProfile = (idScopes: ReadonlyMap<Scope, string>): DeviceProfile => ({
  method: {
    name: 'DeviceMove',
    payload: (_move, scope) => idScopes.get(scope) ?? '',
    reply: (answered) => {
      const { status } = statusAndPayload(answered);
      if (status === undefined) return { kind: 'unknown' };
      if (status >= 200 && status < 300) return { kind: 'accepted' };
      return status === 404 || status === 501 ? { kind: 'noHandler' } : failed(status);
    },
  },
  propertyName: undefined,
});

/** What a device of the contract answered: `{ status, payload }`. */
const replyOfContract = (answered: unknown): Reply => {
  const { status, payload } = statusAndPayload(answered);
  if (status === undefined) return { kind: 'unknown' };
  if (status === 404 || status === 501) return { kind: 'noHandler' };
  const read = reprovisionAnswer.safeParse(payload);
  if (status !== 200) {
    return failed(status);
  }
  if (!read.success) return { kind: 'noHandler' };
  switch (read.data.answer) {
    case 'accepted':
      return { kind: 'accepted' };
    case 'deferred':
      return { kind: 'deferred', until: fromIso(read.data.until) };
    case 'refused':
      return { kind: 'refused', why: read.data.why };
  }
};

const failed = (status: number): Reply => ({
  kind: 'unsignallable',
  because: `the device answered ${status}`,
});

const statusAndPayload = (
  answered: unknown,
): { readonly status: number | undefined; readonly payload: unknown } => {
  if (typeof answered !== 'object' || answered === null)
    return { status: undefined, payload: undefined };
  const { status, payload } = answered as { readonly status?: unknown; readonly payload?: unknown };
  return { status: typeof status === 'number' ? status : undefined, payload };
};
