/** A median of rounds, and how far they went apart. */
export type Spread = { readonly median: number; readonly least: number; readonly most: number };

export const spreadOf = (values: readonly number[]): Spread => ({
  median: median(values),
  least: Math.min(...values),
  most: Math.max(...values),
});

export const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

/**
 * Every work once in each round, so that what else the machine does falls on all of them alike; what each answered.
 * @param warmUps rounds before the first that counts.
 */
export const interleaved = async <Name extends string, Answer>(
  works: Readonly<Record<Name, () => Answer | Promise<Answer>>>,
  rounds: number,
  warmUps = 0,
): Promise<Readonly<Record<Name, readonly Answer[]>>> => {
  const names = Object.keys(works) as Name[];
  const answers = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    Answer[]
  >;
  for (let round = -warmUps; round < rounds; round += 1)
    for (const name of names) {
      const answer = await works[name]();
      if (round >= 0) answers[name].push(answer);
    }
  return answers;
};

/** Runs of `work` a second, over at least `atLeastMs`. */
export const perSecond = (work: (index: number) => void, atLeastMs: number): number => {
  const begun = performance.now();
  let runs = 0;
  let elapsedMs = 0;
  while (elapsedMs < atLeastMs) {
    for (let batch = 0; batch < 1_000; batch += 1) work(runs + batch);
    runs += 1_000;
    elapsedMs = performance.now() - begun;
  }
  return (runs / elapsedMs) * 1_000;
};

/** Of sorted values, the one that so large a share of them is not above. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
