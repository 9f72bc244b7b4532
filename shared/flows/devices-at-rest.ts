import type { Evidence } from '../campaign/evidence.ts';
import type { DeviceRecord } from '../domain/device.ts';
import type { HubHostName } from '../domain/hub.ts';
import { type MoveId, moveOf } from '../domain/move.ts';
import type { Scope } from '../domain/scope.ts';
import type { Clock } from '../ports/clock.ts';

/** Devices that were at home when this process last read their records, with nothing open: that one connects there again is no news. */
export type DevicesAtRest = {
  /** Whether the record need not be read for it. */
  readonly expect: (scope: Scope, deviceId: string, evidence: readonly Evidence[]) => boolean;
  /** As it was read, or written, just now. */
  readonly note: (scope: Scope, deviceId: string, record: DeviceRecord | undefined) => void;
};

/** A few tens of megabytes. */
const countMax = 200_000;
/**
 * So long another process may know better. All that such an event could have told then is that a device which was asked to move, or was missed,
 * is there: its request waits for it in its twin, and the sweep looks by itself.
 */
const ageMsMax = 60 * 60_000;

type AtRest = {
  readonly hub: HubHostName;
  /** Its verdict stands, whatever the device says of it. */
  readonly settled: MoveId | undefined;
  readonly until: number;
};

export const devicesAtRest = ({ now }: Clock, most = countMax): DevicesAtRest => {
  const known = new Map<string, AtRest>(); // the oldest first
  return {
    expect: (scope, deviceId, evidence) => {
      const held = known.get(`${scope} ${deviceId}`);
      return (
        held !== undefined && now() < held.until && evidence.every((seen) => isUsual(held, seen))
      );
    },
    note: (scope, deviceId, record) => {
      const key = `${scope} ${deviceId}`;
      known.delete(key);
      const hub = record && restsOn(record);
      if (hub === undefined || record?.deviceId !== deviceId) return;
      known.set(key, { hub, settled: record.lastMove?.id, until: now() + ageMsMax });
      const [oldest] = known.size > most ? known.keys() : [];
      if (oldest !== undefined) known.delete(oldest);
    },
  };
};

const restsOn = ({ move, finding, pending, observed }: DeviceRecord): HubHostName | undefined =>
  move || finding || pending ? undefined : observed?.hub;

const isUsual = ({ hub, settled }: AtRest, seen: Evidence): boolean =>
  seen.hub === hub &&
  (seen.kind === 'active' ||
    (seen.kind === 'said' && settled !== undefined && moveOf(seen.word.request) === settled));
