import { z } from 'zod';
import { instant } from '../domain/instant.ts';
import type { AuditEntry } from '../ports/audit.ts';

/** The one partition of the `audit` container: what people do is little. */
export const auditKind = 'audit';

/** Thirteen months: a year can be looked back on. */
const ttlSeconds = 400 * 24 * 3_600;

const outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['begun', 'unchanged']) }),
  z.object({
    kind: z.literal('done'),
    because: z.string(),
    before: z.unknown(),
    after: z.unknown(),
  }),
  z.object({ kind: z.enum(['refused', 'failed']), because: z.string() }),
]);

/** An entry as a document of the `audit` container. `order` is its id: what is queried by needs an index, and ids are no part of one. */
const auditDocument = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  kind: z.literal(auditKind),
  order: z.string(),
  at: z.number().transform(instant),
  by: z.string(),
  operation: z.string(),
  target: z.string(),
  outcome,
  ttl: z.int(),
});
export type AuditDocument = z.input<typeof auditDocument>;

export const toAuditDocument = (entry: AuditEntry): AuditDocument => ({
  schemaVersion: 1,
  kind: auditKind,
  order: entry.id,
  ...entry,
  ttl: ttlSeconds,
});

/** @throws ZodError when it is none of ours. */
export const parseAuditDocument = (json: unknown): AuditEntry => {
  const { id, at, by, operation, target, outcome: told } = auditDocument.parse(json);
  const known =
    told.kind === 'done'
      ? { ...told, before: told.before ?? null, after: told.after ?? null }
      : told;
  return { id, at, by, operation, target, outcome: known };
};
