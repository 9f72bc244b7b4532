/**
 * Where Event Hubs puts a partition key: Bob Jenkins' lookup3 over its UTF-8 bytes, both halves folded to 16 bits.
 * @see https://www.burtleburtle.net/bob/c/lookup3.c
 */
export const partitionOfKey = (key: string, partitionCount: number): number => {
  const bytes = Buffer.from(key, 'utf8');
  const start = (0xdeadbeef + bytes.length) >>> 0;
  const state: State = [start, start, start];
  let at = 0;
  for (; bytes.length - at > 12; at += 12) {
    add(state, bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4), bytes.readUInt32LE(at + 8));
    mix(state);
  }
  if (bytes.length > at) {
    const last = Buffer.alloc(12);
    bytes.copy(last, 0, at);
    add(state, last.readUInt32LE(0), last.readUInt32LE(4), last.readUInt32LE(8));
    finish(state);
  }
  const folded = ((state[1] ^ state[2]) << 16) >> 16;
  return Math.abs(folded % partitionCount);
};

/** a, b, c of lookup3; changed in place. */
type State = [number, number, number];
type Index = 0 | 1 | 2;

const rotated = (value: number, by: number): number =>
  ((value << by) | (value >>> (32 - by))) >>> 0;

const add = (state: State, a: number, b: number, c: number): void => {
  state[0] = (state[0] + a) >>> 0;
  state[1] = (state[1] + b) >>> 0;
  state[2] = (state[2] + c) >>> 0;
};

const mix = (state: State): void => {
  const step = (into: Index, from: Index, other: Index, by: number): void => {
    state[into] = ((state[into] - state[from]) ^ rotated(state[from], by)) >>> 0;
    state[from] = (state[from] + state[other]) >>> 0;
  };
  step(0, 2, 1, 4);
  step(1, 0, 2, 6);
  step(2, 1, 0, 8);
  step(0, 2, 1, 16);
  step(1, 0, 2, 19);
  step(2, 1, 0, 4);
};

const finish = (state: State): void => {
  const step = (into: Index, from: Index, by: number): void => {
    state[into] = ((state[into] ^ state[from]) - rotated(state[from], by)) >>> 0;
  };
  step(2, 1, 14);
  step(0, 2, 11);
  step(1, 0, 25);
  step(2, 1, 16);
  step(0, 2, 4);
  step(1, 0, 14);
  step(2, 1, 24);
};
