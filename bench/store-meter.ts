import type { Cosmos } from '../local/cosmos/cosmos.ts';
import { isWrite } from '../local/cosmos/faults.ts';

/** What the embedded store was asked, and charged, by published prices. A batch is one write. */
export type Spent = {
  readonly reads: number;
  readonly writes: number;
  readonly queries: number;
  readonly units: number;
};

/** Watches all of the store's containers, or one: answers what was spent since the last time it was asked. */
export const meterStore = (cosmos: Cosmos, only?: string): (() => Spent) => {
  const count = { reads: 0, writes: 0, queries: 0 };
  const isOurs = (url: string): boolean =>
    url.includes('/docs') && (only === undefined || url.includes(`/colls/${only}/`));
  cosmos.faults.push({
    count: Number.POSITIVE_INFINITY,
    does: { kind: 'hang' },
    matches: (ask) => {
      if (!isOurs(ask.url)) return false;
      if (isWrite(ask)) count.writes += 1;
      else if (ask.method === 'GET') count.reads += 1;
      else count.queries += 1;
      return false; // it is only looked at
    },
  });
  const unitsNow = (): number =>
    [...cosmos.containers.values()]
      .filter(({ definition }) => only === undefined || definition.id === only)
      .reduce((sum, { budget }) => sum - budget.units, 0);
  let unitsBefore = unitsNow();
  return () => {
    const units = unitsNow();
    const spent = { ...count, units: units - unitsBefore };
    Object.assign(count, { reads: 0, writes: 0, queries: 0 });
    unitsBefore = units;
    return spent;
  };
};
