import { z } from 'zod';
import { type Enrollment, enrollmentKey } from '../domain/enrollment.ts';
import { hubHostName } from '../domain/hub.ts';
import type { Scope } from '../domain/scope.ts';

/** What a webhook body told of an enrollment, as a document of the `enrollments` container. That it came says that our webhook is on it. */
const enrollmentDocument = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  scope: z.string(),
  kind: z.enum(['individual', 'group']),
  enrollmentId: z.string(),
  reprovision: z.enum(['migrate', 'reset', 'never']),
  hubs: z.array(z.string().transform(hubHostName)).optional(),
  linked: z.array(z.string().transform(hubHostName)).optional(),
  etag: z.string().optional(),
});
export type EnrollmentDocument = z.input<typeof enrollmentDocument>;

export const toEnrollmentDocument = (scope: Scope, enrollment: Enrollment): EnrollmentDocument => {
  const { kind, id, reprovision, hubs, linked, etag } = enrollment;
  return {
    schemaVersion: 1,
    id: enrollmentKey(scope, enrollment),
    scope,
    kind,
    enrollmentId: id,
    reprovision,
    ...(hubs ? { hubs: [...hubs] } : {}),
    ...(linked ? { linked: [...linked] } : {}),
    ...(etag === undefined ? {} : { etag }),
  };
};

/** @throws ZodError when it is none of ours. */
export const parseEnrollmentDocument = (document: unknown): Enrollment => {
  const { kind, enrollmentId, reprovision, hubs, linked, etag } =
    enrollmentDocument.parse(document);
  return { kind, id: enrollmentId, reprovision, hubs, linked, etag };
};
