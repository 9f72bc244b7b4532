/**
 * What the cores of local/ need from outside: time and chance, as arguments. A server gives them the real ones; a simulation gives
 * them its own, and is then repeatable.
 */
export type World = {
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Runs `then` once, `delayMs` from now. */
  readonly after: (delayMs: number, then: () => void) => void;
  /** At least 0, less than 1. */
  readonly random: () => number;
};

export const realWorld: World = {
  now: Date.now,
  after: (delayMs, then) => {
    setTimeout(then, delayMs).unref();
  },
  random: Math.random,
};

export const sleep = (world: World, delayMs: number): Promise<void> =>
  new Promise((resolve) => world.after(delayMs, resolve));

/** `2026-01-01T00:00:00.000Z` */
export const isoTime = (ms: number): string => new Date(ms).toISOString();

/** As many random hexadecimal digits as asked. */
export const randomHex = ({ random }: World, digitCount: number): string =>
  Array.from({ length: digitCount }, () => Math.floor(random() * 16).toString(16)).join('');

/** A key of 32 random bytes, as Azure prints it. */
export const randomKey = (world: World): string =>
  Buffer.from(randomHex(world, 64), 'hex').toString('base64');
