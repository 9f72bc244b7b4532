import {
  type DeviceRecord,
  newDeviceRecord,
  observedOn,
  type PendingAnswer,
  type Quarantine,
} from '../domain/device.ts';
import { enrollmentKey } from '../domain/enrollment.ts';
import { type HubHostName, hubHostName } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import type { Allocation } from './allocate.ts';
import type { Registration } from './registration.ts';

/** What of a call is remembered. */
export type Remembered = Pick<
  Registration,
  'scope' | 'deviceId' | 'registrationId' | 'enrollment' | 'currentHub'
>;

/**
 * What an answer changes in the device's record; undefined when nothing, as for every sticky repeat. That DPS names a current hub is
 * evidence, and confirms a pending answer; an answer alone is none, and the target of a move stands in the record already. Deciding
 * twice is harmless: the second time finds the first.
 */
export const remember = (
  record: DeviceRecord | undefined,
  asked: Remembered,
  { hub, because, rules }: Pick<Allocation, 'hub' | 'because' | 'rules'>,
  now: Instant,
  /** Whether a move of it tells what becomes of the answer. */
  moves = because === 'moving',
): DeviceRecord | undefined => {
  const { scope, registrationId, currentHub } = asked;
  const answered = hubHostName(hub);
  const stays = answered === currentHub || moves;
  const before = record ?? newDeviceRecord(scope, asked.deviceId, { registrationId });
  const known: DeviceRecord = {
    ...before,
    registrationId,
    deviceId: spelledBy(asked, before) || isUntold(before) ? asked.deviceId : before.deviceId,
    home: stays ? (before.home ?? currentHub) : answered,
    enrollment: enrollmentKey(scope, asked.enrollment),
    pending: moves ? before.pending : stays ? undefined : pend(before.pending, answered, now),
    conflictsWith: conflict(record, asked),
    quarantine: before.quarantine ?? (because === 'quarantined' ? begun(rules, now) : undefined),
  };
  const isNews = currentHub !== undefined && currentHub !== before.observed?.hub;
  const next = isNews ? observedOn(known, { hub: currentHub, at: now }) : known;
  return record && isSame(record, next) ? undefined : next;
};

/** A rule has put it there: it stays, until somebody lets it return. */
const begun = (rules: readonly string[], now: Instant): Quarantine => ({
  since: now,
  because: `rule ${rules.join(', ')}`,
  by: 'policy',
  returnTo: undefined,
});

/** Until DPS names it, a device goes by its registration id, which may be spelled otherwise. */
const spelledBy = (
  { currentHub, deviceId, registrationId }: Remembered,
  known: DeviceRecord,
): boolean =>
  currentHub !== undefined &&
  known.registrationId === registrationId &&
  known.deviceId.toLowerCase() === registrationId &&
  deviceId.toLowerCase() === registrationId;

/** Somebody has labelled it before it came: DPS knows better how it is spelled. */
const isUntold = ({ observed, enrollment, pending }: DeviceRecord): boolean =>
  observed === undefined && enrollment === undefined && pending === undefined;

const isSame = (record: DeviceRecord, next: DeviceRecord): boolean =>
  next.deviceId === record.deviceId &&
  next.home === record.home &&
  next.observed === record.observed &&
  next.enrollment === record.enrollment &&
  next.pending === record.pending &&
  next.conflictsWith === record.conflictsWith &&
  next.quarantine === record.quarantine;

/** Whether the record already tells of something at or after that time: a decision of before is then not written over it. */
export const isNewer = ({ observed, pending }: DeviceRecord, than: Instant): boolean =>
  Math.max(observed?.at ?? 0, pending?.lastAt ?? 0) >= than;

/**
 * What a decision of before still tells a record that knows better where the device is, as from an event of its hub that came first: by
 * which enrollment it registered. undefined when it tells nothing.
 */
export const complement = (
  record: DeviceRecord,
  { scope, enrollment, registrationId }: Remembered,
  { hub, because, rules }: Pick<Allocation, 'hub' | 'because' | 'rules'>,
  now: Instant,
): DeviceRecord | undefined => {
  if (record.enrollment !== undefined) return undefined;
  const isExiled = because === 'quarantined' && record.observed?.hub === hubHostName(hub);
  return {
    ...record,
    registrationId,
    enrollment: enrollmentKey(scope, enrollment),
    home: record.home ?? record.observed?.hub,
    quarantine: record.quarantine ?? (isExiled ? begun(rules, now) : undefined),
  };
};

/** What a change tells of an answer that was pending: that the device turned up there, or that it was given up. */
export const outcomeOf = (
  before: DeviceRecord | undefined,
  after: DeviceRecord,
): { readonly hub: HubHostName; readonly kind: 'confirmed' | 'inVain' } | undefined => {
  const { pending } = before ?? {};
  if (!pending || pending.hub === after.pending?.hub) return undefined;
  if (after.observed?.hub === pending.hub) return { hub: pending.hub, kind: 'confirmed' };
  return after.pending?.tried.includes(pending.hub)
    ? { hub: pending.hub, kind: 'inVain' }
    : undefined;
};

const pend = (before: PendingAnswer | undefined, hub: HubHostName, now: Instant): PendingAnswer => {
  if (before?.hub === hub) return { ...before, calls: before.calls + 1, lastAt: now };
  const tried = before ? [...new Set([...before.tried, before.hub])] : [];
  return { hub, calls: 1, firstAt: now, lastAt: now, tried };
};

const conflict = (record: DeviceRecord | undefined, asked: Remembered): string | undefined => {
  const { deviceId } = asked;
  if (
    !record ||
    isUntold(record) ||
    spelledBy(asked, record) ||
    record.deviceId === deviceId ||
    record.registrationId === deviceId
  ) {
    return record?.conflictsWith;
  }
  return deviceId;
};
