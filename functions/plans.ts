import { app, type InvocationContext } from '@azure/functions';
import type { CampaignLimits } from '../shared/campaign/campaign-limits.ts';
import type { Planning } from '../shared/composition/planning.ts';
import { type Placement, type Rehome, rehome } from '../shared/composition.ts';
import type { Scope } from '../shared/domain/scope.ts';
import type { KeptPlan, MadePlan } from '../shared/ports/plans.ts';
import { plansApi } from '../shared/wire/api/plans.ts';
import { idOfKey } from '../shared/wire/idempotency-key.ts';
import { managementDoor, registrationOf } from '../shared/wire/management-door.ts';
import { planIdPattern } from '../shared/wire/plan-document.ts';
import { toPlanLine } from '../shared/wire/plan-lines.ts';
import { parsePlanOrder } from '../shared/wire/plan-order.ts';
import { toMovesView, toPlanView, toRefusalsView } from '../shared/wire/plan-view.ts';
import { type HttpAnswer, type Refusal, refuse, unknownHub } from '../shared/wire/problem.ts';
import { type Asked, type Handlers, pageIn } from '../shared/wire/route-table.ts';

/** The management API's plans: as `shared/wire/api/plans.ts` says. A plan moves nobody. */
type App = Planning & {
  readonly campaign: CampaignLimits | undefined;
  readonly log: InvocationContext;
};
type Of = Handlers<App, Scope, typeof plansApi>;

const listPlans: Of['listPlans'] = async ({ managePlans, campaign }, { scope }) => {
  const recent = await managePlans.recent(scope);
  return { status: 200, jsonBody: { plans: recent.map((kept) => toPlanView(kept, campaign)) } };
};

const askForPlan: Of['askForPlan'] = async (
  { managePlans, manageHubs, limits: usual, log },
  { scope, body, who, idempotencyKey },
) => {
  const asked = parsePlanOrder(await body(), usual);
  if (asked.kind === 'refused') return asked;
  const { goal, limits, reason } = asked;
  const { hubs } = await manageHubs.table();
  if ('hub' in goal && !hubs.has(goal.hub)) return unknownHub(hubs.keys());
  const id = idOfKey('p', scope, who.name, idempotencyKey);
  if (typeof id === 'object') return id;
  const order = await managePlans.askOnce({ id, scope, goal, limits, reason, by: who.name });
  if (order === 'key-reused') return refuse('key-reused', []);
  log.info(toPlanLine(order));
  const change = { because: reason, before: null, after: { plan: order.id, goal } };
  return { status: 202, jsonBody: { id: order.id }, change };
};

/** What has not the form of an id is none. */
const planIn = async (
  managePlans: Planning['managePlans'],
  scope: Scope,
  params: Asked<Scope>['params'],
) => {
  const id = params['plan'] ?? '';
  return planIdPattern.test(id) ? managePlans.read(scope, id) : undefined;
};

const readPlan: Of['readPlan'] = async ({ managePlans, campaign }, { scope, params }) => {
  const kept = await planIn(managePlans, scope, params);
  return kept ? { status: 200, jsonBody: toPlanView(kept, campaign) } : refuse('unknown-plan', []);
};

const page =
  (kind: 'moves' | 'refusals') =>
  async (
    { managePlans }: App,
    { scope, params, query }: Asked<Scope>,
  ): Promise<HttpAnswer | Refusal> => {
    const number = pageIn(query);
    if (typeof number === 'object') return number;
    const kept = await planIn(managePlans, scope, params);
    if (!kept) return refuse('unknown-plan', []);
    if (kept.state.kind !== 'made') return refuse('plan-not-made', [], `it is ${kept.state.kind}`);
    const { plan } = kept.state;
    const [rows, total] =
      kind === 'moves'
        ? [await movesOn(managePlans, kept, plan, number), plan.moveCount]
        : [await refusalsOn(managePlans, kept, plan, number), plan.refusalCount];
    if (!rows && number > 0) return refuse('unknown-page', []);
    return { status: 200, jsonBody: { [kind]: rows ?? [], total, page: number } };
  };

type Page = readonly [App['managePlans'], KeptPlan, MadePlan, number];

const movesOn = async (...[manage, kept, plan, number]: Page) => {
  const rows = await manage.moves(kept, number);
  return rows && toMovesView(plan, rows);
};

const refusalsOn = async (...[manage, kept, plan, number]: Page) => {
  const rows = await manage.refusals(kept, number);
  return rows && toRefusalsView(plan, rows);
};

const handlers: Of = {
  listPlans,
  askForPlan,
  readPlan,
  listPlannedMoves: page('moves'),
  listRefusals: page('refusals'),
};

export const plansHandler = (
  planning: Planning,
  { scopes, campaigning }: Pick<Rehome, 'scopes' | 'campaigning'>,
  { audit }: Placement,
) =>
  managementDoor(plansApi, handlers, { scopes, audit }, (log: InvocationContext) => ({
    ...planning,
    campaign: campaigning?.limits,
    log,
  }));

const composed = rehome();
const { planning, placement } = composed;
if (planning && placement) {
  app.http('plans', {
    ...registrationOf(plansApi),
    handler: plansHandler(planning, composed, placement),
  });
}
