import type { AuditStream, ChangeCursors, ChangeSource, Changes } from '../ports/changes.ts';
import { changeSources } from '../ports/changes.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';

/**
 * What the store holds → the audit stream, at least once, in order for each device: a page is told, and then that it was. Whoever dies between
 * tells it again.
 */
export type TellChanges = () => Promise<Told>;

export type Told = {
  readonly sent: number;
  /** Documents that are none of ours. */
  readonly unreadable: readonly string[];
};

type Ports = {
  readonly changes: Changes;
  readonly cursors: ChangeCursors;
  readonly stream: AuditStream;
  readonly clock: Clock;
  readonly deadline: Deadline;
};

const timeoutMs = 10_000;
const pageMax = 500;
/** Of each source: together they are within the time to the next run. */
const budgetMs = 3_000;

export const tellChanges =
  (ports: Ports): TellChanges =>
  async () => {
    const unreadable: string[] = [];
    const faults: unknown[] = [];
    let sent = 0;
    for (const source of changeSources) {
      const until = ports.clock.now() + budgetMs;
      try {
        for (let isLast = false; !isLast && ports.clock.now() < until; ) {
          const page = await tellPage(ports, source);
          sent += page.sent;
          unreadable.push(...page.unreadable);
          isLast = page.isLast;
        }
      } catch (fault) {
        faults.push(fault); // the others are told all the same
      }
    }
    if (faults.length > 0) throw faults[0];
    return { sent, unreadable };
  };

const tellPage = async (
  { changes, cursors, stream, deadline }: Ports,
  source: ChangeSource,
): Promise<Told & { readonly isLast: boolean }> => {
  const cursor = await deadline(timeoutMs, (signal) => cursors.read(source, signal));
  const page = await deadline(timeoutMs, (signal) =>
    changes.read(source, cursor?.after, pageMax, signal),
  );
  if (page.changes.length > 0)
    await deadline(timeoutMs, (signal) => stream.send(page.changes, signal));
  const { unreadable } = page;
  const told = { sent: page.changes.length, unreadable, isLast: page.isLast };
  if (cursor && page.after === cursor.after) return told;
  const outcome = await deadline(timeoutMs, (signal) =>
    cursors.write(source, page.after, cursor?.version, signal),
  );
  // Another instance tells the same: it goes on from where it is.
  return outcome === 'written' ? told : { ...told, isLast: true };
};
