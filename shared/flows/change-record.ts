import type { LedgerEntry } from '../campaign/ledger.ts';
import type { DeviceKey, DeviceRecord } from '../domain/device.ts';
import type { SettledMove } from '../domain/move.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { DeviceRecords, Kept } from '../ports/device-records.ts';

export type Ledger = {
  readonly records: DeviceRecords;
  readonly deadline: Deadline;
};

/** What to write; undefined: nothing. */
export type Change<Said> = {
  readonly entry: LedgerEntry | undefined;
  readonly said: Said;
};

/** A move that was settled, and whose it was. */
export type SettledOf = {
  readonly scope: DeviceRecord['scope'];
  readonly deviceId: string;
  readonly settled: SettledMove;
};

export const settledOf = ({ record, settled }: LedgerEntry): SettledOf | undefined =>
  settled && { scope: record.scope, deviceId: record.deviceId, settled };

const storeTimeoutMs = 5_000;

/** Others may write between: who is superseded reads and decides again. */
const attemptsMax = 8;

const readRecord = ({ records, deadline }: Ledger, key: DeviceKey): Promise<Kept | undefined> =>
  deadline(storeTimeoutMs, (signal) => records.read(key, signal));

/**
 * The one way in which a record changes: read → decide → write, on the version that was decided on; a verdict with its history.
 *
 * @throws Error when the store does not answer, or the record changed with every attempt: nothing is lost, and all may be tried again.
 */
export const changeRecord = async <Said>(
  ledger: Ledger,
  key: DeviceKey,
  decide: (record: DeviceRecord | undefined) => Promise<Change<Said>> | Change<Said>,
  known?: Kept,
): Promise<Said> => {
  const { records, deadline } = ledger;
  let kept = known;
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    kept ??= await readRecord(ledger, key);
    const { entry, said } = await decide(kept?.record);
    if (!entry) return said;
    const { record, settled } = entry;
    const outcome = await deadline(storeTimeoutMs, (signal) =>
      records.write(key, record, kept?.version, signal, settled),
    );
    if (outcome === 'written') return said;
    kept = undefined;
  }
  throw new Error('The record changed with every attempt.');
};
