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
  /** Absent is yes: that a webhook body came says that our webhook is on it. */
  asksUs: z.boolean().optional(),
  etag: z.string().optional(),
};

/** An enrollment inside another document. */
export const enrollment = z.object({ ...enrollmentFields, id: z.string() }).transform(
  ({ hubs, linked, etag, asksUs = true, ...rest }): Enrollment => ({
    ...rest,
    hubs,
    linked,
    asksUs,
    etag,
  }),
);

/** What a webhook body or the DPS told of an enrollment, as a document of the `enrollments` container. */
const enrollmentDocument = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  scope: z.string(),
  enrollmentId: z.string(),
  ...enrollmentFields,
  /** For the index: absent where it takes all hubs. */
  limits: z.literal(1).optional(),
});
export type EnrollmentDocument = z.input<typeof enrollmentDocument>;

export const toEnrollmentDocument = (scope: Scope, enrollment: Enrollment): EnrollmentDocument => {
  const { kind, id, reprovision, hubs, linked, asksUs, etag } = enrollment;
  return {
    schemaVersion: 1,
    id: enrollmentKey(scope, enrollment),
    scope,
    kind,
    enrollmentId: id,
    reprovision,
    ...(hubs ? { hubs: [...hubs], limits: 1 as const } : {}),
    ...(linked ? { linked: [...linked] } : {}),
    ...(asksUs ? {} : { asksUs }),
    ...(etag === undefined ? {} : { etag }),
  };
};

/** @throws ZodError when it is none of ours. */
export const parseEnrollmentDocument = (document: unknown): Enrollment => {
  const {
    kind,
    enrollmentId: id,
    reprovision,
    hubs,
    linked,
    asksUs = true,
    etag,
  } = enrollmentDocument.parse(document);
  return { kind, id, reprovision, hubs, linked, asksUs, etag };
};
