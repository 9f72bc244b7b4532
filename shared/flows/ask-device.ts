import { decide } from '../campaign/decide.ts';
import { entryAfter, isWorthWriting, lifeOf } from '../campaign/ledger.ts';
import type { MoveLimits } from '../campaign/limits.ts';
import type { Reply } from '../campaign/move-commands.ts';
import type { DeviceKey, DeviceRecord } from '../domain/device.ts';
import { type Move, requestId } from '../domain/move.ts';
import type { Clock } from '../ports/clock.ts';
import type { Dice } from '../ports/dice.ts';
import { changeRecord, type Ledger } from './change-record.ts';

export type AskPorts = Ledger & { readonly clock: Clock; readonly dice: Dice };

/**
 * [M2] Tells a device what the ledger says already: by method, else, where it is offline, by its desired properties; then writes down
 * what came of it. Killed on the way, the sweep finds the move as it was, and sends the same request again.
 */
export const askDevice = async (
  ports: AskPorts,
  limits: MoveLimits,
  key: DeviceKey,
  { deviceId, scope }: Pick<DeviceRecord, 'deviceId' | 'scope'>,
  move: Move,
): Promise<Reply> => {
  const { signal, clock, dice } = ports;
  const address = { hub: move.from, deviceId };
  const asked = await signal.ask(address, move, scope);
  const parked = { ...move, notAfter: move.parkedUntil };
  const reply = asked.kind === 'offline' ? await signal.park(address, parked) : asked;
  await changeRecord(ports, key, (record) => {
    if (!record) return { entry: undefined, said: undefined };
    const events = decide(
      lifeOf(record),
      { type: 'HearReply', request: requestId(move), reply, now: clock.now(), draw: dice.draw() },
      limits,
    );
    const worth = isWorthWriting(record.move, events, true);
    return { entry: worth ? entryAfter(record, events) : undefined, said: undefined };
  });
  return reply;
};
