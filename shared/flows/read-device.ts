import { type DeviceRecord, deviceKey } from '../domain/device.ts';
import type { SettledMove } from '../domain/move.ts';
import type { Scope } from '../domain/scope.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { DeviceRecords, Page } from '../ports/device-records.ts';

/** What operators ask of the store. */
export type ReadDevices = {
  /** undefined: nothing is known of it. */
  readonly one: (scope: Scope, deviceId: string) => Promise<DeviceRecord | undefined>;
  readonly history: (scope: Scope, deviceId: string) => Promise<readonly SettledMove[]>;
  /** Devices that are being moved, looked for, or tidied up after. */
  readonly attended: (
    scope: Scope,
    countMax: number,
    after: string | undefined,
  ) => Promise<Page | 'bad-after'>;
};

const timeoutMs = 5_000;
/** The newest tell enough. */
const historyMax = 50;

export const readDevices = (records: DeviceRecords, deadline: Deadline): ReadDevices => ({
  one: async (scope, deviceId) => {
    const key = deviceKey(scope, deviceId);
    return (await deadline(timeoutMs, (signal) => records.read(key, signal)))?.record;
  },
  history: (scope, deviceId) => {
    const key = deviceKey(scope, deviceId);
    return deadline(timeoutMs, (signal) => records.history(key, historyMax, signal));
  },
  attended: (scope, countMax, after) =>
    deadline(timeoutMs, (signal) => records.attended(scope, countMax, after, signal)),
});
