import { createHash } from 'node:crypto';
import type { Scope } from '../domain/scope.ts';
import { type Refusal, refuse } from './problem.ts';

const keyLengthMax = 200;

/** Of a caller's key; undefined: there is none. The same caller with the same key means the same campaign, or the same plan. */
export const idOfKey = (
  prefix: 'c' | 'p',
  scope: Scope,
  who: string,
  key: string | undefined,
): string | undefined | Refusal => {
  if (key === undefined) return undefined;
  if (key.length === 0 || key.length > keyLengthMax)
    return refuse('bad-request', [
      { field: 'Idempotency-Key', detail: `expected 1 to ${keyLengthMax} characters` },
    ]);
  const digits = createHash('sha256')
    .update(JSON.stringify([prefix, scope, who, key]))
    .digest('hex');
  return `${prefix}-${digits.slice(0, 20)}`;
};
