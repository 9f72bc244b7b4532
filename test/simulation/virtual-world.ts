import type { World } from '../../local/world.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Deadline } from '../../shared/ports/deadline.ts';
import type { Dice } from '../../shared/ports/dice.ts';

/** Time that passes as fast as the machine can, and chance from one seed: the same seed, the same life. */
export type VirtualWorld = World & {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly deadline: Deadline;
  readonly chance: (probability: number) => boolean;
  readonly between: (least: number, most: number) => number;
  readonly pick: <One>(of: readonly One[]) => One;
  /** Lets happen what is due until then, one thing after the other, with `afterEach` after each: no more where it answers `done`. */
  readonly runUntil: (endMs: number, afterEach: () => unknown) => Promise<void>;
};

export const virtualWorld = (seed: number): VirtualWorld => {
  const queue: Timer[] = [];
  const random = mulberry32(seed);
  let [nowMs, count] = [0, 0];
  const due = (delayMs: number, then: () => void): Timer => {
    count += 1;
    const timer = { atMs: nowMs + Math.max(0, delayMs), order: count, then, isOff: false };
    push(queue, timer);
    return timer;
  };
  const after = (delayMs: number, then: () => void): void => void due(delayMs, then);
  return {
    now: () => nowMs,
    after,
    random,
    clock: { now: () => instant(nowMs) },
    dice: {
      draw: random,
      digits: (digits) =>
        Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join(''),
    },
    deadline: (timeoutMs, work) =>
      new Promise((resolve, reject) => {
        const late = due(timeoutMs, () => reject(new Error(`no answer within ${timeoutMs} ms`)));
        work(new AbortController().signal)
          .then(resolve, reject)
          .finally(() => {
            late.isOff = true; // nothing happens then
          });
      }),
    chance: (probability) => random() < probability,
    between: (least, most) => least + random() * (most - least),
    pick: (of) => {
      const picked = of[Math.floor(random() * of.length)];
      if (picked === undefined) throw new RangeError('Nothing to pick from.');
      return picked;
    },
    runUntil: async (endMs, afterEach) => {
      await settled(); // what was begun before
      for (let next = queue[0]; next && next.atMs <= endMs; next = queue[0]) {
        pop(queue);
        if (next.isOff) continue;
        nowMs = Math.max(nowMs, next.atMs);
        next.then();
        await settled();
        if (afterEach() === 'done') return;
      }
      nowMs = endMs;
    },
  };
};

/** After all that promises have to say: nothing here waits for the machine. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Timer = {
  readonly atMs: number;
  readonly order: number;
  readonly then: () => void;
  isOff: boolean;
};

const isBefore = (one: Timer, other: Timer): boolean =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);

/** A binary heap, least first. */
const push = (heap: Timer[], timer: Timer): void => {
  let at = heap.push(timer) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (!parent || !isBefore(timer, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = timer;
};

const pop = (heap: Timer[]): void => {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
    const lesser = left && right && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
    const child = heap[lesser];
    if (!child || !isBefore(child, last)) break;
    heap[at] = child;
    at = lesser;
  }
  heap[at] = last;
};

/** @see https://github.com/bryc/code/blob/master/jshash/PRNGs.md#mulberry32 */
export const mulberry32 = (seed: number) => {
  let state = seed | 0;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Again and again, as often as `everyMs` says each time, until `work` answers `done`. */
export const repeat = (world: VirtualWorld, everyMs: () => number, work: () => unknown): void => {
  world.after(everyMs(), () => {
    if (work() !== 'done') repeat(world, everyMs, work);
  });
};
