import { decide } from '../campaign/decide.ts';
import { entryAfter, isWorthWriting, lifeOf } from '../campaign/ledger.ts';
import type { MoveLimits } from '../campaign/limits.ts';
import type { Reply } from '../campaign/move-commands.ts';
import type { DeviceKey, DeviceRecord } from '../domain/device.ts';
import { type Move, requestId } from '../domain/move.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeviceSignal } from '../ports/device-signal.ts';
import type { Dice } from '../ports/dice.ts';
import { type Change, changeRecord, type Ledger } from './change-record.ts';

export type AskPorts = Ledger & {
  readonly signal: DeviceSignal;
  readonly clock: Clock;
  readonly dice: Dice;
};

/** What it answered, and how the move stands by that; undefined when it is settled. */
export type Asked = { readonly reply: Reply; readonly move: Move | undefined };

/**
 * [M2] Tells a device what the ledger says already: by method, else, where it is offline, by its desired properties, which the ledger
 * hears of first as well, so that nothing is left in a twin that nobody knows of. Killed on the way, the sweep finds the move as it was,
 * and sends the same request again.
 */
export const askDevice = async (
  ports: AskPorts,
  limits: MoveLimits,
  key: DeviceKey,
  record: DeviceRecord,
  move: Move,
): Promise<Asked> => {
  const { signal } = ports;
  const { deviceId, scope } = record;
  const address = { hub: move.from, deviceId };
  const asked = await signal.ask(address, move, scope);
  const heard = hear(ports, limits, { ...record, move }, move, asked);
  // The usual word, that it goes, is not written, and so need not be read for.
  if (!heard.entry) return { reply: asked, move: heard.said };
  const open = await hearReply(ports, limits, key, move, asked);
  if (asked.kind !== 'offline' || !isParked(open, move)) return { reply: asked, move: open };
  const parked = await signal.park(address, open);
  if (parked.kind !== 'offline') await hearReply(ports, limits, key, open, parked);
  return { reply: parked, move: open };
};

/** Whether the ledger has parked this very request: another attempt's is not ours to put anywhere. */
const isParked = (open: Move | undefined, asked: Move): open is Move =>
  open?.ask.kind === 'parked' && requestId(open) === requestId(asked);

/** Answers the move as it stands then; undefined when it is no longer open. */
const hearReply = (
  ports: AskPorts,
  limits: MoveLimits,
  key: DeviceKey,
  move: Move,
  reply: Reply,
): Promise<Move | undefined> =>
  changeRecord(ports, key, (record) => hear(ports, limits, record, move, reply));

/** What a reply changes in a record, if that is worth writing; and how the move stands by it. */
const hear = (
  { clock, dice }: AskPorts,
  limits: MoveLimits,
  record: DeviceRecord | undefined,
  move: Move,
  reply: Reply,
): Change<Move | undefined> => {
  if (record?.move?.id !== move.id) return { entry: undefined, said: undefined };
  const [now, draw] = [clock.now(), dice.draw()];
  const command = { type: 'HearReply', request: requestId(move), reply, now, draw } as const;
  const events = decide(lifeOf(record), command, limits);
  const entry = entryAfter(record, events, limits);
  const worth = isWorthWriting(record.move, events, true, limits);
  return { entry: worth ? entry : undefined, said: entry.record.move };
};
