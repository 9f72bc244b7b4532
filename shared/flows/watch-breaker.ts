import { breakerAfter } from '../campaign/breaker.ts';
import type { Breakers } from '../ports/campaigns.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { HubsCounted } from './count-hubs.ts';

type Ports = { readonly breakers: Breakers; readonly clock: Clock; readonly deadline: Deadline };

const timeoutMs = 5_000;

/** [C7] Every minute, by the hubs as they were just counted. Answers why it has tripped just now; undefined: it has not. */
export const watchBreaker = async (
  { breakers, clock, deadline }: Ports,
  { table }: HubsCounted,
): Promise<string | undefined> => {
  const { value, version } = await deadline(timeoutMs, (signal) => breakers.read(signal));
  const after = breakerAfter(value, table, clock.now());
  if (after === value) return undefined;
  // Whoever is superseded looks again in a minute.
  await deadline(timeoutMs, (signal) => breakers.write(after, version, signal));
  return after.tripped?.because;
};
