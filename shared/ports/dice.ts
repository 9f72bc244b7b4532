/** Chance, as an argument. */
export type Dice = {
  /** At least 0, less than 1. */
  readonly draw: () => number;
  /** So many hexadecimal digits that nobody draws twice. */
  readonly digits: (count: number) => string;
};
