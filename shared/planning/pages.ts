import { hashOf, hashOfRows } from './canonical.ts';
import type { PlannedMove, PlanRefusal } from './planned.ts';

/** How many moves, or refusals, a page of a plan has, wherever it is kept. */
export const pageSize = 2_000;

/** Page by page, so that a million moves need no text of their whole; and so that a page can be checked by itself. */
export const hashOfPlan = ({ moves, refusals, ...rest }: Paged): string =>
  hashOf({
    ...rest,
    moves: pagesOf(moves).map((page) => hashOfRows(page.map(toMoveRow))),
    refusals: pagesOf(refusals).map((page) => hashOfRows(page.map(toRefusalRow))),
  });

type Paged = {
  readonly moves: readonly PlannedMove[];
  readonly refusals: readonly PlanRefusal[];
};

export const pagesOf = <One>(all: readonly One[]): readonly (readonly One[])[] =>
  Array.from({ length: Math.ceil(all.length / pageSize) }, (_, page) =>
    all.slice(page * pageSize, (page + 1) * pageSize),
  );

/** As it is kept and hashed: a plan has many. */
export const toMoveRow = ({ deviceId, from, to, weight, stage, isCertain }: PlannedMove) =>
  [deviceId, from, to, weight, stage, isCertain ? 1 : 0] as const;

export const toRefusalRow = ({ deviceId, hub, because }: PlanRefusal) =>
  [deviceId, hub, because] as const;
