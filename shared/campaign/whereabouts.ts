import type { DeviceRecord, Finding, Observation } from '../domain/device.ts';
import { instant } from '../domain/instant.ts';
import { type Evidence, isWord, shows } from './evidence.ts';

/**
 * What evidence changes in where a device is known to be, whether it has a move or not; the record itself when nothing. [M4] The newest
 * sight wins, in whatever order they come. [M7] That its identity was deleted makes it missing, and no more.
 */
export const whereaboutsAfter = (
  record: DeviceRecord,
  evidence: readonly Evidence[],
): DeviceRecord => evidence.reduce(after, record);

const after = (record: DeviceRecord, seen: Evidence): DeviceRecord => {
  const held = shows(seen);
  if (held === true) return foundOn(record, seen);
  return held === false ? goneFrom(record, seen) : record;
};

const foundOn = (record: DeviceRecord, seen: Evidence): DeviceRecord => {
  const { observed, finding } = record;
  const { hub, at } = seen;
  if (observed && at <= observed.at) return record;
  if (observed?.hub === hub) {
    const lost = finding?.kind === 'missing' || finding?.kind === 'decommissioned';
    return lost && at > finding.since ? { ...record, finding: strayed(record, seen) } : record;
  }
  // While a move is on, the source's record of the device is no news of where it lives.
  if (record.move && hub === record.move.from && !isWord(seen)) return record;
  return { ...record, observed: { hub, at }, finding: strayed(record, seen) };
};

/** A device that has no home yet, or is being moved, is nowhere astray. */
const strayed = ({ home, move }: DeviceRecord, { hub, at }: Observation): Finding | undefined =>
  home === undefined || home === hub || move
    ? undefined
    : { kind: 'stray', hub, since: at, nextAt: undefined };

const goneFrom = (record: DeviceRecord, { hub, at }: Evidence): DeviceRecord => {
  const { observed, finding, move } = record;
  if (move || observed?.hub !== hub || at < observed.at) return record; // a move looks for itself
  if (finding?.kind === 'missing' || finding?.kind === 'decommissioned') return record;
  const nextAt = instant(at + missingLookMs);
  return { ...record, finding: { kind: 'missing', hub, since: at, nextAt } };
};

/** How long after its identity was deleted a device that turned up nowhere is looked for: it may be between two hubs. */
export const missingLookMs = 15 * 60_000;

/** How often one is looked for that could be neither found nor given up. */
const missingLookAgainMs = 24 * 60 * 60_000;

/**
 * [M7] A missing device after it was looked for on every linked hub and at DPS: found again; decommissioned, when it is absent from all
 * of them; else to be looked for once more.
 */
export const missingAfter = (
  record: DeviceRecord,
  looked: readonly Evidence[],
  atDps: 'found' | 'absent' | 'silent',
  now: Evidence['at'],
): DeviceRecord => {
  const { finding, ...known } = whereaboutsAfter(record, looked);
  if (finding?.kind !== 'missing') return { ...known, finding };
  const absent = atDps === 'absent' && looked.every(({ kind }) => kind === 'absent');
  return absent
    ? { ...known, finding: { ...finding, kind: 'decommissioned', nextAt: undefined } }
    : { ...known, finding: { ...finding, nextAt: instant(now + missingLookAgainMs) } };
};
