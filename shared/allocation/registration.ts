import type { DeviceRecord, RegistrationId } from '../domain/device.ts';
import type { Enrollment } from '../domain/enrollment.ts';
import type { HubHostName } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import { moveOf } from '../domain/move.ts';
import type { Scope } from '../domain/scope.ts';
import type { AllocationQuestion } from './allocate.ts';
import type { DeviceFacts } from './placement.ts';

/** A device registers: what its DPS tells of it. */
export type Registration = {
  readonly scope: Scope;
  readonly registrationId: RegistrationId;
  readonly deviceId: string;
  readonly enrollment: Enrollment;
  /** At least one, as DPS spelled them, in no order that means anything. */
  readonly linkedHubs: readonly string[];
  readonly currentHub: HubHostName | undefined;
  /** The request that made the device register, as it says itself; undefined when it came by itself. */
  readonly requestId: string | undefined;
  /** What the device sends, for rules to look at: JSON of its own making. It is kept nowhere. */
  readonly payload: unknown;
  /** Where the device says that it is. */
  readonly region: string | undefined;
  readonly latencies: ReadonlyMap<string, number>;
};

/** What rules may look at of a device that does not register now: all but what it sends. */
export const factsOf = (
  { scope, registrationId, labels }: Pick<DeviceRecord, 'scope' | 'registrationId' | 'labels'>,
  enrollment: DeviceFacts['enrollment'],
): DeviceFacts => ({
  scope,
  enrollment,
  registrationId,
  labels,
  payload: undefined,
  region: labels['region']?.toLowerCase(),
  latencies: new Map(),
  applied: undefined,
});

/** A call, and what is known of the device by then, as the question that is decided. */
export const questionOf = (
  { scope, registrationId, enrollment, linkedHubs, currentHub, ...told }: Registration,
  record: DeviceRecord | undefined,
  now: Instant,
  /** Whether its campaign lets the device's move through. */
  isReleased = true,
): AllocationQuestion => {
  const facts = factsOf({ scope, registrationId, labels: record?.labels ?? {} }, enrollment);
  return {
    registrationId,
    linkedHubs,
    currentHub,
    reprovision: enrollment.reprovision,
    facts: {
      ...facts,
      payload: told.payload,
      region: facts.region ?? told.region,
      latencies: told.latencies,
    },
    triedInVain: triedInVain(record),
    released: isReleased ? releasedTo(record, now) : undefined,
    isQuarantined: record?.quarantine !== undefined,
  };
};

/** Calls with one answer after which that hub counts as tried in vain. */
const callsInVain = 2;

/** Hubs that this device was answered and never turned up on: its next answer passes them over. */
const triedInVain = (record: DeviceRecord | undefined): ReadonlySet<HubHostName> => {
  const { pending } = record ?? {};
  if (!pending) return nowhere;
  return new Set(pending.calls < callsInVain ? pending.tried : [...pending.tried, pending.hub]);
};

const nowhere: ReadonlySet<HubHostName> = new Set<HubHostName>([]);

/** The hub that the valve is open to: the target of an open move, inside its window, of a device that is not pinned since. */
const releasedTo = (record: DeviceRecord | undefined, now: Instant): HubHostName | undefined => {
  const { move, pin } = record ?? {};
  const isHeld = pin !== undefined && !move?.yieldsPin;
  return move && !isHeld && now >= move.notBefore && now <= move.notAfter ? move.to : undefined;
};

/** Whether the device acts on a request of a move that this record does not know: what was read may be old, and is read again. */
export const isStale = (
  record: DeviceRecord | undefined,
  { requestId }: Pick<Registration, 'requestId'>,
): boolean => {
  const move = requestId === undefined ? undefined : moveOf(requestId);
  return move !== undefined && move !== record?.move?.id;
};
