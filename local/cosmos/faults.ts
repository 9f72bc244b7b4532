import type { HttpAsk } from '../json.ts';

/** A fault on demand: whatever matches fails so, as often as said. */
export type Fault = {
  readonly matches: (ask: HttpAsk) => boolean;
  /** How many requests more; Infinity until it is taken away. */
  count: number;
  readonly does:
    | {
        readonly kind: 'answer';
        readonly status: 408 | 429 | 449 | 503;
        readonly retryAfterMs?: number;
      }
    /** The connection is lost before the request has done anything. */
    | { readonly kind: 'drop before' }
    /** The connection is lost after the request has done all of it: the acknowledgement is lost. */
    | { readonly kind: 'drop after' }
    /** The answer comes that much later, in milliseconds. */
    | { readonly kind: 'delay'; readonly delayMs: number }
    /** No answer comes. */
    | { readonly kind: 'hang' };
};

export const isWrite = ({ method, headers }: HttpAsk): boolean =>
  method === 'PUT' ||
  method === 'DELETE' ||
  (method === 'POST' &&
    headers['x-ms-documentdb-isquery'] !== 'true' &&
    !headers['content-type']?.includes('query'));

/** The first that matches and is not used up; it counts. */
export const takeFault = (faults: readonly Fault[], ask: HttpAsk): Fault['does'] | undefined => {
  const found = faults.find(({ count, matches }) => count > 0 && matches(ask));
  if (found) found.count -= 1;
  return found?.does;
};
