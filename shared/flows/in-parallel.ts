/** Does the work for all of them, so many at once; answers what came of it, in their order. The first fault is thrown; the others go on meanwhile. */
export const inParallel = async <One, Done>(
  all: readonly One[],
  atOnceMax: number,
  work: (one: One) => Promise<Done>,
): Promise<readonly Done[]> => {
  const done: Done[] = [];
  const waiting = all.entries(); // shared: each worker takes the next
  const worker = async (): Promise<void> => {
    for (const [index, one] of waiting) done[index] = await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(atOnceMax, all.length) }, worker));
  return done;
};
