/** A directed graph with capacities and costs, and a flow on it. Arcs come in pairs: 2k as it was added, 2k+1 its way back. */
export type Network = {
  readonly nodeCount: number;
  /** By arc: where it goes, and what it can still take. */
  readonly to: number[];
  readonly residual: number[];
  readonly cost: number[];
  /** By node: its arcs. */
  readonly arcs: readonly number[][];
};

export const newNetwork = (nodeCount: number): Network => ({
  nodeCount,
  to: [],
  residual: [],
  cost: [],
  arcs: Array.from({ length: nodeCount }, () => []),
});

/** Adds an arc. Answers its number. @throws RangeError where capacity or cost is negative, or no number: it would never end. */
export const addArc = (
  { to, residual, cost, arcs }: Network,
  from: number,
  target: number,
  capacity: number,
  price = 0,
): number => {
  if (!(capacity >= 0 && price >= 0))
    throw new RangeError(`No arc has capacity ${capacity} at ${price}`);
  const arc = to.length;
  to.push(target, from);
  residual.push(capacity, 0);
  cost.push(price, -price);
  arcs[from]?.push(arc);
  arcs[target]?.push(arc + 1);
  return arc;
};

export const flowOn = ({ residual }: Network, arc: number): number => residual[arc + 1] ?? 0;

/**
 * Sends as much as can be sent from source to sink, at the least cost: the primal-dual method. Each round takes the shortest distances by
 * reduced cost, and saturates all shortest paths at once: there are as many rounds as there are different costs of a path, which is few.
 * Answers the distances by which it is optimal: `isOptimal` proves it.
 */
export const sendAtLeastCost = (network: Network, source: number, sink: number): Float64Array => {
  const potential = new Float64Array(network.nodeCount);
  for (;;) {
    const distance = distancesFrom(network, source, potential);
    const far = distance[sink] ?? Number.POSITIVE_INFINITY;
    // Nodes that cannot be reached, or only beyond the sink, move with the sink: their reduced costs stay as they should be.
    for (let node = 0; node < network.nodeCount; node += 1) {
      const away = Math.min(distance[node] ?? far, far);
      if (away < Number.POSITIVE_INFINITY) potential[node] = (potential[node] ?? 0) + away;
    }
    if (far === Number.POSITIVE_INFINITY) return potential;
    saturate(network, source, sink, potential);
  }
};

/** What is left of an arc that a computer's arithmetic may have left. */
const nothing = 1e-7;

/** No arc that can take more would lower the cost: then no cycle of them would, and no flow of the same size is cheaper. */
export const isOptimal = (network: Network, potential: Float64Array): boolean =>
  network.to.every((target, arc) => {
    const from = network.to[arc ^ 1] ?? 0;
    return (
      (network.residual[arc] ?? 0) <= nothing || reduced(network, potential, from, target, arc) >= 0
    );
  });

const reduced = (
  { cost }: Network,
  potential: Float64Array,
  from: number,
  target: number,
  arc: number,
): number => (cost[arc] ?? 0) + (potential[from] ?? 0) - (potential[target] ?? 0);

/** Dijkstra's, over reduced costs, with a heap. */
const distancesFrom = (network: Network, source: number, potential: Float64Array): Float64Array => {
  const { nodeCount, arcs, to, residual } = network;
  const distance = new Float64Array(nodeCount).fill(Number.POSITIVE_INFINITY);
  distance[source] = 0;
  const heap = newHeap();
  heap.push(0, source);
  for (let next = heap.pop(); next; next = heap.pop()) {
    const [away, node] = next;
    if (away > (distance[node] ?? 0)) continue;
    for (const arc of arcs[node] ?? []) {
      if ((residual[arc] ?? 0) <= nothing) continue;
      const target = to[arc] ?? 0;
      const through = away + reduced(network, potential, node, target, arc);
      if (through >= (distance[target] ?? 0)) continue;
      distance[target] = through;
      heap.push(through, target);
    }
  }
  return distance;
};

/** Dinic's: level by level through the arcs that cost nothing more, until no path is left. */
const saturate = (
  network: Network,
  source: number,
  sink: number,
  potential: Float64Array,
): void => {
  for (;;) {
    const level = levelsFrom(network, source, potential);
    if ((level[sink] ?? -1) < 0) return;
    const next = new Int32Array(network.nodeCount);
    while (push(network, source, sink, Number.POSITIVE_INFINITY, { level, next, potential }) > 0);
  }
};

type Layers = {
  readonly level: Int32Array;
  /** By node: the arc that is tried next. */
  readonly next: Int32Array;
  readonly potential: Float64Array;
};

const levelsFrom = (network: Network, source: number, potential: Float64Array): Int32Array => {
  const { nodeCount, arcs, to, residual } = network;
  const level = new Int32Array(nodeCount).fill(-1);
  level[source] = 0;
  const queue = [source];
  for (const node of queue) {
    for (const arc of arcs[node] ?? []) {
      const target = to[arc] ?? 0;
      if ((residual[arc] ?? 0) <= nothing || (level[target] ?? 0) >= 0) continue;
      if (reduced(network, potential, node, target, arc) > 0) continue;
      level[target] = (level[node] ?? 0) + 1;
      queue.push(target);
    }
  }
  return level;
};

/** As deep as there are hubs in a chain, and the classes between them. */
const push = (
  network: Network,
  node: number,
  sink: number,
  amount: number,
  layers: Layers,
): number => {
  if (node === sink) return amount;
  const { arcs, to, residual } = network;
  const { level, next, potential } = layers;
  const out = arcs[node] ?? [];
  let sent = 0;
  for (; (next[node] ?? 0) < out.length; next[node] = (next[node] ?? 0) + 1) {
    const arc = out[next[node] ?? 0] ?? 0;
    const target = to[arc] ?? 0;
    const free = Math.min(residual[arc] ?? 0, amount - sent);
    if (free <= nothing || level[target] !== (level[node] ?? 0) + 1) continue;
    if (reduced(network, potential, node, target, arc) > 0) continue;
    const pushed = push(network, target, sink, free, layers);
    residual[arc] = (residual[arc] ?? 0) - pushed;
    residual[arc ^ 1] = (residual[arc ^ 1] ?? 0) + pushed;
    sent += pushed;
    if (amount - sent <= nothing) return sent;
  }
  return sent;
};

/** Which nodes more could be sent to: one side of a least cut. */
export const reachableFrom = (network: Network, source: number): Uint8Array => {
  const { nodeCount, arcs, to, residual } = network;
  const reached = new Uint8Array(nodeCount);
  reached[source] = 1;
  const queue = [source];
  for (const node of queue) {
    for (const arc of arcs[node] ?? []) {
      const target = to[arc] ?? 0;
      if ((residual[arc] ?? 0) <= nothing || reached[target]) continue;
      reached[target] = 1;
      queue.push(target);
    }
  }
  return reached;
};

/** A binary heap of numbers with what they stand for. */
const newHeap = () => {
  const keys: number[] = [];
  const values: number[] = [];
  const swap = (one: number, other: number): void => {
    [keys[one], keys[other]] = [keys[other] ?? 0, keys[one] ?? 0];
    [values[one], values[other]] = [values[other] ?? 0, values[one] ?? 0];
  };
  const isLess = (one: number, other: number): boolean => (keys[one] ?? 0) < (keys[other] ?? 0);
  return {
    push: (key: number, value: number): void => {
      keys.push(key);
      values.push(value);
      for (let at = keys.length - 1; at > 0; ) {
        const above = (at - 1) >> 1;
        if (!isLess(at, above)) break;
        swap(at, above);
        at = above;
      }
    },
    pop: (): readonly [number, number] | undefined => {
      const [key, value] = [keys[0], values[0]];
      if (key === undefined || value === undefined) return undefined;
      swap(0, keys.length - 1);
      keys.pop();
      values.pop();
      for (let at = 0; ; ) {
        const [left, right] = [2 * at + 1, 2 * at + 2];
        let least = left < keys.length && isLess(left, at) ? left : at;
        if (right < keys.length && isLess(right, least)) least = right;
        if (least === at) return [key, value];
        swap(at, least);
        at = least;
      }
    },
  };
};
