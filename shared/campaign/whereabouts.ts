import { type DeviceRecord, observedOn } from '../domain/device.ts';
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
  const { observed } = record;
  const { hub, at } = seen;
  if (observed && at <= observed.at) return record;
  if (observed?.hub === hub) return confirmed(record, seen);
  // While a move is on, an identity that is made at its source is no news of where the device lives.
  if (record.move && hub === record.move.from && seen.kind === 'created') return record;
  return observedOn(record, { hub, at });
};

/** Seen again where it was known to be: what was wrong with that is over, and what was pending there confirmed. */
const confirmed = (record: DeviceRecord, seen: Evidence): DeviceRecord => {
  const { finding, pending, observed } = record;
  const isStray = finding?.kind === 'stray' || finding?.kind === 'contested';
  const isOver = finding && !isStray && seen.at > finding.since;
  const isMended = isOver && (finding.kind !== 'splitHome' || isSignOfLife(seen));
  const isConfirmed = pending?.hub === seen.hub && seen.at > pending.firstAt;
  if (!isMended && !isConfirmed) return record;
  const { observed: _same, ...now } = observedOn(record, { hub: seen.hub, at: seen.at });
  return { ...now, observed, finding: isMended ? now.finding : finding };
};

/** A split home is mended by the device itself alone. */
const isSignOfLife = ({ kind }: Evidence): boolean => kind === 'active' || kind === 'said';

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
 * A device after a look at several hubs at once, now. The one that holds its identity alone is where it is. Of several, those where it is not
 * observed are ghosts; and where it is connected to none of them, its home is split.
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
  const isAtWork = looked.some(({ kind, at }) => kind === 'active' && at >= now);
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
  const absent =
    atDps === 'absent' &&
    looked.every(({ kind }) => kind === 'absent') &&
    looked.some(({ hub }) => hub === finding.hub);
  return absent
    ? { ...known, finding: { ...finding, kind: 'decommissioned', nextAt: undefined } }
    : { ...known, finding: { ...finding, nextAt: instant(now + missingLookAgainMs) } };
};
