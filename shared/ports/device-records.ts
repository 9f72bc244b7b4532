import type { DeviceKey, DeviceRecord } from '../domain/device.ts';

/** A record with the version that a replacement is conditioned on. */
export type Kept = { readonly record: DeviceRecord; readonly version: string };

/** What is known of every device. A store that cannot be reached, or does not answer, throws. */
export type DeviceRecords = {
  readonly read: (key: DeviceKey, signal: AbortSignal) => Promise<Kept | undefined>;
  /**
   * Creates the record when `version` is undefined, else replaces that version of it. `superseded`: it is no longer so; read and decide
   * again. A fault leaves it unknown whether it was written: deciding again is harmless.
   */
  readonly write: (
    key: DeviceKey,
    record: DeviceRecord,
    version: string | undefined,
    signal: AbortSignal,
  ) => Promise<'written' | 'superseded'>;
};
