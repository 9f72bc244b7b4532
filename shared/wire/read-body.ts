import type { z } from 'zod';
import { parseJson } from './parse-json.ts';
import { fieldErrors, type Refusal, refuse } from './problem.ts';

/** An order of an operator's is a few lines. */
const bodyBytesMax = 16 * 1024;

/** A body's text → what the schema makes of it, or a refusal that names each bad field. */
export const readBody = <Schema extends z.ZodType>(
  schema: Schema,
  text: string,
): { readonly kind: 'read'; readonly data: z.output<Schema> } | Refusal => {
  if (Buffer.byteLength(text) > bodyBytesMax)
    return refuse('bad-request', [{ field: 'body', detail: `more than ${bodyBytesMax} bytes` }]);
  const given = parseJson(text);
  if (given === undefined) return refuse('bad-request', [{ field: 'body', detail: 'not JSON' }]);
  const read = schema.safeParse(given);
  return read.success
    ? { kind: 'read', data: read.data }
    : refuse('bad-request', fieldErrors(read.error));
};
