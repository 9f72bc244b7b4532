import { z } from 'zod';
import { type Enrollment, enrollmentKey } from '../domain/enrollment.ts';
import { hubHostName } from '../domain/hub.ts';
import type { Scope } from '../domain/scope.ts';

const hub = z.string().transform(hubHostName);

/** What of an enrollment is kept, wherever it is. */
const enrollmentFields = {
  kind: z.enum(['individual', 'group']),
  reprovision: z.enum(['migrate', 'reset', 'never']),
  hubs: z.array(hub).optional(),
  linked: z.array(hub).optional(),
  etag: z.string().optional(),
};

/** An enrollment inside another document. */
export const enrollment = z
  .object({ ...enrollmentFields, id: z.string() })
  .transform(({ hubs, linked, etag, ...rest }): Enrollment => ({ ...rest, hubs, linked, etag }));

/** What a webhook body told of an enrollment, as a document of the `enrollments` container. That it came says that our webhook is on it. */
const enrollmentDocument = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  scope: z.string(),
  enrollmentId: z.string(),
  ...enrollmentFields,
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
