/** Does the work for all of them, so many at once; answers what came of it, in their order. The first fault is thrown, and no more are begun. */
export const inParallel = async <One, Done>(
  all: readonly One[],
  atOnceMax: number,
  work: (one: One) => Promise<Done>,
): Promise<readonly Done[]> => {
  const done: Done[] = [];
  const waiting = eachOf(all);
  const worker = async (): Promise<void> => {
    for (const [index, one] of waiting) done[index] = await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(atOnceMax, all.length) }, worker));
  return done;
};

/** Workers share it: each takes the next, and a loop that throws ends it for all. (An array's own iterator would go on.) */
function* eachOf<One>(all: readonly One[]): Generator<[number, One]> {
  yield* all.entries();
}
