import type { SettledOf } from '../flows/change-record.ts';
import type { MoveOrder, MoveOutcome } from '../flows/move-device.ts';
import type { Unheard } from '../flows/on-hub-event.ts';
import type { DeviceOrder } from '../flows/order-device.ts';
import type { Swept } from '../flows/sweep-moves.ts';

/** The log's lines about moves: one for each decision. No key, payload or twin is in them. */

export const toSettledLine = ({
  scope,
  deviceId,
  settled: { move, verdict, because },
}: SettledOf): string =>
  JSON.stringify({
    event: 'move-settled',
    scope,
    deviceId,
    moveId: move.id,
    campaignId: move.campaignId,
    from: move.from,
    to: move.to,
    verdict,
    because,
    attempts: move.attempt,
  });

/** The same without the device, for meters. */
export const meteredOf = ({ scope, settled: { move, verdict } }: SettledOf) => ({
  scope,
  from: move.from,
  to: move.to,
  verdict,
});

export const toOrderLine = (
  { scope, deviceId, to }: MoveOrder,
  who: string,
  outcome: MoveOutcome,
): string =>
  JSON.stringify({
    event: outcome.kind === 'triggered' ? 'move-triggered' : 'move-refused',
    scope,
    deviceId,
    to,
    by: who,
    ...(outcome.kind === 'triggered'
      ? { moveId: outcome.move.id, from: outcome.move.from, reply: outcome.reply.kind }
      : { because: outcome.because }),
  });

/** What somebody said of a device: `device-pinned`. */
export const toMarkedLine = (
  event: string,
  { scope, deviceId, because, by }: DeviceOrder,
): string => JSON.stringify({ event, scope, deviceId, because, by });

/** An event of a device whose record cannot be read. */
export const toUnheardLine = ({ deviceId, because }: Unheard): string =>
  JSON.stringify({ event: 'record-unreadable', deviceId, because });

export const toSweptLine = ({ devices, settled, faults }: Swept): string =>
  JSON.stringify({
    event: 'swept',
    devices,
    settled,
    faults: faults.length,
    ...(faults[0] === undefined ? {} : { firstFault: faults[0] }),
  });
