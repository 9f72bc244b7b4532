/** Runs of `work` a second, over at least `atLeastMs`. */
export const perSecond = (work: (index: number) => void, atLeastMs = 1_000): number => {
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

export const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

/** 1,234,567 */
export const whole = (value: number): string => Math.round(value).toLocaleString('en');

/** 9.09 % */
export const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

export const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
