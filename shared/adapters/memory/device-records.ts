import type { DeviceRecords, Kept } from '../../ports/device-records.ts';

/** A process must not fill up with a fleet. */
const recordCountMax = 100_000;

/** Records in the process: gone with it, and the oldest when there are too many. */
export const memoryDeviceRecords = (countMax = recordCountMax): DeviceRecords => {
  const records = new Map<string, Kept>();
  let writes = 0;
  return {
    read: async ({ id }) => records.get(id),
    write: async ({ id }, record, version) => {
      if (records.get(id)?.version !== version) return 'superseded';
      writes += 1;
      records.set(id, { record, version: String(writes) });
      const [oldest] = records.keys();
      if (records.size > countMax && oldest !== undefined) records.delete(oldest);
      return 'written';
    },
  };
};
