import { deviceCountMax, type Hub } from '../domain/hub.ts';
import type { Policy } from '../domain/policy.ts';
import type { Goal, PlanLimits } from './goal.ts';
import { fairLevels, type Pool } from './levels.ts';
import { type Candidate, type HubLook, projectedCount, type Snapshot } from './snapshot.ts';

/** What a goal asks of a fleet. By hub, in the order of the snapshot; in devices, or in what they count for. */
export type Demand = {
  /** What it holds, moves under way counted at their target alone. */
  readonly loads: readonly number[];
  /** The fair share of each, as rules and capacities allow. */
  readonly levels: readonly number[];
  /** The most that it should hold in the end: what is past it is excess. */
  readonly caps: readonly number[];
  /** The most that may be there before the moves under way have left [P5]. */
  readonly roofs: readonly number[];
  /** Whether the goal wants the device moved, whatever the loads. */
  readonly must: (deviceId: string, hub: number, misplaced: string | undefined) => boolean;
  /** Where it may go: some of where it is eligible. */
  readonly targets: (candidate: Candidate) => readonly number[];
};

export const demandOf = (
  goal: Goal,
  snapshot: Snapshot,
  policy: Policy,
  limits: PlanLimits,
): Demand => {
  const { hubs } = snapshot;
  const loads = loadsOf(snapshot);
  const mosts = mostsOf(snapshot, loads, limits);
  const must = mustOf(goal, snapshot);
  const targets = targetsOf(goal, snapshot, policy);
  const takes = hubs.map(({ hub }) => takesPart(goal, hub, policy));
  const levels = levelsOf(goal, snapshot, loads, mosts, { must, targets, takes });
  const caps = hubs.map(({ hub }, index) => {
    const [load = 0, most = 0, level = 0] = [loads[index], mosts[index], levels[index]];
    if (isLeft(goal, hub.hostName)) return 0;
    if (!takes[index]) return load;
    switch (goal.kind) {
      case 'rebalance':
        return Math.min(most, wholeUp(level * (1 + limits.slackPercent / 100)));
      case 'fill':
        return Math.min(most, wholeUp(level));
      default:
        return Math.max(load, most); // nobody else is to leave
    }
  });
  const roofs = hubs.map(({ leaving }, index) =>
    takes[index] ? (mosts[index] ?? 0) - leaving : 0,
  );
  return { loads, levels, caps, roofs, must, targets };
};

/** A level is a quotient: what its last bits say is no device. */
export const wholeUp = (level: number): number => Math.ceil(level - 1e-6);

/** Statistics may be younger or older than records: what is known to be there is there. */
const loadsOf = ({ hubs, candidates, held }: Snapshot): readonly number[] => {
  const [known, extra] = [new Float64Array(hubs.length), new Float64Array(hubs.length)];
  const count = (hub: number, weight: number): void => {
    known[hub] = (known[hub] ?? 0) + weight;
    extra[hub] = (extra[hub] ?? 0) + weight - 1;
  };
  for (const { kind, weight } of candidates) count(kind.hub, weight);
  for (const { hub, weight, isGoing } of held) {
    count(hub, weight);
    if (isGoing) known[hub] = (known[hub] ?? 0) - weight; // it counts where it goes to
  }
  return hubs.map((look, index) =>
    Math.max(projectedCount(look) + (extra[index] ?? 0), known[index] ?? 0),
  );
};

/** By hub: the most that it may hold, in what devices count for. */
export const mostsOf = (
  { hubs }: Snapshot,
  loads: readonly number[],
  limits: PlanLimits,
): readonly number[] => {
  const devices = hubs.reduce((sum, look) => sum + projectedCount(look), 0);
  const average = loads.reduce((sum, load) => sum + load, 0) / Math.max(1, devices);
  return hubs.map((look) => mostOf(look, average, limits));
};

/** Capacity is of devices: where loads are weighed, it is as many as a device weighs on average. */
const mostOf = (
  { hub }: HubLook,
  average: number,
  { headroomPercent, loadLabel }: PlanLimits,
): number => {
  const most = Math.floor(deviceCountMax(hub) * (1 - headroomPercent / 100));
  return loadLabel === undefined ? most : Math.floor(most * Math.max(1, average));
};

const mustOf = (goal: Goal, { hubs }: Snapshot): Demand['must'] => {
  switch (goal.kind) {
    case 'rebalance':
    case 'relocate':
      return (_deviceId, _hub, misplaced) => misplaced !== undefined;
    case 'drain':
    case 'evacuate': {
      const left = hubs.findIndex(({ hub }) => hub.hostName === goal.hub);
      return (_deviceId, hub) => hub === left;
    }
    case 'fill':
      return () => false;
    case 'quarantine':
    case 'return': {
      const wanted = new Set(goal.devices.map((name) => name.toLowerCase()));
      return (deviceId) => wanted.has(deviceId.toLowerCase());
    }
  }
};

const targetsOf = (goal: Goal, { hubs }: Snapshot, policy: Policy): Demand['targets'] => {
  const isOnly = (wanted: string | undefined) => (index: number) =>
    hubs[index]?.hub.hostName === wanted;
  const among = (wanted: string | undefined) => {
    const known = new Map<number, readonly number[]>();
    return ({ kind: { id, eligible } }: Candidate): readonly number[] => {
      const found = known.get(id) ?? eligible.filter(isOnly(wanted));
      known.set(id, found);
      return found;
    };
  };
  switch (goal.kind) {
    case 'fill':
      return among(goal.hub);
    case 'quarantine':
      return among(policy.quarantine);
    case 'return':
      return ({ kind: { eligible }, returnTo }) => {
        const before = eligible.filter(isOnly(returnTo));
        return before.length > 0 ? before : eligible;
      };
    default:
      return ({ kind }) => kind.eligible;
  }
};

/**
 * For balance every device counts with where it may be, and what was not read may be anywhere. Else only those that must go are spread, over
 * what is there: the emptiest hubs are filled first.
 */
const levelsOf = (
  goal: Goal,
  { hubs, candidates }: Snapshot,
  loads: readonly number[],
  mosts: readonly number[],
  {
    must,
    targets,
    takes,
  }: Pick<Demand, 'must' | 'targets'> & { readonly takes: readonly boolean[] },
): readonly number[] => {
  const isForBalance = goal.kind === 'rebalance' || goal.kind === 'fill';
  const open = hubs.flatMap((_, index) => (takes[index] ? [index] : []));
  const staying = [...loads];
  const pools = new Map<number | string, { eligible: readonly number[]; load: number }>();
  for (const candidate of candidates) {
    const { kind, weight } = candidate;
    const goes = must(candidate.deviceId, kind.hub, kind.misplaced);
    const mayStay = takes[kind.hub] && kind.misplaced === undefined && !goes;
    if (!goes && !(isForBalance && mayStay)) continue;
    staying[kind.hub] = (staying[kind.hub] ?? 0) - weight;
    const key = goal.kind === 'return' ? `${kind.id}|${candidate.returnTo}` : kind.id;
    const pool = pools.get(key);
    if (pool) pool.load += weight;
    else {
      const eligible = isForBalance ? kind.eligible : targets(candidate);
      const all = mayStay ? [...eligible, kind.hub] : eligible;
      pools.set(key, { eligible: all.filter((hub) => takes[hub]), load: weight });
    }
  }
  const anywhere = (index: number): boolean => isForBalance && !hubs[index]?.isRead;
  const fixed = open.map(
    (index): Pool => ({
      eligible: anywhere(index) ? open : [index],
      load: Math.max(0, staying[index] ?? 0),
    }),
  );
  const parts = open.map((hub) => ({
    hub,
    share: hubs[hub]?.share ?? 1,
    most: Math.max(mosts[hub] ?? 0, 0),
  }));
  const spread = [...pools.values(), ...fixed].filter(({ eligible }) => eligible.length > 0);
  const levels = fairLevels(parts, spread);
  return hubs.map((_, index) => levels.get(index) ?? 0);
};

/** Whether a hub may be given devices at all: it is well, its room is known, and the hub of quarantine is kept for that. */
const takesPart = (
  goal: Goal,
  { state, hostName, deviceCount, trouble }: Hub,
  { quarantine }: Policy,
): boolean =>
  state === 'open' &&
  trouble === undefined &&
  deviceCount !== undefined &&
  !isLeft(goal, hostName) &&
  (goal.kind === 'quarantine' || hostName !== quarantine);

const isLeft = (goal: Goal, hub: string): boolean =>
  (goal.kind === 'drain' || goal.kind === 'evacuate') && goal.hub === hub;
