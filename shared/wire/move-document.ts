import { z } from 'zod';
import { hubHostName } from '../domain/hub.ts';
import { instant } from '../domain/instant.ts';
import { type Move, parseMoveId, type SettledMove, verdicts } from '../domain/move.ts';
import { parseScope } from '../domain/scope.ts';

/** Parts of the documents that tell of moves. Absent is undefined. Times are milliseconds since the epoch. */

export const hub = z.string().transform(hubHostName);
export const time = z.number().transform(instant);

export const scope = z.string().transform((text, context) => {
  const parsed = parseScope(text);
  if (parsed) return parsed;
  context.addIssue('not a scope');
  return z.NEVER;
});

export const moveId = z.string().transform((text, context) => {
  const id = parseMoveId(text);
  if (id) return id;
  context.addIssue('not a move id');
  return z.NEVER;
});

const presence = z.object({ held: z.boolean(), at: time, since: time }).optional();

const ask = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['sent', 'unsent', 'accepted', 'parked']) }),
  z.object({ kind: z.literal('deferred'), until: time }),
  z.object({ kind: z.literal('over'), because: z.string() }),
]);

export const move = z
  .object({
    id: moveId,
    campaignId: z.string(),
    from: hub,
    to: hub,
    reason: z.string(),
    notBefore: time,
    notAfter: time,
    parkedUntil: time,
    jitterSeconds: z.number(),
    parkedJitterSeconds: z.number().default(0),
    yieldsPin: z.boolean().default(false),
    triggeredAt: time,
    deadline: time,
    attempt: z.int(),
    sends: z.int(),
    ask,
    inTwin: z.boolean(),
    proof: z.object({
      source: presence,
      target: presence,
      heard: time.optional(),
      gapMs: z.number().optional(),
    }),
    sourceSilentAt: time.optional(),
    nextAt: time,
  })
  .transform(
    ({ proof, sourceSilentAt, ...rest }): Move => ({
      ...rest,
      sourceSilentAt,
      proof: {
        source: proof.source,
        target: proof.target,
        heard: proof.heard,
        gapMs: proof.gapMs,
      },
    }),
  );

/** A settled move, in the container of the devices and in its device's slice, so that both are written as one. */
const settledDocument = z.object({
  schemaVersion: z.literal(1),
  id: moveId,
  slice: z.string(),
  /** The id of the device's document; and its own, as spelled: absent in what was written before it was told. */
  historyOf: z.string(),
  deviceId: z.string().optional(),
  verdict: z.enum(verdicts),
  because: z.string(),
  settledAt: time,
  move,
  /** Seconds. */
  ttl: z.int(),
});
export type SettledDocument = z.input<typeof settledDocument>;

/** A quarter of a year. */
const historySeconds = 90 * 24 * 3_600;

export const toSettledDocument = (
  { id, slice }: { readonly id: string; readonly slice: string },
  deviceId: string,
  { move: settled, verdict, because, settledAt }: SettledMove,
): SettledDocument => ({
  schemaVersion: 1,
  id: settled.id,
  slice,
  historyOf: id,
  deviceId,
  verdict,
  because,
  settledAt,
  move: settled,
  ttl: historySeconds,
});

/** @throws ZodError when it is none of ours. */
export const parseSettledDocument = (document: unknown): SettledMove => {
  const { move: settled, verdict, because, settledAt } = settledDocument.parse(document);
  return { move: settled, verdict, because, settledAt };
};
