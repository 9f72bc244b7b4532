import type { AllocationQuestion } from '../allocation/allocate.ts';
import { type Explanation, explain } from '../allocation/explain.ts';
import { questionOf, type Registration } from '../allocation/registration.ts';
import { type Roster, rosterOf } from '../allocation/roster.ts';
import { type DeviceRecord, deviceKey } from '../domain/device.ts';
import type { Enrollment } from '../domain/enrollment.ts';
import type { Scope } from '../domain/scope.ts';
import type { ValvesNow } from '../ports/campaigns.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { DeviceRecords } from '../ports/device-records.ts';
import type { Enrollments } from '../ports/enrollments.ts';
import type { HubTables } from '../ports/hub-tables.ts';
import type { Policies } from '../ports/policies.ts';
import { readValve } from './read-valve.ts';

/** What DPS would be answered now, and why. Nothing is written. */
export type ExplainDevice = {
  /** A device that is known, as if it registered now and sent nothing. */
  readonly known: (scope: Scope, deviceId: string) => Promise<Explained | Unexplained>;
  /** Any registration, as DPS would ask it. */
  readonly asked: (registration: Registration) => Promise<Explained>;
};

export type Explained = Explanation & {
  readonly kind: 'explained';
  readonly question: AllocationQuestion;
  readonly roster: Roster;
};

export type Unexplained = {
  readonly kind: 'unknown-device' | 'unknown-enrollment';
};

type Ports = {
  readonly records: DeviceRecords;
  readonly enrollments: Enrollments;
  readonly hubTables: HubTables;
  readonly policies: Policies;
  readonly valves: ValvesNow;
  readonly clock: Clock;
  readonly deadline: Deadline;
};

const timeoutMs = 5_000;

export const explainDevice = (ports: Ports, slackPercent: number): ExplainDevice => {
  const { records, enrollments, deadline } = ports;
  const read = (scope: Scope, deviceId: string) =>
    deadline(timeoutMs, (signal) => records.read(deviceKey(scope, deviceId), signal));
  return {
    known: async (scope, deviceId) => {
      const record = (await read(scope, deviceId))?.record;
      if (!record) return { kind: 'unknown-device' };
      const key = record.enrollment;
      const enrollment =
        key === undefined
          ? undefined
          : await deadline(timeoutMs, (signal) => enrollments.read(key, signal));
      const linked = enrollment && linkedOf(record, enrollment);
      if (!linked) return { kind: 'unknown-enrollment' };
      return answer(ports, slackPercent, callOf(record, enrollment, linked), record);
    },
    asked: async (registration) => {
      const record = (await read(registration.scope, registration.deviceId))?.record;
      return answer(ports, slackPercent, registration, record);
    },
  };
};

/** DPS would name all hubs that the enrollment's last call named; under never-reprovision only the device's own. */
const linkedOf = (
  { observed }: DeviceRecord,
  { reprovision, linked }: Enrollment,
): Enrollment['linked'] => (reprovision === 'never' && observed ? [observed.hub] : linked);

const callOf = (
  { scope, registrationId, deviceId, observed }: DeviceRecord,
  enrollment: Enrollment,
  linkedHubs: readonly string[],
): Registration => ({
  scope,
  registrationId,
  deviceId,
  enrollment,
  linkedHubs,
  currentHub: observed?.hub,
  requestId: undefined,
  payload: undefined,
  region: undefined,
  latencies: new Map(),
});

const answer = async (
  { hubTables, policies, valves, clock }: Ports,
  slackPercent: number,
  registration: Registration,
  record: DeviceRecord | undefined,
): Promise<Explained> => {
  const [table, policy] = await Promise.all([hubTables.known(), policies.known()]);
  const roster = rosterOf(table, policy, slackPercent);
  const now = clock.now();
  const shut = await readValve(valves, record, now);
  const question = questionOf(registration, record, now, shut === undefined);
  return { kind: 'explained', ...explain(question, roster), question, roster };
};
