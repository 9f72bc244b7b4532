import type { KeptPlan, PlanPage, Plans } from '../../ports/plans.ts';

/** More would fill the process: the oldest goes. */
const plansMax = 100;

/** Plans in the process: gone with it. */
export const memoryPlans = (): Plans => {
  const plans = new Map<string, KeptPlan>();
  const pages = new Map<string, PlanPage>();
  let writes = 0;
  const versionOfNext = (): string => {
    writes += 1;
    return String(writes);
  };
  const keyOf = ({ id, run, kind, number }: Pick<PlanPage, 'id' | 'run' | 'kind' | 'number'>) =>
    `${id}/${kind}/${run}/${number}`;
  return {
    create: async (order) => {
      if (plans.has(order.id)) return;
      plans.set(order.id, { order, state: { kind: 'asked' }, version: versionOfNext() });
      const [oldest] = plans.keys();
      if (plans.size <= plansMax || oldest === undefined) return;
      plans.delete(oldest);
      for (const key of pages.keys()) if (key.startsWith(`${oldest}/`)) pages.delete(key);
    },
    read: async (id) => plans.get(id),
    write: async (order, state, version) => {
      if (plans.get(order.id)?.version !== version) return 'superseded';
      plans.set(order.id, { order, state, version: versionOfNext() });
      return 'written';
    },
    recent: async (countMax) =>
      [...plans.values()].sort((one, other) => other.order.at - one.order.at).slice(0, countMax),
    putPage: async (page) => {
      pages.set(keyOf(page), page);
    },
    readPage: async (page) => pages.get(keyOf(page)),
  };
};
