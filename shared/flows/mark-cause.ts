import type { Scope } from '../domain/scope.ts';
import type { Causes } from '../ports/causes.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';

type Ports = { readonly causes: Causes; readonly clock: Clock; readonly deadline: Deadline };

const timeoutMs = 5_000;
const attemptsMax = 5;
/** A mark that is newer than this says it already: a thousand labels make one plan. */
const freshMs = 60_000;

/** Something has changed that says where devices belong: `a label of pump-7`. */
export type MarkCause = (scopes: Iterable<Scope>, because: string) => Promise<void>;

export const markCause =
  ({ causes, clock, deadline }: Ports): MarkCause =>
  async (scopes, because) => {
    const now = clock.now();
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const { value, version } = await deadline(timeoutMs, (signal) => causes.read(signal));
      const stale = [...scopes].filter(
        (scope) => now - (value.relocate[scope]?.at ?? 0) >= freshMs,
      );
      if (stale.length === 0) return;
      const marks = Object.fromEntries(stale.map((scope) => [scope, { at: now, because }]));
      const after = { relocate: { ...value.relocate, ...marks } };
      const outcome = await deadline(timeoutMs, (signal) => causes.write(after, version, signal));
      if (outcome === 'written') return;
    }
    throw new Error('The causes changed with every attempt.');
  };
