import { z } from 'zod';
import { hubHostName } from '../domain/hub.ts';
import type { Scope } from '../domain/scope.ts';
import type { MoveOrder } from '../flows/move-device.ts';
import type { Refusal } from './problem.ts';
import { readBody } from './read-body.ts';

/** Of a reason: it stands in the record, the history and the log. */
export const reasonLengthMax = 200;

/** It is read on terminals: no line breaks, no escapes. */
export const reasonText = z
  .string()
  .trim()
  .min(1)
  .max(reasonLengthMax)
  .regex(/^\P{Cc}*$/u, 'expected one line, without control characters');

/** What an operator asks for: `{ to, reason, windowMinutes?, parkedHours?, allowUnknown?, allowReset? }`. */
export const moveOrder = z.strictObject({
  to: z.hostname().transform(hubHostName),
  reason: reasonText,
  /** How long the device may take to go. */
  windowMinutes: z.number().min(1).max(1_440).default(60),
  /** How long the request waits for a device that is offline. */
  parkedHours: z.number().min(0).max(720).default(168),
  allowUnknown: z.boolean().default(false),
  allowReset: z.boolean().default(false),
});

/** Moves that a person orders, one by one, belong to this campaign. */
export const byHand = 'by-hand';

export const parseMoveOrder = (
  scope: Scope,
  deviceId: string,
  text: string,
): { readonly kind: 'ordered'; readonly order: MoveOrder } | Refusal => {
  const read = readBody(moveOrder, text);
  if (read.kind === 'refused') return read;
  const { to, reason, windowMinutes, parkedHours, allowUnknown, allowReset } = read.data;
  return {
    kind: 'ordered',
    order: {
      scope,
      deviceId,
      to,
      reason,
      campaignId: byHand,
      windowMs: windowMinutes * 60_000,
      parkedMs: parkedHours * 3_600_000,
      jitterSeconds: 0,
      resetAllowed: allowReset,
      unknownAllowed: allowUnknown,
      yieldsPin: false,
    },
  };
};
