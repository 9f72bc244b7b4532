import { z } from 'zod';
import type { Goal, PlanLimits } from '../planning/goal.ts';
import { toMoveRow, toRefusalRow } from '../planning/pages.ts';
import type { KeptPlan, MadePlan, PlanOrder, PlanPage, PlanState } from '../ports/plans.ts';
import { hub, scope, time } from './move-document.ts';

/** The one partition of the plans themselves; the pages of each have one of their own. */
export const planKind = 'plan';

export const planIdPattern = /^p-[0-9a-f]{20}$/;

const goal: z.ZodType<Goal> = z.union([
  z.object({ kind: z.enum(['rebalance', 'relocate']) }),
  z.object({
    kind: z.enum(['drain', 'evacuate', 'fill']),
    hub,
  }),
  z.object({ kind: z.enum(['quarantine', 'return']), devices: z.array(z.string()) }),
]);

/** What stands in it was worked out by us, and its hash says whether it is whole. */
const made = z
  .looseObject({ hash: z.string(), moveCount: z.int(), refusalCount: z.int() })
  .transform((read) => read as unknown as MadePlan);

const state = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('asked') }),
  z.object({
    kind: z.literal('planning'),
    run: z.string(),
    attempt: z.int(),
    aliveAt: time,
    read: z.int(),
  }),
  z.object({ kind: z.literal('made'), run: z.string(), madeAt: time, plan: made }),
  z.object({ kind: z.literal('failed'), because: z.string() }),
]);

const planDocument = z.object({
  schemaVersion: z.literal(1),
  id: z.string().regex(planIdPattern),
  kind: z.literal(planKind),
  scope,
  goal,
  limits: z.looseObject({}).transform((read) => read as unknown as PlanLimits),
  reason: z.string(),
  by: z.string(),
  askedAt: time,
  isDrill: z.literal(true).optional(),
  state,
});

/** A plan that nobody looked at for a quarter of a year is gone. Seconds. */
const ttl = 90 * 24 * 3_600;

export const toPlanDocument = ({ at, ...order }: PlanOrder, planState: PlanState) => ({
  schemaVersion: 1 as const,
  kind: planKind,
  ...order,
  askedAt: at,
  state: planState,
  ttl,
});

/** @throws ZodError when it is none of ours. */
export const parsePlanDocument = (document: unknown): Omit<KeptPlan, 'version'> => {
  const {
    id,
    scope: own,
    goal: wanted,
    limits,
    reason,
    by,
    askedAt,
    isDrill,
    ...read
  } = planDocument.parse(document);
  const order: PlanOrder = {
    id,
    scope: own,
    goal: wanted,
    limits,
    reason,
    by,
    at: askedAt,
    ...(isDrill ? { isDrill } : {}),
  };
  return { order, state: read.state };
};

type PageKey = Pick<PlanPage, 'id' | 'run' | 'kind' | 'number'>;

/** `moves-3f2a-000012` */
export const pageDocumentId = ({ run, kind, number }: PageKey): string =>
  `${kind}-${run}-${String(number).padStart(6, '0')}`;

export const toPageDocument = (page: PlanPage) => ({
  schemaVersion: 1 as const,
  id: pageDocumentId(page),
  kind: page.id,
  rows: page.kind === 'moves' ? page.rows.map(toMoveRow) : page.rows.map(toRefusalRow),
  ttl,
});

const moveRow = z
  .tuple([z.string(), z.int(), z.int(), z.number(), z.int(), z.int()])
  .transform(([deviceId, from, to, weight, stage, certain]) => ({
    deviceId,
    from,
    to,
    weight,
    stage,
    isCertain: certain === 1,
  }));
const refusalRow = z
  .tuple([z.string(), z.int(), z.string()])
  .transform(([deviceId, hub, because]) => ({ deviceId, hub, because }));

const rowsOf = <Row extends z.ZodType>(row: Row) =>
  z.object({ schemaVersion: z.literal(1), rows: z.array(row) });

/** @throws ZodError when it is none of ours. */
export const parsePageDocument = (
  { id, run, kind, number }: PageKey,
  document: unknown,
): PlanPage =>
  kind === 'moves'
    ? { id, run, number, kind, rows: rowsOf(moveRow).parse(document).rows }
    : { id, run, number, kind, rows: rowsOf(refusalRow).parse(document).rows };
