import type { LedgerEntry } from '../campaign/ledger.ts';
import type { DeviceKey, DeviceRecord, Leftover } from '../domain/device.ts';
import { instant } from '../domain/instant.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { DeviceRecords, Kept } from '../ports/device-records.ts';
import type { DeviceSignal } from '../ports/device-signal.ts';

export type Ledger = {
  readonly records: DeviceRecords;
  readonly signal: DeviceSignal;
  readonly deadline: Deadline;
};

/** What to write; undefined: nothing. */
export type Change<Said> = {
  readonly entry: LedgerEntry | undefined;
  readonly said: Said;
};

const storeTimeoutMs = 5_000;

/** Others may write between: who is superseded reads and decides again. */
const attemptsMax = 8;

export const readRecord = (
  { records, deadline }: Omit<Ledger, 'signal'>,
  key: DeviceKey,
): Promise<Kept | undefined> => deadline(storeTimeoutMs, (signal) => records.read(key, signal));

/**
 * The one way in which a record changes: read → decide → write, on the version that was decided on. A settled move's request is taken
 * out of the twin first, and its verdict is written with its history; a request that could not be taken out stays in the record, for
 * the sweep.
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
    const { record, settled } = await cleared(ledger, entry);
    const outcome = await deadline(storeTimeoutMs, (signal) =>
      records.write(key, record, kept?.version, signal, settled),
    );
    if (outcome === 'written') return said;
    kept = undefined;
  }
  throw new Error('The record changed with every attempt.');
};

const cleared = async (ledger: Ledger, entry: LedgerEntry): Promise<LedgerEntry> =>
  entry.settled?.move.inTwin
    ? { ...entry, record: await clearLeftover(ledger, entry.record) }
    : entry;

/** Between two tries to take a request out of a twin. */
const clearAgainMs = 5 * 60_000;

/** Takes a settled move's request out of the twins where it may stand. */
export const clearLeftover = async (
  { signal }: Pick<Ledger, 'signal'>,
  record: DeviceRecord,
): Promise<DeviceRecord> => {
  const { leftover, deviceId } = record;
  if (!leftover) return record;
  const { move, hubs, nextAt } = leftover;
  const done = await Promise.all(hubs.map((hub) => signal.clear({ hub, deviceId }, move)));
  const left = hubs.filter((_, index) => !done[index]);
  if (left.length === 0) return { ...record, leftover: undefined };
  return { ...record, leftover: { move, hubs: left, nextAt: later(nextAt) } };
};

const later = (at: Leftover['nextAt']): Leftover['nextAt'] => instant(at + clearAgainMs);
