/** How many moves a campaign's waves have: of all moves in percent, together with those before. */
export const wavePercents: readonly number[] = [1, 5, 20, 50, 100];

export type WaveSizes = {
  readonly sizes: readonly number[];
  /** It is too small for a canary to tell anything, and is stopped by the first device that is stranded. */
  readonly isSingle: boolean;
};

export type WaveNeeds = {
  /** How many moves it takes to tell. */
  readonly canary: number;
  /** Moves of which not everything is known: the canary has them all. */
  readonly uncertain: number;
  /** Moves that can go at once, with those: the canary has no others. */
  readonly ready: number;
  readonly percents: readonly number[];
};

/**
 * The first wave is the canary: as large as it must be to tell. A plan that is no larger goes in one wave.
 */
export const waveSizes = (
  total: number,
  { canary, uncertain, ready, percents }: WaveNeeds,
): WaveSizes => {
  if (total === 0) return { sizes: [], isSingle: false };
  if (canary >= total) return { sizes: [total], isSingle: true };
  const wanted = Math.max(canary, uncertain, Math.ceil((total * (percents[0] ?? 100)) / 100));
  const first = Math.min(wanted, Math.max(1, ready));
  const ends = percents.slice(1).map((percent) => Math.ceil((total * percent) / 100));
  const sizes = [Math.min(first, total)];
  let before = Math.min(first, total);
  for (const end of [...ends, total]) {
    if (end <= before) continue;
    sizes.push(Math.min(end, total) - before);
    before = Math.min(end, total);
  }
  return { sizes, isSingle: false };
};

/**
 * One after the other of each group, each as evenly spread over the whole as its number allows: no hub and no site has its moves all at
 * once. The order within a group stays.
 */
export const interleaved = <Row>(
  rows: readonly Row[],
  groupOf: (row: Row) => string,
): readonly Row[] => {
  const groups = Map.groupBy(rows, groupOf);
  if (groups.size < 2) return rows;
  const placed = [...groups.values()].flatMap((group) =>
    group.map((row, index) => ({ row, at: (index + 0.5) / group.length })),
  );
  return placed.sort((one, other) => one.at - other.at).map(({ row }) => row);
};

/** Whether the canary takes the n-th of so many, when it takes so many of them: evenly, so that it is like the whole. */
export const isSampled = (index: number, of: number, wanted: number): boolean =>
  wanted >= of || Math.floor(((index + 1) * wanted) / of) > Math.floor((index * wanted) / of);
