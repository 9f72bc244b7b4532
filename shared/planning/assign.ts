import { type Demand, wholeUp } from './demand.ts';
import { addArc, flowOn, isOptimal, type Network, newNetwork, sendAtLeastCost } from './network.ts';
import type { Candidate, Snapshot } from './snapshot.ts';

/** Candidates of one kind, that count for the same, and that must go or may. */
export type DeviceClass = {
  readonly hub: number;
  readonly targets: readonly number[];
  readonly weight: number;
  readonly isMust: boolean;
  readonly isDoubtful: boolean;
  readonly isRecent: boolean;
  /** Indexes of the snapshot's candidates, in their order. */
  readonly members: number[];
};

/** How much of each class goes where, in what it counts for. */
export type Assignment = {
  readonly classes: readonly DeviceClass[];
  /** By class, by its targets. */
  readonly amounts: readonly (readonly number[])[];
  /** Moves, at least, by which so much of the goal is reached: devices, not rounded. */
  readonly movesLeast: number;
};

/**
 * What is minimized, first things first. Each is worth more than a cycle of hubs could make of all that come after it, and the sums stay
 * exact: a DPS links 50 hubs.
 */
const price = {
  /** A device that must go, and stays. */
  stays: 2 ** 40,
  /** One past what a hub should hold. */
  over: 2 ** 30,
  move: 2 ** 16,
  /** A hub that is filled past its fair share. */
  pastLevel: 64,
  /** It loses the latency that it has. */
  otherRegion: 16,
  doubtful: 8,
  recent: 4,
};

/**
 * [P2] The fewest moves, exactly, for devices that all count the same: a flow of least cost from where there are too many to where there is room,
 * through classes of devices. A chain is a path through a hub in between. [P3] Nobody comes to a hub that holds more than it may.
 *
 * @throws Error when the flow is not proved to be of least cost: a bug.
 */
export const assign = (
  snapshot: Snapshot,
  demand: Demand,
  classes: readonly DeviceClass[],
): Assignment => {
  const count = snapshot.hubs.length;
  const [source, sink] = [0, 1];
  const hubNode = (hub: number): number => 2 + hub;
  const ownNode = (hub: number): number => 2 + count + hub;
  const network = newNetwork(2 + 2 * count + classes.length);
  const going = new Float64Array(count);
  for (const { isMust, hub, members, weight } of classes)
    if (isMust) going[hub] = (going[hub] ?? 0) + members.length * weight;
  for (let hub = 0; hub < count; hub += 1)
    addHub(network, demand, hub, going[hub] ?? 0, {
      source,
      sink,
      own: ownNode(hub),
      node: hubNode(hub),
    });
  const arcs = classes.map((one, index) => {
    const node = 2 + 2 * count + index;
    const amount = one.members.length * one.weight;
    if (one.isMust) {
      addArc(network, source, node, amount);
      addArc(network, node, ownNode(one.hub), amount, price.stays);
    } else addArc(network, hubNode(one.hub), node, amount);
    // A hub that holds more than it may takes nobody, whoever leaves it.
    const capacity = (to: number): number =>
      (demand.loads[to] ?? 0) - (going[to] ?? 0) > (demand.roofs[to] ?? 0) ? 0 : amount;
    return one.targets.map((to) =>
      addArc(network, node, hubNode(to), capacity(to), priceOf(snapshot, one, to)),
    );
  });
  const potential = sendAtLeastCost(network, source, sink);
  if (!isOptimal(network, potential)) throw new Error('The plan was not proved to be the least.');
  const amounts = arcs.map((ofClass) => ofClass.map((arc) => flowOn(network, arc)));
  const movesLeast = classes.reduce(
    (sum, { weight }, index) => sum + total(amounts[index] ?? []) / weight,
    0,
  );
  return { classes, amounts, movesLeast };
};

const total = (amounts: readonly number[]): number => amounts.reduce((sum, one) => sum + one, 0);

type Nodes = {
  readonly source: number;
  readonly sink: number;
  /** What the hub has of its own, and what stays there; and the hub itself. */
  readonly own: number;
  readonly node: number;
};

/**
 * What is past its cap must leave, or stays past it. Others may come up to its level, then up to its cap; and past that up to its roof only
 * where they have nowhere else to go.
 */
const addHub = (
  network: Network,
  { loads, caps, levels, roofs }: Demand,
  hub: number,
  going: number,
  { source, sink, own, node }: Nodes,
): void => {
  const [load = 0, cap = 0, level = 0, roof = 0] = [loads[hub], caps[hub], levels[hub], roofs[hub]];
  const rest = load - going;
  const base = Math.min(rest, cap);
  const open = Math.max(base, Math.min(cap, roof));
  const upToLevel = Math.min(open - base, Math.max(0, wholeUp(level) - base));
  addArc(network, source, own, rest - base);
  addArc(network, own, node, Number.POSITIVE_INFINITY);
  addArc(network, node, sink, upToLevel);
  addArc(network, node, sink, open - base - upToLevel, price.pastLevel);
  addArc(network, node, sink, Math.max(0, roof - open), price.over);
  // Where it is, though no other may come: past its roof.
  addArc(network, own, sink, Math.max(0, Math.min(load, cap) - Math.max(roof, base)));
  addArc(network, own, sink, Math.max(0, load - Math.max(cap, roof)), price.over);
};

/** One unit of what a device counts for: a heavy one moves more at once. */
const priceOf = (
  { hubs }: Snapshot,
  { hub, weight, isDoubtful, isRecent }: DeviceClass,
  to: number,
): number => {
  const [from, there] = [hubs[hub]?.hub.region, hubs[to]?.hub.region];
  const isFar = from !== undefined && there !== undefined && from !== there;
  const extra =
    (isFar ? price.otherRegion : 0) +
    (isDoubtful ? price.doubtful : 0) +
    (isRecent ? price.recent : 0);
  return Math.floor((price.move + extra) / weight);
};

/** In the order in which they are taken: evenly spread over the names, and the same however they were read [P8]. */
export const inOrder = (candidates: readonly Candidate[]): Int32Array => {
  const base = 2 ** 24; // more devices than a DPS holds
  const keys = new Float64Array(candidates.length);
  for (let index = 0; index < keys.length; index += 1)
    keys[index] = (candidates[index]?.order ?? 0) * base + index;
  keys.sort();
  const indexes = new Int32Array(keys.length);
  for (let at = 0; at < keys.length; ) {
    const order = Math.floor((keys[at] ?? 0) / base);
    let end = at;
    for (; end < keys.length && (keys[end] ?? 0) < (order + 1) * base; end += 1)
      indexes[end] = (keys[end] ?? 0) - order * base;
    if (end - at > 1) sortByName(indexes.subarray(at, end), candidates);
    at = end;
  }
  return indexes;
};

const sortByName = (run: Int32Array, candidates: readonly Candidate[]): void => {
  const nameOf = (index: number): string => candidates[index]?.deviceId ?? '';
  run.sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
};

/**
 * Devices that are the same to the flow. Candidates are looked at as they lie in memory, and by their names only as numbers: a million that
 * are looked at here and there cost thrice as much.
 */
export const classesOf = (
  { candidates }: Snapshot,
  demand: Pick<Demand, 'must' | 'targets'>,
  order: Int32Array,
  takes: (index: number) => boolean,
): readonly DeviceClass[] => {
  const { classAt, made } = classified(candidates, demand, takes);
  const classes: DeviceClass[] = [];
  for (const index of order) {
    const one = made[classAt[index] ?? -1];
    if (!one) continue;
    // In the order of their first members, which is that of the names [P8].
    if (one.members.length === 0) classes.push(one);
    one.members.push(index);
  }
  return classes;
};

/** The class of each candidate, −1 where it is in none; and the classes, without their members. */
const classified = (
  candidates: readonly Candidate[],
  { must, targets }: Pick<Demand, 'must' | 'targets'>,
  takes: (index: number) => boolean,
) => {
  const classAt = new Int32Array(candidates.length).fill(-1);
  const made: DeviceClass[] = [];
  const numbers = new Map<string, number>();
  const usual: number[] = []; // of those of one kind that count for 1 and may go where the kind may
  for (let index = 0; index < candidates.length; index += 1) {
    const candidate = candidates[index];
    if (!candidate || !takes(index)) continue;
    const { kind, weight, deviceId } = candidate;
    const isMust = must(deviceId, kind.hub, kind.misplaced);
    const where = targets(candidate);
    if (!isMust && where.length === 0) continue;
    const isUsual = weight === 1 && where === kind.eligible;
    const usualAt = 2 * kind.id + (isMust ? 1 : 0);
    const key = isUsual ? `${usualAt}` : `${kind.id}|${weight}|${isMust}|${where}`;
    const known = isUsual ? usual[usualAt] : numbers.get(key);
    const number = known ?? made.push(classOf(candidate, where, isMust)) - 1;
    classAt[index] = number;
    if (known !== undefined) continue;
    numbers.set(key, number);
    if (isUsual) usual[usualAt] = number;
  }
  return { classAt, made };
};

const classOf = (
  { kind, weight }: Candidate,
  targets: readonly number[],
  isMust: boolean,
): DeviceClass => ({
  hub: kind.hub,
  targets,
  weight,
  isMust,
  isDoubtful: kind.doubt !== undefined,
  isRecent: kind.isRecent,
  members: [],
});
