import {
  type DeviceRecord,
  newDeviceRecord,
  observedOn,
  type PendingAnswer,
} from '../domain/device.ts';
import { type Enrollment, enrollmentKey } from '../domain/enrollment.ts';
import { type HubHostName, hubHostName } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import { moveOf } from '../domain/move.ts';
import type { Scope } from '../domain/scope.ts';
import type { Allocation, AllocationQuestion } from './allocate.ts';

export type Asked = AllocationQuestion & {
  readonly scope: Scope;
  readonly deviceId: string;
  readonly enrollment: Enrollment;
  /** The request that made the device register, as it says itself; undefined when it came by itself. */
  readonly requestId: string | undefined;
};

/** Calls with one answer after which that hub counts as tried in vain. */
const callsInVain = 2;

/** Hubs that this device was answered and never turned up on: its next answer passes them over. */
export const triedInVain = (record: DeviceRecord | undefined): ReadonlySet<HubHostName> => {
  const { pending } = record ?? {};
  if (!pending) return new Set();
  return new Set(pending.calls < callsInVain ? pending.tried : [...pending.tried, pending.hub]);
};

/** The hub that the valve is open to: the target of an open move, inside its window. */
export const releasedTo = (
  record: DeviceRecord | undefined,
  now: Instant,
): HubHostName | undefined => {
  const { move } = record ?? {};
  return move && now >= move.notBefore && now <= move.notAfter ? move.to : undefined;
};

/** Whether the device acts on a request of a move that this record does not know: what was read may be old, and is read again. */
export const isStale = (record: DeviceRecord | undefined, { requestId }: Asked): boolean => {
  const move = requestId === undefined ? undefined : moveOf(requestId);
  return move !== undefined && move !== record?.move?.id;
};

/**
 * What an answer changes in the device's record; undefined when nothing, as for every sticky repeat. That DPS names a current hub is
 * evidence, and confirms a pending answer; an answer alone is none, and the target of a move stands in the record already. Deciding
 * twice is harmless: the second time finds the first.
 */
export const remember = (
  record: DeviceRecord | undefined,
  asked: Asked,
  { hub, because }: Allocation,
  now: Instant,
): DeviceRecord | undefined => {
  const { scope, registrationId, currentHub } = asked;
  const answered = hubHostName(hub);
  const moves = because === 'moving';
  const stays = answered === currentHub || moves;
  const before = record ?? newDeviceRecord(scope, asked.deviceId, { registrationId });
  const known: DeviceRecord = {
    ...before,
    registrationId,
    deviceId: spelledBy(asked, before) ? asked.deviceId : before.deviceId,
    home: stays ? (before.home ?? currentHub) : answered,
    enrollment: enrollmentKey(scope, asked.enrollment),
    pending: moves ? before.pending : stays ? undefined : pend(before.pending, answered, now),
    conflictsWith: conflict(record, asked),
  };
  const isNews = currentHub !== undefined && currentHub !== before.observed?.hub;
  const next = isNews ? observedOn(known, { hub: currentHub, at: now }) : known;
  return record && isSame(record, next) ? undefined : next;
};

/** Until DPS names it, a device goes by its registration id, which may be spelled otherwise. */
const spelledBy = ({ currentHub, deviceId, registrationId }: Asked, known: DeviceRecord): boolean =>
  currentHub !== undefined &&
  known.registrationId === registrationId &&
  known.deviceId.toLowerCase() === registrationId &&
  deviceId.toLowerCase() === registrationId;

const isSame = (record: DeviceRecord, next: DeviceRecord): boolean =>
  next.deviceId === record.deviceId &&
  next.home === record.home &&
  next.observed === record.observed &&
  next.enrollment === record.enrollment &&
  next.pending === record.pending &&
  next.conflictsWith === record.conflictsWith;

/** Whether the record already tells of something at or after that time: a decision of before is then not written over it. */
export const isNewer = ({ observed, pending }: DeviceRecord, than: Instant): boolean =>
  Math.max(observed?.at ?? 0, pending?.lastAt ?? 0) >= than;

const pend = (before: PendingAnswer | undefined, hub: HubHostName, now: Instant): PendingAnswer => {
  if (before?.hub === hub) return { ...before, calls: before.calls + 1, lastAt: now };
  const tried = before ? [...new Set([...before.tried, before.hub])] : [];
  return { hub, calls: 1, firstAt: now, lastAt: now, tried };
};

const conflict = (record: DeviceRecord | undefined, asked: Asked): string | undefined => {
  const { deviceId } = asked;
  if (
    !record ||
    spelledBy(asked, record) ||
    record.deviceId === deviceId ||
    record.registrationId === deviceId
  ) {
    return record?.conflictsWith;
  }
  return deviceId;
};
