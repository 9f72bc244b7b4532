import { z } from 'zod';
import type { CountMinute } from '../domain/count.ts';
import { hubHostName } from '../domain/hub.ts';
import { type IntakeMinute, intakeMinutes } from '../domain/intake.ts';

/**
 * What one instance counted of late, as a document beside the hubs', so that one query reads both. It is gone soon after its
 * instance is.
 */
const intakeDocument = z.object({
  schemaVersion: z.literal(1),
  id: z.string().startsWith('intake:'),
  /** `[hub, minute, answered, confirmed, inVain]` */
  rows: z.array(z.tuple([z.string(), z.int(), z.int(), z.int(), z.int()])),
  /** `[name, minute, count]` */
  counts: z.array(z.tuple([z.string(), z.int(), z.number()])).optional(),
  /** Seconds. */
  ttl: z.int(),
});

const prefix = 'intake:';

/** A hub's host name holds no colon. */
export const isIntake = (document: unknown): boolean =>
  z.object({ id: z.string().startsWith(prefix) }).safeParse(document).success;

export const toIntakeDocument = (
  instance: string,
  rows: readonly IntakeMinute[],
  counts: readonly CountMinute[] = [],
): z.input<typeof intakeDocument> => ({
  schemaVersion: 1,
  id: `${prefix}${instance}`,
  rows: rows.map(({ hub, minute, answered, confirmed, inVain }) => [
    hub,
    minute,
    answered,
    confirmed,
    inVain,
  ]),
  ...(counts.length > 0
    ? { counts: counts.map(({ name, minute, count }) => [name, minute, count]) }
    : {}),
  ttl: (intakeMinutes + 1) * 60,
});

/** @throws ZodError when it is none of ours. */
export const parseIntakeDocument = (document: unknown): readonly IntakeMinute[] =>
  intakeDocument.parse(document).rows.map(([hub, minute, answered, confirmed, inVain]) => ({
    hub: hubHostName(hub),
    minute,
    answered,
    confirmed,
    inVain,
  }));

/** @throws ZodError when it is none of ours. */
export const parseCounts = (document: unknown): readonly CountMinute[] =>
  (intakeDocument.parse(document).counts ?? []).map(([name, minute, count]) => ({
    name,
    minute,
    count,
  }));
