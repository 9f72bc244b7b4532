import type { CountMinute } from '../../domain/count.ts';
import type { IntakeMinute } from '../../domain/intake.ts';
import type { Deadline } from '../../ports/deadline.ts';
import type { Intakes } from '../../ports/intakes.ts';
import { containers } from '../../wire/containers.ts';
import { toIntakeDocument } from '../../wire/intake-document.ts';
import type { CosmosDatabase } from './client.ts';

export type FlushLimits = { readonly everyMs: number; readonly timeoutMs: number };

export const flushLimits: FlushLimits = { everyMs: 10_000, timeoutMs: 5_000 };

/**
 * What this instance counts, put beside the hubs every few seconds while there is news: each instance has a document of its own, so that
 * nobody waits for another, and nothing is counted twice. What was not put is put with the next.
 */
export const cosmosIntakes = (
  database: CosmosDatabase,
  instance: string,
  counts: Intakes & {
    readonly rows: () => readonly IntakeMinute[];
    readonly counts: () => readonly CountMinute[];
  },
  deadline: Deadline,
  { everyMs, timeoutMs }: FlushLimits,
  complain: (line: string) => void,
): Intakes => {
  let planned = false;
  const flush = async (abortSignal: AbortSignal): Promise<void> => {
    const { items } = (await database()).container(containers.hubs.id);
    await items.upsert(toIntakeDocument(instance, counts.rows(), counts.counts()), { abortSignal });
  };
  const plan = (): void => {
    planned = true;
    setTimeout(() => {
      planned = false;
      deadline(timeoutMs, flush).catch((error: unknown) => {
        const because = error instanceof Error ? error.message : String(error);
        complain(JSON.stringify({ event: 'intake-not-flushed', because }));
        if (!planned) plan();
      });
    }, everyMs).unref();
  };
  return {
    note: (hub, kind) => {
      counts.note(hub, kind);
      if (!planned) plan();
    },
    count: (name, by) => {
      counts.count(name, by);
      if (!planned) plan();
    },
  };
};
