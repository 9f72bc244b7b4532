import { app, type HttpHandler, type InvocationContext } from '@azure/functions';
import type { CampaignLimits } from '../shared/campaign/campaign-limits.ts';
import type { Planning } from '../shared/composition/planning.ts';
import { rehome } from '../shared/composition.ts';
import type { Scope } from '../shared/domain/scope.ts';
import type { KeptPlan, MadePlan } from '../shared/ports/plans.ts';
import { managementRequest } from '../shared/wire/management-request.ts';
import { planIdPattern } from '../shared/wire/plan-document.ts';
import { toPlanLine } from '../shared/wire/plan-lines.ts';
import { parsePlanOrder } from '../shared/wire/plan-order.ts';
import { toMovesView, toPlanView, toRefusalsView } from '../shared/wire/plan-view.ts';
import {
  type HttpAnswer,
  type Refusal,
  refuse,
  toProblem,
  unknownHub,
} from '../shared/wire/problem.ts';
import { type Asked, answerRoute, type Route, scopeIn } from '../shared/wire/route-table.ts';

/**
 * The management API's plans. A plan moves nobody.
 *
 *     GET    plans/{scope}                           Read      the newest, without their pages
 *     POST   plans/{scope}                           Operate   { goal, hub?, devices?, reason, limits? }: asks for one; 202
 *     GET    plans/{scope}/{plan}                    Read      how far it is; made: hubs before and after, bound, pace, reasons
 *     GET    plans/{scope}/{plan}/moves?page=0       Read      its moves, 2,000 a page, in the order in which they may run
 *     GET    plans/{scope}/{plan}/refusals?page=0    Read      devices that it leaves alone, each with why
 */
type App = Planning & {
  readonly campaign: CampaignLimits | undefined;
  readonly log: InvocationContext;
};

const list = async ({ managePlans, campaign }: App, { scope }: Asked): Promise<HttpAnswer> => {
  const recent = await managePlans.recent(scope);
  return { status: 200, jsonBody: { plans: recent.map((kept) => toPlanView(kept, campaign)) } };
};

const ask = async (
  { managePlans, manageHubs, limits, log }: App,
  { scope, body, who }: Asked,
): Promise<HttpAnswer | Refusal> => {
  const asked = parsePlanOrder(await body(), limits);
  if (asked.kind === 'refused') return asked;
  const { hubs } = await manageHubs.table();
  if ('hub' in asked.goal && !hubs.has(asked.goal.hub)) return unknownHub(hubs.keys());
  const order = await managePlans.ask(scope, asked.goal, asked.limits, asked.reason, who.name);
  log.info(toPlanLine(order));
  return { status: 202, jsonBody: { id: order.id } };
};

/** What has not the form of an id is none. */
const planIn = async (
  managePlans: Planning['managePlans'],
  scope: Scope,
  params: Asked['params'],
) => {
  const id = params['plan'] ?? '';
  return planIdPattern.test(id) ? managePlans.read(scope, id) : undefined;
};

const read = async ({ managePlans, campaign }: App, { scope, params }: Asked) => {
  const kept = await planIn(managePlans, scope, params);
  return kept ? { status: 200, jsonBody: toPlanView(kept, campaign) } : refuse('unknown-plan', []);
};

const page =
  (kind: 'moves' | 'refusals') =>
  async ({ managePlans }: App, { scope, params, query }: Asked): Promise<HttpAnswer | Refusal> => {
    const number = Number(query.get('page') ?? 0);
    if (!Number.isInteger(number) || number < 0)
      return refuse('bad-request', [{ field: 'page', detail: 'expected a number from 0' }]);
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

const table: readonly Route<App>[] = [
  { method: 'GET', path: '', role: 'Read', handle: list },
  { method: 'POST', path: '', role: 'Operate', handle: ask },
  { method: 'GET', path: ':plan', role: 'Read', handle: read },
  { method: 'GET', path: ':plan/moves', role: 'Read', handle: page('moves') },
  { method: 'GET', path: ':plan/refusals', role: 'Read', handle: page('refusals') },
];

export const plansHandler =
  (
    planning: Planning,
    scopes: ReadonlySet<Scope>,
    campaign: CampaignLimits | undefined,
  ): HttpHandler =>
  async (request, context) => {
    const asked = managementRequest(request, 'plans');
    const within = () => scopeIn(scopes, asked.first);
    const answer = await answerRoute(table, { ...planning, campaign, log: context }, within, asked);
    return 'kind' in answer ? toProblem(answer) : answer;
  };

const { planning, campaigning, placement, scopes } = rehome();
if (planning && placement) {
  app.http('plans', {
    methods: ['GET', 'POST'],
    authLevel: 'anonymous', // App Service authentication stands before it
    route: 'plans/{scope}/{*rest}',
    handler: plansHandler(planning, scopes, campaigning?.limits),
  });
}
