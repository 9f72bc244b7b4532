import type { Clock } from '../../ports/clock.ts';
import type { Deadline } from '../../ports/deadline.ts';

export type SnapshotLimits = {
  /** How old a snapshot may get before it is renewed, behind everybody's back. */
  readonly ageMsMax: number;
  /** How old before it is waited for: after a quiet hour what it says may be long past. */
  readonly staleMsMax: number;
  readonly timeoutMs: number;
};

export const snapshotLimitsFor = (ageMsMax: number): SnapshotLimits => ({
  ageMsMax,
  staleMsMax: 3 * ageMsMax,
  timeoutMs: 2_000,
});

type World = {
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly complain: (line: string) => void;
};

/**
 * What the store says, renewed in the background when somebody asks and it is old. Until the first has come, and while the store is
 * gone, the last good one stands.
 */
export const snapshotOf = <Value>(
  name: string,
  first: Value,
  read: (signal: AbortSignal) => Promise<Value>,
  { clock, deadline, complain }: World,
  { ageMsMax, staleMsMax, timeoutMs }: SnapshotLimits,
) => {
  let value = first;
  let askedAt = Number.NEGATIVE_INFINITY;
  let readAt = Number.NEGATIVE_INFINITY;
  const renew = async (): Promise<void> => {
    askedAt = clock.now();
    value = await deadline(timeoutMs, read);
    readAt = clock.now();
  };
  /** Many may wait for it. */
  let reading: Promise<void> | undefined;
  const renewed = (): Promise<void> => {
    reading ??= renew().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  const complainOf = (error: unknown): void => {
    const because = error instanceof Error ? error.message : String(error);
    complain(JSON.stringify({ event: `${name}-not-renewed`, because }));
  };
  const latest = (): Value => {
    if (clock.now() - askedAt >= ageMsMax) void renewed().catch(complainOf);
    return value;
  };
  return {
    latest,
    /** What was read lately, or, where that fails, at all. @throws Error when it was never read. */
    known: async (): Promise<Value> => {
      const [now, isRead] = [clock.now(), Number.isFinite(readAt)];
      if (!isRead) await renewed();
      else if (now - readAt >= staleMsMax && (reading || now - askedAt >= ageMsMax))
        await renewed().catch(complainOf);
      return latest();
    },
  };
};
