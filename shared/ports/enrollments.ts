import type { Enrollment } from '../domain/enrollment.ts';
import type { Scope } from '../domain/scope.ts';

/** What is known of the enrollments. */
export type Enrollments = {
  /** By its `enrollmentKey`. A fault throws. */
  readonly read: (key: string, signal: AbortSignal) => Promise<Enrollment | undefined>;
  /** Whether any of a scope limits its devices to some hubs. A fault throws. */
  readonly limits: (scope: Scope, signal: AbortSignal) => Promise<boolean>;
  /** Keeps what a webhook body told of one; writes nothing when it is known. A fault throws. */
  readonly learn: (scope: Scope, enrollment: Enrollment, signal: AbortSignal) => Promise<void>;
};
