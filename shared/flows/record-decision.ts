import { decisionOf } from '../allocation/decision.ts';
import { complement, isNewer, remember } from '../allocation/remember.ts';
import { deviceKey } from '../domain/device.ts';
import { enrollmentKey } from '../domain/enrollment.ts';
import type { Deadline } from '../ports/deadline.ts';
import { type DeviceRecords, unreadable } from '../ports/device-records.ts';
import type { Enrollments } from '../ports/enrollments.ts';
import type { LateDecision } from '../ports/late-decisions.ts';
import { inParallel } from './in-parallel.ts';

/**
 * Read → remember → write, for a decision that was answered without the store; nothing when the record knows better by now.
 *
 * @throws Error when it was not written: it is to be tried again.
 */
export type RecordDecision = (late: LateDecision, signal: AbortSignal) => Promise<void>;

type Store = { readonly records: DeviceRecords; readonly enrollments: Enrollments };

export const recordDecision =
  ({ records, enrollments }: Store): RecordDecision =>
  async ({ asked, allocation, decidedAt }, signal) => {
    const key = deviceKey(asked.scope, asked.deviceId);
    const enrollment = await enrollments.read(enrollmentKey(asked.scope, asked.enrollment), signal);
    // What is known of it may be newer than what was told then.
    if (!enrollment) await enrollments.learn(asked.scope, asked.enrollment, signal);
    const kept = await records.read(key, signal);
    signal.throwIfAborted();
    const next =
      kept && isNewer(kept.record, decidedAt)
        ? complement(kept.record, asked, allocation, decidedAt)
        : remember(kept?.record, asked, allocation, decidedAt);
    if (!next) return;
    const outcome = await records.write(
      key,
      next,
      kept?.version,
      signal,
      undefined,
      decisionOf(asked, allocation, decidedAt, undefined),
    );
    if (outcome === 'superseded') throw new Error('The record changed meanwhile.');
  };

/** Answers those that can never be written, each with why: the record of its device is none of ours. */
export type RecordDecisions = (late: readonly LateDecision[]) => Promise<readonly Unrecordable[]>;

export type Unrecordable = { readonly late: LateDecision; readonly because: string };

const timeoutMs = 5_000;
const atOnceMax = 16;

/** A batch, in which one device may come more than once: each device's in order. A fault throws, and the batch comes again. */
export const recordDecisions =
  (record: RecordDecision, deadline: Deadline): RecordDecisions =>
  async (late) => {
    const keyOf = ({ asked }: LateDecision): string => deviceKey(asked.scope, asked.deviceId).id;
    const never: Unrecordable[] = [];
    const tryOne = (one: LateDecision): Promise<void> =>
      deadline(timeoutMs, (signal) => record(one, signal)).catch((fault: unknown) => {
        if (!(fault instanceof Error) || fault.name !== unreadable) throw fault;
        never.push({ late: one, because: fault.message });
      });
    await inParallel([...Map.groupBy(late, keyOf).values()], atOnceMax, async (ofOne) => {
      for (const one of ofOne) await tryOne(one);
    });
    return never;
  };
