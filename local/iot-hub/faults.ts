import type { HttpAsk, HttpReply } from '../json.ts';

/** What becomes of a request; `dropped`: the connection is lost. */
export type Fate = HttpReply | 'dropped';

/** A fault on demand: whatever matches fares so, as often as said. */
export type HubFault = {
  readonly matches: (ask: HttpAsk) => boolean;
  /** How many requests more; Infinity until it is taken away. */
  count: number;
  /** Given what the hub would do, which is only done when it is called. */
  readonly does: (proper: () => Promise<HttpReply>) => Promise<Fate>;
};

export const meetFault = async (
  faults: readonly HubFault[],
  ask: HttpAsk,
  proper: () => Promise<HttpReply>,
): Promise<Fate> => {
  const found = faults.find(({ count, matches }) => count > 0 && matches(ask));
  if (!found) return proper();
  found.count -= 1;
  return found.does(proper);
};

/** The hub is never heard of again. */
export const hang = (): Promise<never> => new Promise(() => undefined);
