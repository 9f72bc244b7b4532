import type { Verdict } from '../domain/move.ts';

/**
 * What became of the moves of a page, a letter each, in their order:
 *
 *     .  planned      c  claimed: it is about to be triggered, or was
 *     t  under way    p  waits for its device: it was offline, or asked for later
 *     v  verified     s  stranded    x  failed    o  timed out
 *     l  landed: heard from on its target, but its source could not be asked whether it is gone
 *     r  refused by the device       a  cancelled    u  superseded
 *     k  skipped: it no longer fitted when its turn came
 */
export type Code = '.' | 'c' | 't' | 'p' | 'v' | 'l' | 's' | 'x' | 'o' | 'r' | 'a' | 'u' | 'k';

export type Progress = {
  readonly codes: string;
  /** Why, of those that were not verified: by their place in the page. */
  readonly notes: Readonly<Record<string, string>>;
  /** Gaps in service as devices measured them, and times from trigger to verdict: how many in each step of `stepOf`. */
  readonly gaps: Readonly<Record<string, number>>;
  readonly took: Readonly<Record<string, number>>;
};

export const newProgress = (rowCount: number): Progress => ({
  codes: '.'.repeat(rowCount),
  notes: {},
  gaps: {},
  took: {},
});

/** [M3] Landed is not verified; it has arrived all the same. */
export const codeOf = ({
  verdict,
  heard,
}: {
  readonly verdict: Verdict;
  readonly heard: boolean;
}): Code => (verdict === 'timedOut' && heard ? 'l' : codes[verdict]);

const codes: Readonly<Record<Verdict, Code>> = {
  verified: 'v',
  failed: 'x',
  timedOut: 'o',
  stranded: 's',
  refused: 'r',
  cancelled: 'a',
  superseded: 'u',
};

export const isOpen = (code: string): boolean => code === 'c' || code === 't' || code === 'p';
export const isBroken = (code: string): boolean => code === 's' || code === 'x' || code === 'o';

export type Outcome = {
  readonly row: number;
  readonly code: Code;
  readonly because?: string | undefined;
  readonly gapMs?: number | undefined;
  readonly tookMs?: number | undefined;
};

/** With what became of some: a move that has ended stays as it ended, and none goes back to before. */
export const noted = (progress: Progress, outcomes: readonly Outcome[]): Progress => {
  const codes = [...progress.codes];
  const notes = { ...progress.notes };
  const [gaps, took] = [{ ...progress.gaps }, { ...progress.took }];
  for (const { row, code, because, gapMs, tookMs } of outcomes) {
    const before = codes[row] ?? '.';
    if (before === code || !follows(before, code)) continue;
    codes[row] = code;
    if (because !== undefined && code !== 'v' && code !== 't' && code !== 'c')
      notes[row] = because.slice(0, noteLengthMax);
    else delete notes[row];
    if (code !== 'v') continue;
    if (gapMs !== undefined) count(gaps, stepOf(gapMs));
    if (tookMs !== undefined) count(took, stepOf(tookMs));
  }
  return { codes: codes.join(''), notes, gaps, took };
};

const noteLengthMax = 120;

const count = (steps: Record<string, number>, step: number): void => {
  steps[step] = (steps[step] ?? 0) + 1;
};

/** `c` may turn out not to have been triggered: it is then planned again. */
const follows = (before: string, code: Code): boolean => {
  if (before === 'l') return code === 'v';
  return before === '.' || isOpen(before) ? code !== '.' || before === 'c' : false;
};

/** Steps of a tenth: 10 to a factor of ten, from a millisecond on. */
const stepsPerDecade = 20;
export const stepOf = (ms: number): number =>
  Math.round(Math.log10(Math.max(1, ms)) * stepsPerDecade);
export const msOf = (step: number): number => Math.round(10 ** (step / stepsPerDecade));

/** The least time that so much of them did not take longer than; undefined of none. @param share from 0 to 1. */
export const quantile = (
  steps: Readonly<Record<string, number>>,
  share: number,
): number | undefined => {
  const sorted = Object.entries(steps)
    .map(([step, many]) => [Number(step), many] as const)
    .sort(([one], [other]) => one - other);
  const total = sorted.reduce((sum, [, many]) => sum + many, 0);
  let seen = 0;
  for (const [step, many] of sorted) {
    seen += many;
    if (seen >= share * total) return msOf(step);
  }
  return undefined;
};

/** How many there are of each. */
export type Tally = Readonly<Record<Code, number>>;

const noTally: Tally = {
  '.': 0,
  c: 0,
  t: 0,
  p: 0,
  v: 0,
  l: 0,
  s: 0,
  x: 0,
  o: 0,
  r: 0,
  a: 0,
  u: 0,
  k: 0,
};

export const tallyOf = (pages: Iterable<Pick<Progress, 'codes'>>): Tally => {
  const tally: Record<string, number> = { ...noTally };
  for (const { codes } of pages) for (const code of codes) tally[code] = (tally[code] ?? 0) + 1;
  return tally as Tally;
};

export const sumOf = (one: Tally, other: Tally): Tally =>
  Object.fromEntries(
    Object.entries(one).map(([code, many]) => [code, many + other[code as Code]]),
  ) as Tally;

export const emptyTally = noTally;

/** Devices that have shown whether they can be moved: those that wait, would not, or were left alone, are no sign. */
export const judgedOf = ({ v, l, s, x, o }: Tally): number => v + l + s + x + o;
export const brokenOf = ({ s, x, o }: Tally): number => s + x + o;
/** Under way, but for those that wait. */
export const outOf = ({ c, t }: Tally): number => c + t;
