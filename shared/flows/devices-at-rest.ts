import type { Evidence } from '../campaign/evidence.ts';
import { type DeviceKey, type DeviceRecord, deviceKey } from '../domain/device.ts';
import type { HubHostName } from '../domain/hub.ts';
import { type MoveId, moveOf } from '../domain/move.ts';
import type { Scope } from '../domain/scope.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeviceRecords } from '../ports/device-records.ts';

/** Devices that were at home, with nothing open, when this process last read or wrote their records: that one connects there again is no news. */
export type DevicesAtRest = {
  /** Whether the record need not be read for it. */
  readonly expect: (scope: Scope, deviceId: string, evidence: readonly Evidence[]) => boolean;
  /** The same records, of which it sees what is read and written. */
  readonly watch: (records: DeviceRecords) => DeviceRecords;
};

/** A few tens of megabytes. */
const countMax = 200_000;
/**
 * So long another process may know better. All that such an event could have told then is that a device which was asked to move, or was missed,
 * is there: its request waits for it in its twin, and the sweep looks by itself. Less than it takes until a missing device is looked for.
 */
const ageMsMax = 10 * 60_000;

type AtRest = {
  /** As spelled: one that differs in case alone is another device. */
  readonly deviceId: string;
  readonly hub: HubHostName;
  /** Its verdict stands, whatever the device says of it. */
  readonly settled: MoveId | undefined;
  readonly until: number;
};

export const devicesAtRest = ({ now }: Clock, most = countMax): DevicesAtRest => {
  const known = new Map<string, AtRest>(); // by the record's id, the oldest first
  const reading = new Map<string, object>(); // the last that began: what one before it brings may be older than what is known
  const note = ({ id }: DeviceKey, record: DeviceRecord | undefined): void => {
    if (!record) return;
    const hub = restsOn(record);
    if (hub === undefined) return;
    const { deviceId, lastMove } = record;
    known.set(id, { deviceId, hub, settled: lastMove?.id, until: now() + ageMsMax });
    const [oldest] = known.size > most ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
  };
  const forget = ({ id }: DeviceKey): void => {
    known.delete(id);
    reading.delete(id);
  };
  return {
    expect: (scope, deviceId, evidence) => {
      const held = known.get(deviceKey(scope, deviceId).id);
      return (
        held?.deviceId === deviceId &&
        now() < held.until &&
        evidence.every((seen) => isUsual(held, seen))
      );
    },
    watch: (records) => ({
      ...records,
      read: async (key, signal) => {
        const mine = {};
        known.delete(key.id);
        reading.set(key.id, mine);
        const isLast = (): boolean => reading.get(key.id) === mine;
        try {
          const kept = await records.read(key, signal);
          if (isLast()) note(key, kept?.record);
          return kept;
        } finally {
          if (isLast()) reading.delete(key.id);
        }
      },
      write: async (key, record, ...rest) => {
        forget(key);
        const outcome = await records.write(key, record, ...rest).finally(() => forget(key));
        if (outcome === 'written') note(key, record);
        return outcome;
      },
      due: async (...asked) => {
        const found = await records.due(...asked);
        for (const { key } of found) forget(key);
        return found;
      },
    }),
  };
};

const restsOn = ({ move, finding, pending, observed }: DeviceRecord): HubHostName | undefined =>
  move || finding || pending ? undefined : observed?.hub;

const isUsual = ({ hub, settled }: AtRest, seen: Evidence): boolean =>
  seen.hub === hub &&
  (seen.kind === 'active' ||
    (seen.kind === 'said' && settled !== undefined && moveOf(seen.word.request) === settled));
