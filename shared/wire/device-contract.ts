import { z } from 'zod';
import type { Word } from '../campaign/evidence.ts';
import { type HubHostName, hubHostName } from '../domain/hub.ts';
import { type Instant, instant } from '../domain/instant.ts';
import { type Move, requestId } from '../domain/move.ts';

/** What Rehome and a device say to each other: docs/device-contract.md. Times travel as ISO 8601, UTC. */

/** The request, as a direct method's payload and as the value of the desired property. */
export type ReprovisionRequest = z.output<typeof reprovisionRequest>;

export const reprovisionRequest = z.object({
  requestId: z.string().min(1).max(64),
  campaignId: z.string(),
  notBefore: z.iso.datetime(),
  notAfter: z.iso.datetime(),
  jitterSeconds: z.int().min(0),
  reason: z.string(),
});

/** What a device of the contract answers to the method, with status 200. */
export type ReprovisionAnswer = z.output<typeof reprovisionAnswer>;

const isoTime = z.iso.datetime({ offset: true });

export const reprovisionAnswer = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('accepted') }),
  z.object({ answer: z.literal('deferred'), until: isoTime }),
  z.object({ answer: z.literal('refused'), why: z.string().max(256) }),
]);

/** What it reports, in the reported property of the same name. `contract` alone says that it keeps the contract. */
export const reprovisionReport = z.object({
  contract: z.literal(1),
  requestId: z.string().max(64).optional(),
  state: z.enum(['accepted', 'deferred', 'refused', 'done', 'failed']).optional(),
  /** The hub that it reports on: DPS copies reported properties to the next hub. */
  hub: z.string().max(253).optional(),
  until: isoTime.optional(),
  why: z.string().max(256).optional(),
  /** How long it was out of service, in milliseconds, by its own clock: with `done`. */
  gapMs: z.number().min(0).optional(),
});
export type ReprovisionReport = z.output<typeof reprovisionReport>;

export const toReprovisionRequest = (move: Move): ReprovisionRequest => ({
  requestId: requestId(move),
  campaignId: move.campaignId,
  notBefore: toIso(move.notBefore),
  notAfter: toIso(move.notAfter),
  jitterSeconds: move.jitterSeconds,
  reason: move.reason,
});

export const timeOrNull = (at: Instant | undefined): string | null =>
  at === undefined ? null : toIso(at);

export const toIso = (at: Instant): string => new Date(at).toISOString();

export const fromIso = (text: string): Instant => instant(new Date(text).getTime());

/** A device's reported property → its word, where it was said on this hub; undefined when it says nothing. */
export const parseWord = (hub: HubHostName, reported: unknown): Word | undefined => {
  const read = reprovisionReport.safeParse(reported);
  if (!read.success) return undefined;
  const { requestId: request, state, hub: saidOn, until, why, gapMs } = read.data;
  if (!request || !state || !saidOn || hubHostName(saidOn) !== hub) return undefined;
  return { request, state, until: until === undefined ? undefined : fromIso(until), why, gapMs };
};

/** Whether a reported property says that the firmware keeps the contract. */
export const advertisesContract = (reported: unknown): boolean =>
  reprovisionReport.safeParse(reported).success;
