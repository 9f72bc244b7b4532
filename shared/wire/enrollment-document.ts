import { type Enrollment, enrollmentKey } from '../domain/enrollment.ts';
import type { Scope } from '../domain/scope.ts';

/** What a webhook body told of an enrollment, as a document of the `enrollments` container. That it came says that our webhook is on it. */
export type EnrollmentDocument = {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly scope: string;
  readonly kind: Enrollment['kind'];
  readonly enrollmentId: string;
  readonly reprovision: Enrollment['reprovision'];
  readonly hubs?: readonly string[];
  readonly etag?: string;
};

export const toEnrollmentDocument = (scope: Scope, enrollment: Enrollment): EnrollmentDocument => {
  const { kind, id, reprovision, hubs, etag } = enrollment;
  return {
    schemaVersion: 1,
    id: enrollmentKey(scope, enrollment),
    scope,
    kind,
    enrollmentId: id,
    reprovision,
    ...(hubs ? { hubs } : {}),
    ...(etag === undefined ? {} : { etag }),
  };
};
