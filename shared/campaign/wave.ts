import type { Instant } from '../domain/instant.ts';
import { pageSize } from '../planning/pages.ts';
import type { Ruling } from './gate.ts';
import type { Tally } from './progress.ts';

/** [C1] Moves that are released together: so many pages from that one on. */
export type Wave = {
  readonly firstPage: number;
  readonly pageCount: number;
  readonly moveCount: number;
  readonly begunAt: Instant | undefined;
  readonly endedAt: Instant | undefined;
  readonly gate: Gate | undefined;
  /** A person lets it go on in spite of what has failed: what that is, its runner notes next. */
  readonly isPardoned: boolean;
  /** What had failed in it by then, and is not held against it again. */
  readonly pardoned: readonly Pardon[];
  /** Of the control cohort, those that were connected when it began. */
  readonly controlUp: readonly number[];
};

/** Of a block of its moves, as large as a canary: how many were broken, the stranded among them. */
export type Pardon = {
  readonly block: number;
  readonly stranded: number;
  readonly broken: number;
};

export type Gate = {
  readonly ruling: Ruling;
  readonly at: Instant;
  readonly measures: readonly Measure[];
  readonly tally: Tally;
};

/** How many, of how many, against a limit from 0 to 1. */
export type Measure = {
  readonly what: 'stranded' | 'broken' | 'fell silent' | 'control';
  readonly count: number;
  readonly of: number;
  readonly limit: number;
  readonly ruling: Ruling;
};

export const newWave = (firstPage: number, pageCount: number, moveCount: number): Wave => ({
  firstPage,
  pageCount,
  moveCount,
  begunAt: undefined,
  endedAt: undefined,
  gate: undefined,
  isPardoned: false,
  pardoned: [],
  controlUp: [],
});

/** How many moves each of its pages has: they are full, but for the last of each wave. */
export const rowCountsOf = (waves: readonly Wave[]): readonly number[] =>
  waves.flatMap(({ pageCount, moveCount }) =>
    Array.from({ length: pageCount }, (_, page) => Math.min(pageSize, moveCount - page * pageSize)),
  );
