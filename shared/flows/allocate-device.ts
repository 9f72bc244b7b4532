import { type Allocation, allocate } from '../allocation/allocate.ts';
import { isNewer, isStale, releasedTo, remember, triedInVain } from '../allocation/remember.ts';
import { deviceKey } from '../domain/device.ts';
import type { HubTable } from '../domain/hub-table.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { DeviceRecords } from '../ports/device-records.ts';
import type { Enrollments } from '../ports/enrollments.ts';
import type { HubTables } from '../ports/hub-tables.ts';
import type { AllocationRequest, LateDecision, LateDecisions } from '../ports/late-decisions.ts';

export type AllocateDevice = (asked: AllocationRequest) => Promise<AllocationDecision>;

export type AllocationDecision = Allocation & {
  /** How old the hub table was that the decision stands on: [A4] holds across instances up to rate × this age. */
  readonly snapshotAgeMs: number;
  /** Why the device's record could not be read or written in time; undefined when it could. */
  readonly storeFault: string | undefined;
};

type Store = {
  readonly records: DeviceRecords;
  readonly enrollments: Enrollments;
  readonly clock: Clock;
};

type Ports = Store & {
  readonly hubTables: HubTables;
  readonly lateDecisions: LateDecisions;
  readonly deadline: Deadline;
};

export type AllocationLimits = {
  /** ε of the bound, in percent. */
  readonly slackPercent: number;
  /** How long the store may take, before the answer is given without it. */
  readonly storeTimeoutMs: number;
};

/**
 * Snapshot and record → decide → write what changed → answer. [A7] A store that is slow or gone costs the record its place in the answer,
 * never the answer: it is then given statelessly, no resident moved that would not be otherwise, flagged, and the record follows later.
 */
export const allocateDevice =
  (
    { hubTables, lateDecisions, deadline, ...store }: Ports,
    { slackPercent, storeTimeoutMs }: AllocationLimits,
  ): AllocateDevice =>
  async (asked) => {
    const decidedAt = store.clock.now();
    const aged = (allocation: Allocation, { takenAt }: HubTable, storeFault?: string) => ({
      ...allocation,
      snapshotAgeMs: decidedAt - takenAt,
      storeFault,
    });
    try {
      return await deadline(storeTimeoutMs, async (signal) => {
        const table = await hubTables.known();
        return aged(await decide(store, asked, table, slackPercent, signal), table);
      });
    } catch (fault) {
      const table = hubTables.latest();
      const allocation = { ...allocate(asked, table, slackPercent), degraded: true };
      lateDecisions.keep({ asked, allocation, decidedAt });
      return aged(allocation, table, fault instanceof Error ? fault.message : String(fault));
    }
  };

/** Another instance may answer the same device at the same time: whoever is superseded decides again, on what the other wrote. */
const attemptsMax = 5;

const decide = async (
  { records, enrollments, clock }: Store,
  asked: AllocationRequest,
  table: HubTable,
  slackPercent: number,
  signal: AbortSignal,
): Promise<Allocation> => {
  const key = deviceKey(asked.scope, asked.deviceId);
  // What is not learnt now is told again by the next call: a device on its way must not wait for it.
  const learnt = enrollments.learn(asked.scope, asked.enrollment, signal).catch(() => undefined);
  for (let attempt = 1; ; attempt += 1) {
    const [first] = await Promise.all([records.read(key, signal), learnt]);
    const kept = isStale(first?.record, asked) ? await records.read(key, signal) : first;
    signal.throwIfAborted(); // the device has been answered without the store by now
    const now = clock.now();
    const released = releasedTo(kept?.record, now);
    const question = { ...asked, triedInVain: triedInVain(kept?.record), released };
    const allocation = allocate(question, table, slackPercent);
    const next = remember(kept?.record, asked, allocation, now);
    if (!next) return allocation;
    const outcome = await records.write(key, next, kept?.version, signal);
    if (outcome === 'written') return allocation;
    if (attempt === attemptsMax) throw new Error('The record changed with every attempt.');
  }
};

export type RecordDecision = (late: LateDecision, signal: AbortSignal) => Promise<void>;

/** Read → remember → write, for a decision that was answered without the store; nothing when the record knows better by now. */
export const recordDecision =
  ({ records, enrollments }: Omit<Store, 'clock'>): RecordDecision =>
  async ({ asked, allocation, decidedAt }, signal) => {
    const key = deviceKey(asked.scope, asked.deviceId);
    await enrollments.learn(asked.scope, asked.enrollment, signal);
    const kept = await records.read(key, signal);
    signal.throwIfAborted();
    if (kept && isNewer(kept.record, decidedAt)) return;
    const next = remember(kept?.record, asked, allocation, decidedAt);
    if (!next) return;
    const outcome = await records.write(key, next, kept?.version, signal);
    if (outcome === 'superseded') throw new Error('The record changed meanwhile.');
  };
