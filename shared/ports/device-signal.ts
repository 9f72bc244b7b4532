import type { Reply } from '../campaign/move-commands.ts';
import type { HubHostName } from '../domain/hub.ts';
import type { Move, MoveId } from '../domain/move.ts';
import type { Scope } from '../domain/scope.ts';

/** A device on the hub that it is reached by. */
export type DeviceAddress = { readonly hub: HubHostName; readonly deviceId: string };

/** How a device is told to go. What a hub answers is a reply; only a bug throws. */
export type DeviceSignal = {
  /** By direct method. */
  readonly ask: (device: DeviceAddress, move: Move, scope: Scope) => Promise<Reply>;
  /** By desired property, for a device that is offline: `offline` says that the request is in place. */
  readonly park: (device: DeviceAddress, move: Move) => Promise<Reply>;
  /** Takes a request of these moves out of the desired properties, where it stands there; false when the hub gave no answer. */
  readonly clear: (device: DeviceAddress, moves: readonly MoveId[]) => Promise<boolean>;
};
