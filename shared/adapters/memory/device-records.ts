import type { Decision } from '../../allocation/decision.ts';
import { type DeviceKey, type DeviceRecord, nextAtOf } from '../../domain/device.ts';
import type { SettledMove } from '../../domain/move.ts';
import type { DeviceRecords, Kept, Page } from '../../ports/device-records.ts';

/** A process must not fill up with a fleet. */
const recordCountMax = 100_000;
/** Nor with what was decided: the newest are looked at. */
const decisionCountMax = 10_000;

type Held = {
  readonly key: DeviceKey;
  readonly kept: Kept;
  readonly history: readonly SettledMove[];
};

/** Records in the process: gone with it, and the oldest when there are too many. */
export const memoryDeviceRecords = (recordsMax = recordCountMax): DeviceRecords => {
  const records = new Map<string, Held>();
  const decisions: Decision[] = [];
  let writes = 0;
  const page = (takes: (record: DeviceRecord) => boolean, countMax: number, after = ''): Page => {
    const found = [...records]
      .filter(([id, { kept }]) => id > after && takes(kept.record))
      .sort(([one], [other]) => (one < other ? -1 : 1));
    const taken = found.slice(0, countMax);
    return {
      records: taken.map(([, { kept }]) => kept.record),
      unreadable: [],
      after: found.length > countMax ? taken.at(-1)?.[0] : undefined,
    };
  };
  return {
    read: async ({ id }) => records.get(id)?.kept,
    write: async (key: DeviceKey, record, version, _signal, settled, decided) => {
      const held = records.get(key.id);
      if (held?.kept.version !== version) return 'superseded';
      writes += 1;
      const history = [...(held?.history ?? []), ...(settled ? [settled] : [])];
      records.set(key.id, { key, kept: { record, version: String(writes) }, history });
      if (decided) decisions.push(decided);
      if (decisions.length > decisionCountMax) decisions.shift();
      const [oldest] = records.keys();
      if (records.size > recordsMax && oldest !== undefined) records.delete(oldest);
      return 'written';
    },
    due: async (now, dueMax) =>
      [...records.values()]
        .filter(({ kept }) => (nextAtOf(kept.record) ?? Number.POSITIVE_INFINITY) <= now)
        .slice(0, dueMax),
    attended: async (scope, countMax, after) =>
      page((record) => record.scope === scope && nextAtOf(record) !== undefined, countMax, after),
    all: async (scope, countMax, after) =>
      page((record) => record.scope === scope, countMax, after),
    on: async (scope, hub, countMax, after) =>
      page((record) => record.scope === scope && record.observed?.hub === hub, countMax, after),
    history: async ({ id }, historyMax) => records.get(id)?.history.slice(-historyMax) ?? [],
    decisions: async (scope, since, until, countMax) =>
      decisions
        .filter((one) => one.scope === scope && one.at >= since && one.at < until)
        .slice(0, countMax + 1),
  };
};
