import type { DeviceRecord, Finding, Observation } from '../domain/device.ts';
import type { HubHostName } from '../domain/hub.ts';
import { type Instant, instant } from '../domain/instant.ts';
import type { Evidence } from './evidence.ts';

/**
 * What evidence changes in where a device is known to be, whether it has a move or not; the record itself when nothing. [M4] The newest
 * sight wins, in whatever order they come. [M7] That its identity was deleted makes it missing, and no more. That a look found an
 * identity says nothing of where the device is: it may have been left behind.
 */
export const whereaboutsAfter = (
  record: DeviceRecord,
  evidence: readonly Evidence[],
): DeviceRecord => evidence.reduce(after, record);

const after = (record: DeviceRecord, seen: Evidence): DeviceRecord => {
  switch (seen.kind) {
    case 'created':
    case 'active':
    case 'said':
      return seenOn(record, seen);
    case 'found':
      return seen.hub === record.observed?.hub ? seenOn(record, seen) : record;
    case 'absent':
      return goneFrom(record, seen);
    case 'silent':
      return record;
  }
};

const seenOn = (record: DeviceRecord, seen: Evidence): DeviceRecord => {
  const { observed, finding } = record;
  const { hub, at } = seen;
  if (observed && at <= observed.at) return record;
  if (observed?.hub === hub) {
    const isOver = finding && finding.kind !== 'stray' && at > finding.since && isOf(finding, seen);
    return isOver ? { ...record, finding: strayed(record, seen) } : record;
  }
  // While a move is on, an identity that is made at its source is no news of where the device lives.
  if (record.move && hub === record.move.from && seen.kind === 'created') return record;
  const ghosts = record.ghosts.filter((ghost) => ghost !== hub);
  // An answer is pending until the device turns up where it was sent.
  const pending = record.pending?.hub === hub ? undefined : record.pending;
  return { ...record, observed: { hub, at }, pending, ghosts, finding: strayed(record, seen) };
};

/** A split home is mended by a sign of the device itself alone. */
const isOf = ({ kind }: Finding, seen: Evidence): boolean =>
  kind !== 'splitHome' || seen.kind === 'active' || seen.kind === 'said';

/** A device that has no home yet, or is being moved, is nowhere astray. */
const strayed = ({ home, move }: DeviceRecord, { hub, at }: Observation): Finding | undefined =>
  home === undefined || home === hub || move
    ? undefined
    : { kind: 'stray', hub, since: at, nextAt: undefined };

const goneFrom = (record: DeviceRecord, { hub, at }: Evidence): DeviceRecord => {
  const { observed, finding, move, ghosts } = record;
  if (ghosts.includes(hub)) return { ...record, ghosts: ghosts.filter((ghost) => ghost !== hub) };
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
 * A device after a look at several hubs at once. The one that holds its identity alone is where it is. Of several, those where it is not
 * observed are ghosts; and where it is at work on none of them, its home is split.
 */
export const lookedFor = (
  record: DeviceRecord,
  looked: readonly Evidence[],
  now: Instant,
): DeviceRecord => {
  const known = whereaboutsAfter(record, looked);
  const holders = hubsOf(looked, 'found');
  const [only] = holders;
  const observed = known.observed?.hub;
  if (only === undefined) return known;
  const isGone = observed === undefined || hubsOf(looked, 'absent').includes(observed);
  const moved = isGone ? seenOn(known, { kind: 'created', hub: only, at: now }) : known;
  const lives = moved.observed?.hub ?? only;
  const ghosts = [...new Set([...moved.ghosts, ...holders])].filter((hub) => hub !== lives);
  if (ghosts.every((hub) => moved.ghosts.includes(hub))) return moved;
  const isAtWork = hubsOf(looked, 'active').some((hub) => holders.includes(hub));
  const split = { kind: 'splitHome', hub: lives, since: now, nextAt: undefined } as const;
  return { ...moved, ghosts, finding: isAtWork ? moved.finding : split };
};

const hubsOf = (looked: readonly Evidence[], kind: Evidence['kind']): readonly HubHostName[] =>
  looked.filter((seen) => seen.kind === kind).map(({ hub }) => hub);

/**
 * [M7] A missing device after it was looked for on every linked hub and at DPS: found again; decommissioned, when it is absent from all
 * of them; else to be looked for once more.
 */
export const missingAfter = (
  record: DeviceRecord,
  looked: readonly Evidence[],
  atDps: 'found' | 'absent' | 'silent',
  now: Instant,
): DeviceRecord => {
  const { finding, ...known } = lookedFor(record, looked, now);
  if (finding?.kind !== 'missing') return { ...known, finding };
  const absent = atDps === 'absent' && looked.every(({ kind }) => kind === 'absent');
  return absent
    ? { ...known, finding: { ...finding, kind: 'decommissioned', nextAt: undefined } }
    : { ...known, finding: { ...finding, nextAt: instant(now + missingLookAgainMs) } };
};
