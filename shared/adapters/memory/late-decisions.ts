import type { RecordDecision } from '../../flows/allocate-device.ts';
import type { Deadline } from '../../ports/deadline.ts';
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
 * Late decisions in the process, recorded in order as soon as the store takes them, tried for ever. They are gone with the process: the
 * log has each of them, and the device's next call tells its hub again.
 */
export const memoryLateDecisions = (
  record: RecordDecision,
  deadline: Deadline,
  limits: LateLimits,
  complain: (line: string) => void,
): LateDecisions => {
  const waiting: LateDecision[] = [];
  let pumping = false;

  const pump = async (): Promise<void> => {
    pumping = true;
    while (waiting.length > 0) {
      const [next] = waiting as [LateDecision];
      try {
        await deadline(limits.attemptTimeoutMs, (signal) => record(next, signal));
        waiting.shift();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, limits.retryMs)); // the store's own time to recover
      }
    }
    pumping = false;
  };
  return {
    keep: (late) => {
      if (waiting.length >= limits.waitingMax) {
        const { scope, registrationId } = late.asked;
        return complain(JSON.stringify({ event: 'decision-not-recorded', scope, registrationId }));
      }
      waiting.push(late);
      if (!pumping) void pump();
    },
  };
};
