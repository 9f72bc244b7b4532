import { memoryCauses } from '../../shared/adapters/memory/campaigns.ts';
import { allocate } from '../../shared/allocation/allocate.ts';
import { rosterOf } from '../../shared/allocation/roster.ts';
import { registrationsFor } from '../../shared/campaign/charges.ts';
import { deviceCountMax, type Hub } from '../../shared/domain/hub.ts';
import { type HubTable, hubTable } from '../../shared/domain/hub-table.ts';
import { instant } from '../../shared/domain/instant.ts';
import { noPolicy } from '../../shared/domain/policy.ts';
import { findCauses } from '../../shared/flows/find-cause.ts';
import { demandOf } from '../../shared/planning/demand.ts';
import { type Goal, planLimits } from '../../shared/planning/goal.ts';
import { snapshotOf } from '../../shared/planning/snapshot.ts';
import { aHub } from '../support/a-hub.ts';
import { aQuestion, main } from '../support/a-question.ts';
import { newStory, type Violation } from './story.ts';
import { virtualWorld } from './virtual-world.ts';
import { day, hour } from './weather.ts';

/** A fleet too large to be simulated device by device. */
export type CountedFleet = {
  readonly deviceCount: number;
  readonly hubCount: number;
  readonly days: number;
};

export const aMillion: CountedFleet = { deviceCount: 1_000_000, hubCount: 20, days: 365 };

export type LifeByCounts = {
  readonly violations: readonly Violation[];
  readonly plans: number;
  readonly moves: number;
  readonly decisions: number;
  /** The fullest hub against its fair share, at the end. */
  readonly fullest: number;
};

/** As `rebalance` has them. */
const churnPercent = 5;
const againMs = day;
const quotas = {
  registrationsPerMinute: 1_000,
  organicPercent: 20,
  organicPerMinute: 0,
  parkedShare: 0,
  factor: 1,
};
/** In an hour. */
const comeCount = 40;
const goCount = 35;
/** The last so many days are calm. */
const calmDays = 60;

/**
 * Hubs are counts; newcomers are placed by the webhook's own rules, and what Rehome acts on by itself is found, weighed and paced as it is. Hubs are
 * cordoned, scaled, join and fall ill; then it is calm, and the fleet is balanced, and stays so [P6].
 */
export const liveByCounts = async (seed: number, fleet: CountedFleet): Promise<LifeByCounts> => {
  const life = newLife(seed, fleet);
  const { world, story, counted } = life;
  const calmMs = (fleet.days - calmDays) * day;
  let isCalm = false;
  for (let atMs = 0; atMs < fleet.days * day; atMs += hour) {
    await world.runUntil(atMs, () => undefined);
    organic(life);
    if (atMs < calmMs && world.chance(1 / 48)) disturb(life);
    if (atMs >= calmMs && !isCalm) {
      isCalm = true;
      putRight(life);
    }
    const planned = await look(life, fleet);
    if (planned && atMs > calmMs + 20 * day)
      story.violate('P6', `it plans to ${planned} after three weeks of calm`);
    moveOn(life);
    if (atMs > calmMs + 20 * day) checkRoom(life);
  }
  const { loads, levels } = demandFor(life, { kind: 'rebalance' });
  const fullest = Math.max(...levels.map((level, index) => (loads[index] ?? 0) / level));
  if (fullest > 1 + planLimits.imbalancePercent / 100)
    story.violate('P6', `a hub is ${fullest} of its fair share at the end`);
  return { violations: story.violations, ...counted, fullest };
};

const newLife = (seed: number, { deviceCount, hubCount }: CountedFleet) => {
  const world = virtualWorld(seed);
  const policies = { latest: () => noPolicy, known: async () => noPolicy };
  const { clock, deadline } = world;
  const capacity = Math.ceil((deviceCount / hubCount) * 1.6);
  const perHub = Math.floor(deviceCount / hubCount);
  const names = Array.from({ length: hubCount }, (_, index) => `hub-${index}`);
  const made = (name: string, count: number): Hub =>
    aHub(name, { capacity, deviceCount: count, countedAt: instant(0) });
  return {
    world,
    story: newStory(world),
    ports: { policies, causes: memoryCauses(), clock, deadline },
    /** By their short names. */
    hubs: new Map(names.map((name) => [name, made(name, perHub)])),
    made,
    counted: { plans: 0, moves: 0, decisions: 0 },
    under: undefined as { readonly goal: Goal; left: number } | undefined,
    lastMs: Number.NEGATIVE_INFINITY,
  };
};
type Life = ReturnType<typeof newLife>;

/** No hub is new: none has to ramp. */
const tableOf = ({ hubs, world }: Life): HubTable => ({
  ...hubTable([...hubs.values()], world.clock.now()),
  begunAt: instant(-day),
});

const change = ({ hubs }: Life, name: string, to: Partial<Hub>): void => {
  const hub = hubs.get(name);
  if (hub) hubs.set(name, { ...hub, ...to });
};

const add = (life: Life, name: string, count: number): void =>
  change(life, name, { deviceCount: (life.hubs.get(name)?.deviceCount ?? 0) + count });

const shortOf = (host: string): string => host.split('.')[0] ?? '';

/** Newcomers, each placed as the webhook does; and some that are gone. */
const organic = (life: Life): void => {
  const { hubs, story, counted, world } = life;
  const roster = rosterOf(tableOf(life), noPolicy, 5);
  const linked = [...hubs.keys()];
  for (let newcomer = 0; newcomer < comeCount; newcomer += 1) {
    counted.decisions += 1;
    const { hub } = allocate(aQuestion({ device: `d-${counted.decisions}`, linked }), roster);
    const name = shortOf(hub);
    const state = hubs.get(name)?.state;
    if (state === undefined) story.violate('A1', `a newcomer is put on ${hub}`);
    else if (state !== 'open') story.violate('A3', `${hub} is ${state}, and is given a newcomer`);
    add(life, name, 1);
  }
  for (let gone = 0; gone < goCount; gone += 1) {
    const name = world.pick(linked);
    if ((hubs.get(name)?.deviceCount ?? 0) > 0) add(life, name, -1);
  }
};

const disturb = (life: Life): void => {
  const { world, hubs, made } = life;
  const [name, hub] = world.pick([...hubs]);
  const now = world.clock.now();
  const dice = world.random();
  if (dice < 0.3) change(life, name, { state: hub.state === 'open' ? 'cordoned' : 'open' });
  else if (dice < 0.5) change(life, name, { weight: world.pick([0.5, 1, 2]) });
  else if (dice < 0.6) {
    const capacity = Math.ceil(hub.capacity * world.between(0.8, 1.5));
    change(life, name, { capacity });
  } else if (dice < 0.65) hubs.set(`hub-${hubs.size}`, made(`hub-${hubs.size}`, 0));
  else if (dice < 0.7)
    change(life, name, { trouble: { kind: 'unhealthy', since: now }, silentSince: now });
  else change(life, name, { trouble: undefined, silentSince: undefined, state: 'open' });
};

const putRight = (life: Life): void => {
  const { capacity } = life.made('any', 0);
  const well = { trouble: undefined, silentSince: undefined } as const;
  for (const name of life.hubs.keys())
    change(life, name, { ...well, state: 'open', weight: 1, capacity });
};

const demandFor = (life: Life, goal: Goal) => {
  const looked = { candidates: [], held: [], moving: [], isRead: () => false };
  const now = life.world.clock.now();
  const snapshot = snapshotOf({
    scope: main,
    table: tableOf(life),
    policyVersion: 0,
    now,
    ...looked,
  });
  return { snapshot, ...demandOf(goal, snapshot, noPolicy, planLimits) };
};

/** Answers for what it plans; undefined: it does not. */
const look = async (
  life: Life,
  { deviceCount }: CountedFleet,
): Promise<Goal['kind'] | undefined> => {
  const { ports, world, counted } = life;
  if (life.under) return undefined;
  const [cause] = await findCauses(
    ports,
    main,
    { table: tableOf(life), silent: [] },
    [],
    planLimits,
  );
  const isUrgent = cause?.goal.kind === 'evacuate';
  if (!cause || (!isUrgent && world.now() - life.lastMs < againMs)) return undefined;
  if ('hub' in cause.goal && isUrgent) change(life, shortOf(cause.goal.hub), { state: 'closed' });
  counted.plans += 1;
  const churn = Math.ceil((deviceCount * churnPercent) / 100);
  life.under = {
    goal: cause.goal,
    left: isUrgent ? Number.POSITIVE_INFINITY : (cause.movesMax ?? churn),
  };
  return cause.goal.kind;
};

/** Where the goal has too many, and where there is room for them; as many as the quotas let in an hour. */
const moveOn = (life: Life): void => {
  const { under, counted, world } = life;
  if (!under) return;
  const { goal } = under;
  const { snapshot, loads, levels, caps } = demandFor(life, goal);
  const out = snapshot.hubs.map((_, index) =>
    Math.max(0, (loads[index] ?? 0) - (caps[index] ?? 0)),
  );
  const room = snapshot.hubs.map(({ hub }, index) => {
    if (hub.state !== 'open' || hub.trouble || (out[index] ?? 0) > 0) return 0;
    const most = Math.min(deviceCountMax(hub), Math.ceil(levels[index] ?? 0));
    return Math.max(0, most - (loads[index] ?? 0));
  });
  const most = Math.min(under.left, Math.floor(registrationsFor(quotas) * 60));
  let left = most;
  for (const [from, source] of snapshot.hubs.entries())
    for (const [to, target] of snapshot.hubs.entries()) {
      const count = Math.min(out[from] ?? 0, room[to] ?? 0, left);
      if (count <= 0) continue;
      [out[from], room[to]] = [(out[from] ?? 0) - count, (room[to] ?? 0) - count];
      left -= count;
      add(life, shortOf(source.hub.hostName), -count);
      add(life, shortOf(target.hub.hostName), count);
    }
  counted.moves += most - left;
  under.left -= most - left;
  if (left > 0 || under.left <= 0) {
    life.lastMs = world.now();
    life.under = undefined;
  }
};

/** [P1] */
const checkRoom = ({ hubs, story }: Life): void => {
  for (const { hostName, deviceCount = 0, capacity } of hubs.values())
    if (deviceCount > capacity) story.violate('P1', `${hostName} holds more than it may`);
};
