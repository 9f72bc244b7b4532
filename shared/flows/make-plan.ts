import type { HubHostName } from '../domain/hub.ts';
import type { HubTable } from '../domain/hub-table.ts';
import type { Policy } from '../domain/policy.ts';
import type { PaceLimits } from '../planning/pace.ts';
import { pagesOf } from '../planning/pages.ts';
import { type Plan, plan } from '../planning/plan.ts';
import { countReasons } from '../planning/reasons.ts';
import type { Dice } from '../ports/dice.ts';
import type { KeptPlan, MadePlan, PlanOrder, PlanState, Plans } from '../ports/plans.ts';
import type { Policies } from '../ports/policies.ts';
import type { CountHubs } from './count-hubs.ts';
import { hubsToRead } from './hubs-to-read.ts';
import { type FleetLook, type LookPorts, lookAtFleet } from './look-at-fleet.ts';

/** Makes a plan that was asked for. Whoever comes second finds it made, or somebody at work. */
export type MakePlan = (planId: string) => Promise<PlanState['kind'] | 'unknown'>;

export type PlanPorts = LookPorts & {
  readonly plans: Plans;
  readonly policies: Policies;
  readonly dice: Dice;
  readonly countHubs: CountHubs;
};

const timeoutMs = 10_000;
/** Who was silent for so long is gone. */
export const aliveMs = 120_000;
const sayAliveMs = 5_000;
/** A plan that three failed to make is not tried again. */
const attemptsMax = 3;

/**
 * [R1] Claim → look → plan → pages → made. Pages are put under a run of their own, and the plan names the run: of two that make the same
 * plan, the one that is written first stands, whole.
 */
export const makePlan =
  (ports: PlanPorts, paceLimits: PaceLimits): MakePlan =>
  async (planId) => {
    const claimed = await claim(ports, planId);
    if (typeof claimed === 'string') return claimed;
    const work = workOn(ports, claimed);
    try {
      const planned = await planFor(ports, claimed.order, paceLimits, work.alive);
      await work.put(planned);
      return 'made';
    } catch (fault) {
      if (fault === superseded) return 'planning';
      const because = fault instanceof Error ? fault.message : String(fault);
      if (claimed.attempt >= attemptsMax) await work.fail(because);
      throw fault;
    }
  };

type Claimed = {
  readonly order: PlanOrder;
  readonly run: string;
  readonly attempt: number;
  readonly version: string;
};

const readPlan = ({ plans, deadline }: PlanPorts, planId: string): Promise<KeptPlan | undefined> =>
  deadline(timeoutMs, (signal) => plans.read(planId, signal));

const claim = async (
  ports: PlanPorts,
  planId: string,
): Promise<Claimed | PlanState['kind'] | 'unknown'> => {
  const { clock, dice, plans, deadline } = ports;
  const kept = await readPlan(ports, planId);
  if (!kept) return 'unknown';
  const { order, state, version } = kept;
  const now = clock.now();
  if (state.kind === 'made' || state.kind === 'failed') return state.kind;
  if (state.kind === 'planning' && now - state.aliveAt < aliveMs) return state.kind;
  const attempt = state.kind === 'planning' ? state.attempt + 1 : 1;
  const run = dice.digits(8);
  const isGivenUp = attempt > attemptsMax; // its makers died, and said nothing
  const claimed: PlanState = isGivenUp
    ? { kind: 'failed', because: `${attemptsMax} tries came to nothing` }
    : { kind: 'planning', run, attempt, aliveAt: now, read: 0 };
  const outcome = await deadline(timeoutMs, (signal) =>
    plans.write(order, claimed, version, signal),
  );
  if (outcome === 'superseded') return 'planning';
  if (isGivenUp) return 'failed';
  const again = await readPlan(ports, planId);
  if (again?.state.kind !== 'planning' || again.state.run !== run) return 'planning';
  return { order, run, attempt, version: again.version };
};

/** Somebody else took the plan over. */
const superseded = new Error('The plan was taken over.');

const workOn = (ports: PlanPorts, { order, run, attempt, version: claimedAs }: Claimed) => {
  const { plans, clock, deadline } = ports;
  let version = claimedAs;
  let [saidAt, lastRead] = [clock.now(), 0];
  const write = async (state: PlanState): Promise<void> => {
    const outcome = await deadline(timeoutMs, (signal) =>
      plans.write(order, state, version, signal),
    );
    if (outcome === 'superseded') throw superseded;
    const kept = await readPlan(ports, order.id);
    if (state.kind !== 'planning') return;
    if (kept?.state.kind !== 'planning' || kept.state.run !== run) throw superseded;
    version = kept.version;
  };
  const alive = async (read = lastRead): Promise<void> => {
    const now = clock.now();
    lastRead = read;
    if (now - saidAt < sayAliveMs) return;
    saidAt = now;
    await write({ kind: 'planning', run, attempt, aliveAt: now, read });
  };
  return {
    alive,
    put: async (planned: Plan): Promise<void> => {
      const { id } = order;
      for (const [number, rows] of pagesOf(planned.moves).entries()) {
        const page = { id, run, number, kind: 'moves', rows } as const;
        await deadline(timeoutMs, (signal) => plans.putPage(page, signal));
        await alive();
      }
      for (const [number, rows] of pagesOf(planned.refusals).entries()) {
        const page = { id, run, number, kind: 'refusals', rows } as const;
        await deadline(timeoutMs, (signal) => plans.putPage(page, signal));
        await alive();
      }
      await write({ kind: 'made', run, madeAt: clock.now(), plan: summaryOf(planned) });
    },
    fail: (because: string): Promise<void> => write({ kind: 'failed', because }),
  };
};

const summaryOf = ({ moves, refusals, ...rest }: Plan): MadePlan => ({
  ...rest,
  moveCount: moves.length,
  refusalCount: refusals.length,
  reasons: countReasons(refusals).slice(0, reasonsMax),
  stageCount: moves.reduce((most, { stage }) => Math.max(most, stage + 1), 0),
  uncertainCount: moves.reduce((sum, { isCertain }) => (isCertain ? sum : sum + 1), 0),
});

const reasonsMax = 20;

const planFor = async (
  ports: PlanPorts,
  order: PlanOrder,
  paceLimits: PaceLimits,
  alive: (read: number) => Promise<void>,
): Promise<Plan> => {
  const { goal, limits } = order;
  const [{ table }, policy] = [await ports.countHubs(), await ports.policies.known()];
  const look = await lookAtFleet(ports, order, table, policy, alive);
  const decide = (): Plan => plan(look.snapshot(), goal, policy, limits, paceLimits);
  await readFirst(ports, look, order, table, policy);
  for (let planned = decide(); ; planned = decide()) {
    const more = hubsToRead(planned, goal, look);
    if (more.length === 0) return planned;
    for (const { hub, countMin } of more) await look.read(hub, countMin);
  }
};

/** Where rules or enrollments say who may be where, all devices count; else those that the goal names. */
const readFirst = async (
  { enrollments, deadline }: PlanPorts,
  look: FleetLook,
  { goal, limits, scope }: PlanOrder,
  { hubs }: HubTable,
  { rules }: Policy,
): Promise<void> => {
  const all = async (names: Iterable<HubHostName>): Promise<void> => {
    for (const hub of names) await look.read(hub, Number.POSITIVE_INFINITY);
  };
  switch (goal.kind) {
    case 'drain':
    case 'evacuate':
      return all([goal.hub]);
    case 'quarantine':
    case 'return':
      for (const deviceId of new Set(goal.devices)) await look.readOne(deviceId);
      return;
    case 'relocate':
      return all(hubs.keys());
    default: {
      const isLimited =
        rules.length > 0 ||
        limits.loadLabel !== undefined ||
        (await deadline(timeoutMs, (signal) => enrollments.limits(scope, signal)));
      if (isLimited) await all(hubs.keys());
    }
  }
};
