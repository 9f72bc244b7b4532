import type { Decision } from '../allocation/decision.ts';
import { type Instant, instant } from '../domain/instant.ts';
import type { Scope } from '../domain/scope.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { DeviceRecords } from '../ports/device-records.ts';

/** What was decided since then, the newest first; undefined: in the last ten minutes. */
export type ListDecisions = (scope: Scope, since: Instant | undefined) => Promise<Decisions>;

export type Decisions = {
  readonly decisions: readonly Decision[];
  /** There were more, before them. */
  readonly isCut: boolean;
};

type Ports = {
  readonly records: Pick<DeviceRecords, 'decisions'>;
  readonly clock: Clock;
  readonly deadline: Deadline;
};

const timeoutMs = 5_000;
const latelyMs = 10 * 60_000;
/** Further back there is the audit stream. */
const backMsMax = 24 * 60 * 60_000;
const countMax = 200;
/** A DPS takes 1,000 registrations a minute: so many are read whole. */
const firstMs = 30_000;
const readMax = 2_000;

/**
 * The newest first, though the store gives no order across its partitions: window by window, back from now, each twice as long as the one before,
 * until there are enough.
 */
export const listDecisions =
  ({ records, clock, deadline }: Ports): ListDecisions =>
  async (scope, since) => {
    const now = clock.now();
    const from = Math.max(since ?? now - latelyMs, now - backMsMax);
    const found: Decision[] = [];
    let until = now + 1;
    for (let widthMs = firstMs; until > from && found.length <= countMax; widthMs *= 2) {
      const [begin, end] = [instant(Math.max(from, until - widthMs)), instant(until)];
      found.push(
        ...(await deadline(timeoutMs, (signal) =>
          records.decisions(scope, begin, end, readMax, signal),
        )),
      );
      until = begin;
    }
    const decisions = found.sort((one, other) => other.at - one.at).slice(0, countMax);
    return { decisions, isCut: found.length > countMax || until > from };
  };
