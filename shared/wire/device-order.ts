import { z } from 'zod';
import { reasonText } from './move-order.ts';
import type { Refusal } from './problem.ts';
import { readBody } from './read-body.ts';

export const reasonOrder = z.strictObject({ reason: reasonText });

/** `{ reason }` */
export const parseReason = (
  text: string,
): { readonly kind: 'read'; readonly reason: string } | Refusal => {
  const read = readBody(reasonOrder, text);
  return read.kind === 'refused' ? read : { kind: 'read', reason: read.data.reason };
};

/** A record of a device is 1 KB at most: a few short labels. */
const labelCountMax = 8;

export const labelsOrder = z
  .record(
    z
      .string()
      .regex(
        /^[A-Za-z0-9][\w.-]{0,31}$/,
        'expected a letter or digit, then 31 letters, digits, _ . - at most',
      ),
    z.string().min(1).max(64),
  )
  .refine(
    (given) => Object.keys(given).length <= labelCountMax,
    `more than ${labelCountMax} labels`,
  );

/** `{ tenant: 'contoso', region: 'westeurope' }` */
export const parseLabels = (
  text: string,
): { readonly kind: 'read'; readonly labels: Readonly<Record<string, string>> } | Refusal => {
  const read = readBody(labelsOrder, text);
  return read.kind === 'refused' ? read : { kind: 'read', labels: read.data };
};
