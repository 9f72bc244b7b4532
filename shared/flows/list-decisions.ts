import { type Instant, instant } from '../domain/instant.ts';
import type { Scope } from '../domain/scope.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { Decisions, DeviceRecords } from '../ports/device-records.ts';

/** What was decided since then, the newest first; undefined: in the last ten minutes. */
export type ListDecisions = (scope: Scope, since: Instant | undefined) => Promise<Decisions>;

type Ports = {
  readonly records: Pick<DeviceRecords, 'decisions'>;
  readonly clock: Clock;
  readonly deadline: Deadline;
};

const timeoutMs = 5_000;
const latelyMs = 10 * 60_000;
const countMax = 200;

export const listDecisions =
  ({ records, clock, deadline }: Ports): ListDecisions =>
  (scope, since = instant(clock.now() - latelyMs)) =>
    deadline(timeoutMs, (signal) => records.decisions(scope, since, countMax, signal));
