import type { RecordDecision } from '../../flows/record-decision.ts';
import type { Deadline } from '../../ports/deadline.ts';
import { unreadable } from '../../ports/device-records.ts';
import type { LateDecision, LateDecisions } from '../../ports/late-decisions.ts';

export type LateLimits = {
  /** Decisions that may wait; one more is given up, and said. */
  readonly waitingMax: number;
  readonly attemptTimeoutMs: number;
  /** Between two attempts while the store does not take them. */
  readonly retryMs: number;
};

export const lateLimits: LateLimits = {
  waitingMax: 100_000,
  attemptTimeoutMs: 5_000,
  retryMs: 1_000,
};

/**
 * Late decisions in the process, recorded one by one as soon as the store takes them, tried for ever; their order is no matter, since
 * each is conditioned on its time. They are gone with the process: the log has each of them, and the device's next call tells its hub
 * again.
 */
export const memoryLateDecisions = (
  record: RecordDecision,
  deadline: Deadline,
  limits: LateLimits,
  complain: (line: string) => void,
): LateDecisions => {
  const waiting: LateDecision[] = [];
  let unrecorded = 0; // those that wait, and the one that is being tried
  let pumping = false;

  const giveUp = ({ asked: { scope, registrationId } }: LateDecision, because: string): void =>
    complain(JSON.stringify({ event: 'decision-not-recorded', scope, registrationId, because }));

  const pump = async (): Promise<void> => {
    pumping = true;
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const late = next;
      try {
        await deadline(limits.attemptTimeoutMs, (signal) => record(late, signal));
        unrecorded -= 1;
      } catch (fault) {
        if (fault instanceof Error && fault.name === unreadable) {
          unrecorded -= 1;
          giveUp(late, fault.message);
          continue;
        }
        waiting.push(late); // behind the others, lest one that never succeeds holds them all up
        await new Promise((resolve) => setTimeout(resolve, limits.retryMs));
      }
    }
    pumping = false;
  };
  return {
    keep: (late) => {
      if (unrecorded >= limits.waitingMax) {
        return giveUp(late, 'too many wait');
      }
      unrecorded += 1;
      waiting.push(late);
      if (!pumping) void pump();
    },
  };
};
