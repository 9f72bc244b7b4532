import type { Clock } from '../../ports/clock.ts';
import type { Deadline } from '../../ports/deadline.ts';

export type SnapshotLimits = {
  /** How old a snapshot may get before it is renewed. */
  readonly ageMsMax: number;
  readonly timeoutMs: number;
};

export const snapshotLimits: SnapshotLimits = { ageMsMax: 10_000, timeoutMs: 5_000 };

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
  { ageMsMax, timeoutMs }: SnapshotLimits,
) => {
  let value = first;
  let askedAt = Number.NEGATIVE_INFINITY;
  let isRead = false;
  const renew = async (): Promise<void> => {
    askedAt = clock.now();
    value = await deadline(timeoutMs, read);
    isRead = true;
  };
  /** Many may wait for the first. */
  let reading: Promise<void> | undefined;
  const readFirst = (): Promise<void> => {
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
    if (clock.now() - askedAt >= ageMsMax) void renew().catch(complainOf);
    return value;
  };
  return {
    latest,
    known: async (): Promise<Value> => {
      if (!isRead) await readFirst();
      return latest();
    },
  };
};
