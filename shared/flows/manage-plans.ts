import type { Scope } from '../domain/scope.ts';
import { canonical } from '../planning/canonical.ts';
import type { Goal, PlanLimits } from '../planning/goal.ts';
import type { PlannedMove, PlanRefusal } from '../planning/planned.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { Dice } from '../ports/dice.ts';
import type { KeptPlan, PlanOrder, PlanPage, Plans } from '../ports/plans.ts';

/** What operators do with plans. Nothing is moved by any of it. */
export type ManagePlans = {
  /** Asks for one. It is made behind everybody's back: `read` tells how far it has come. */
  readonly ask: (
    scope: Scope,
    goal: Goal,
    limits: PlanLimits,
    reason: string,
    by: string,
  ) => Promise<PlanOrder>;
  /** The same, under an id where there is one: asked twice, it is one plan. Where that id asked for something else, it says so. */
  readonly askOnce: (
    order: Omit<PlanOrder, 'at' | 'id'> & { readonly id: string | undefined },
  ) => Promise<PlanOrder | 'key-reused'>;
  readonly read: (scope: Scope, id: string) => Promise<KeptPlan | undefined>;
  /** A page of 2,000; undefined where there is none. */
  readonly moves: (kept: KeptPlan, number: number) => Promise<readonly PlannedMove[] | undefined>;
  readonly refusals: (
    kept: KeptPlan,
    number: number,
  ) => Promise<readonly PlanRefusal[] | undefined>;
  /** The newest of a scope, the newest first. */
  readonly recent: (scope: Scope) => Promise<readonly KeptPlan[]>;
};

type Ports = {
  readonly plans: Plans;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly deadline: Deadline;
  /** Begins to make it, and does not wait for it. */
  readonly begin: (planId: string) => void;
};

const timeoutMs = 10_000;
/** Of all scopes. */
export const recentMax = 100;

export const managePlans = ({ plans, clock, dice, deadline, begin }: Ports): ManagePlans => {
  const page = (
    { order: { id }, state }: KeptPlan,
    kind: PlanPage['kind'],
    number: number,
  ): Promise<PlanPage | undefined> =>
    state.kind === 'made'
      ? deadline(timeoutMs, (signal) =>
          plans.readPage({ id, run: state.run, kind, number }, signal),
        )
      : Promise.resolve(undefined);
  const newId = (): string => `p-${dice.digits(20)}`;
  const create = async (order: PlanOrder): Promise<PlanOrder> => {
    await deadline(timeoutMs, (signal) => plans.create(order, signal));
    begin(order.id);
    return order;
  };
  return {
    ask: (scope, goal, limits, reason, by) =>
      create({ id: newId(), scope, goal, limits, reason, by, at: clock.now() }),
    askOnce: async ({ id, ...asked }) => {
      if (id === undefined) return create({ id: newId(), ...asked, at: clock.now() });
      const read = () => deadline(timeoutMs, (signal) => plans.read(id, signal));
      const before = await read();
      if (!before) await create({ id, ...asked, at: clock.now() });
      // Two may ask at once: what is kept by then says who was first.
      const known = before ?? (await read());
      if (!known) throw new Error('The plan that was asked for is not kept.');
      const { at: _at, ...order } = known.order;
      return isSame(order, { id, ...asked }) ? known.order : 'key-reused';
    },
    read: async (scope, id) => {
      const kept = await deadline(timeoutMs, (signal) => plans.read(id, signal));
      return kept?.order.scope === scope ? kept : undefined;
    },
    moves: async (kept, number) => {
      const found = await page(kept, 'moves', number);
      return found?.kind === 'moves' ? found.rows : undefined;
    },
    refusals: async (kept, number) => {
      const found = await page(kept, 'refusals', number);
      return found?.kind === 'refusals' ? found.rows : undefined;
    },
    recent: async (scope) => {
      const found = await deadline(timeoutMs, (signal) => plans.recent(recentMax, signal));
      return found.filter(({ order }) => order.scope === scope);
    },
  };
};

/** Whoever asks again says the same, in the same words. */
const isSame = (one: object, other: object): boolean => canonical(one) === canonical(other);
