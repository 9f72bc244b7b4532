import type { DeviceRecord, Observation, PendingAnswer } from '../domain/device.ts';
import { type HubHostName, hubHostName } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import type { Scope } from '../domain/scope.ts';
import type { Allocation, AllocationQuestion } from './allocate.ts';

export type Asked = AllocationQuestion & {
  readonly scope: Scope;
  readonly deviceId: string;
};

/** Calls with one answer after which that hub counts as tried in vain. */
const callsInVain = 2;

/** Hubs that this device was answered and never turned up on: its next answer passes them over. */
export const triedInVain = (record: DeviceRecord | undefined): ReadonlySet<HubHostName> => {
  const { pending } = record ?? {};
  if (!pending) return new Set();
  return new Set(pending.calls < callsInVain ? pending.tried : [...pending.tried, pending.hub]);
};

/**
 * What an answer changes in the device's record; undefined when nothing, as for every sticky repeat. That DPS names a current hub is
 * evidence, and confirms a pending answer; an answer alone is none. Deciding twice is harmless: the second time finds the first.
 */
export const remember = (
  record: DeviceRecord | undefined,
  asked: Asked,
  { hub }: Allocation,
  now: Instant,
): DeviceRecord | undefined => {
  const answered = hubHostName(hub);
  const observed = observe(record, asked.currentHub, now);
  const pending = answered === asked.currentHub ? undefined : pend(record?.pending, answered, now);
  const conflictsWith = conflict(record, asked);
  if (
    record &&
    observed === record.observed &&
    pending === record.pending &&
    conflictsWith === record.conflictsWith
  ) {
    return undefined;
  }
  const { scope, registrationId } = asked;
  const deviceId = record?.deviceId ?? asked.deviceId;
  return { scope, deviceId, registrationId, observed, pending, conflictsWith };
};

/** Whether the record already tells of something at or after that time: a decision of before is then not written over it. */
export const isNewer = ({ observed, pending }: DeviceRecord, than: Instant): boolean =>
  Math.max(observed?.at ?? 0, pending?.lastAt ?? 0) >= than;

const observe = (
  record: DeviceRecord | undefined,
  currentHub: HubHostName | undefined,
  now: Instant,
): Observation | undefined => {
  const known = record?.observed;
  if (currentHub === undefined || currentHub === known?.hub) return known;
  return { hub: currentHub, at: now };
};

const pend = (before: PendingAnswer | undefined, hub: HubHostName, now: Instant): PendingAnswer => {
  if (before?.hub === hub) return { ...before, calls: before.calls + 1, lastAt: now };
  const tried = before ? [...new Set([...before.tried, before.hub])] : [];
  return { hub, calls: 1, firstAt: now, lastAt: now, tried };
};

const conflict = (record: DeviceRecord | undefined, { deviceId }: Asked): string | undefined => {
  if (!record || record.deviceId === deviceId || record.registrationId === deviceId) {
    return record?.conflictsWith;
  }
  return deviceId;
};
