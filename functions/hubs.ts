import { app, type HttpHandler, type InvocationContext } from '@azure/functions';
import type { Campaigning } from '../shared/composition/campaigns.ts';
import type { Planning } from '../shared/composition/planning.ts';
import { rehome } from '../shared/composition.ts';
import { hubHostName } from '../shared/domain/hub.ts';
import type { Scope } from '../shared/domain/scope.ts';
import { toApprovedLine } from '../shared/wire/campaign-lines.ts';
import { campaignIdOf, refuseApproval } from '../shared/wire/campaign-order.ts';
import { toCampaignHead } from '../shared/wire/campaign-view.ts';
import { parseEmptyOrder } from '../shared/wire/empty-order.ts';
import { parseHubOrder } from '../shared/wire/hub-order.ts';
import { managementRequest } from '../shared/wire/management-request.ts';
import { toHubLine, toPlanLine } from '../shared/wire/plan-lines.ts';
import { toHubView } from '../shared/wire/plan-view.ts';
import {
  type HttpAnswer,
  type Refusal,
  refuse,
  toProblem,
  unknownHub,
} from '../shared/wire/problem.ts';
import { type Asked, answerRoute, type Route } from '../shared/wire/route-table.ts';

/**
 * The management API's hubs, of all scopes.
 *
 *     GET    hubs         Read      all of them: state, weight, capacity, devices when last counted
 *     GET    hubs/{hub}   Read      one
 *     PUT    hubs/{hub}   Operate   { reason, state?: open | cordoned | closed, weight?, capacity?, trouble?: null, … }: what is left out stays
 *     POST   hubs/{hub}/{drain | evacuate | drill}   Operate   { scope, reason, planLimits? }: asks for the plan; 202
 *                                                              { scope, reason, plan, hash, limits? }: carries it out; 201
 *
 * A drill is a drain that goes back once all have arrived.
 */
type App = Planning & {
  readonly campaigning: Campaigning | undefined;
  readonly scopes: ReadonlySet<Scope>;
  readonly log: InvocationContext;
};
type AskedOfAll = Asked<undefined>;

const list = async ({ manageHubs }: App): Promise<HttpAnswer> => {
  const { hubs, takenAt } = await manageHubs.table();
  const named = [...hubs.values()].sort((one, other) => (one.hostName < other.hostName ? -1 : 1));
  const jsonBody = { takenAt: new Date(takenAt).toISOString(), hubs: named.map(toHubView) };
  return { status: 200, jsonBody };
};

const read = async ({ manageHubs }: App, { params }: AskedOfAll) => {
  const { hubs } = await manageHubs.table();
  const hub = hubs.get(hubHostName(params['hub'] ?? ''));
  return hub ? { status: 200, jsonBody: toHubView(hub) } : unknownHub(hubs.keys());
};

const change = async (
  { manageHubs, log }: App,
  { params, body, who }: AskedOfAll,
): Promise<HttpAnswer | Refusal> => {
  const asked = parseHubOrder(await body());
  if (asked.kind === 'refused') return asked;
  const hub = hubHostName(params['hub'] ?? '');
  const changed = await manageHubs.change(hub, asked.change);
  if (!changed) {
    const { hubs } = await manageHubs.table();
    return hubs.has(hub) ? refuse('hub-not-stored', []) : unknownHub(hubs.keys());
  }
  if (changed.after !== changed.before)
    log.info(toHubLine(changed, asked.change, asked.reason, who.name));
  return { status: 200, jsonBody: toHubView(changed.after) };
};

const orderEmptying = async (
  { managePlans, manageHubs, campaigning, scopes, limits, log }: App,
  { params, body, who, idempotencyKey }: AskedOfAll,
): Promise<HttpAnswer | Refusal> => {
  if (!campaigning) return refuse('unknown-route', []);
  const hub = hubHostName(params['hub'] ?? '');
  const { hubs } = await manageHubs.table();
  if (!hubs.has(hub)) return unknownHub(hubs.keys());
  const asked = parseEmptyOrder(params['verb'] ?? '', await body(), {
    scopes,
    plan: limits,
    campaign: campaigning.limits,
  });
  if (asked.kind === 'refused') return asked;
  const { scope, reason, goal } = asked;
  if (asked.kind === 'plan') {
    const order = await managePlans.ask(scope, { kind: goal, hub }, asked.limits, reason, who.name);
    log.info(toPlanLine(order));
    return { status: 202, jsonBody: { id: order.id } };
  }
  const kept = await managePlans.read(scope, asked.planId);
  if (!kept) return refuse('unknown-plan', []);
  if (kept.order.goal.kind !== goal || kept.order.goal.hub !== hub)
    return refuse('bad-request', [{ field: 'plan', detail: `expected a plan to ${goal} ${hub}` }]);
  const id = campaignIdOf(scope, who.name, idempotencyKey);
  if (typeof id === 'object') return id;
  const approval = { scope, id: id ?? campaigning.newId(), reason, by: who.name };
  const { planId, hash } = asked;
  const outcome = await campaigning.manage.approve({
    ...approval,
    planId,
    hash,
    limits: asked.limits,
  });
  if (outcome.kind !== 'approved') return refuseApproval(outcome);
  log.info(toApprovedLine(outcome.campaign));
  return { status: 201, jsonBody: toCampaignHead(outcome.campaign) };
};

const table: readonly Route<App, undefined>[] = [
  { method: 'GET', path: '', role: 'Read', handle: list },
  { method: 'GET', path: ':hub', role: 'Read', handle: read },
  { method: 'PUT', path: ':hub', role: 'Operate', handle: change },
  { method: 'POST', path: ':hub/:verb', role: 'Operate', handle: orderEmptying },
];

export const hubsHandler =
  (
    planning: Planning,
    campaigning: Campaigning | undefined,
    scopes: ReadonlySet<Scope>,
  ): HttpHandler =>
  async (request, context) => {
    const asked = managementRequest(request, 'hubs');
    const whole = { ...asked, rest: asked.all };
    const app = { ...planning, campaigning, scopes, log: context };
    const answer = await answerRoute(table, app, () => undefined, whole);
    return 'kind' in answer ? toProblem(answer) : answer;
  };

const { planning, campaigning, placement, scopes } = rehome();
if (planning && placement) {
  app.http('hubs', {
    methods: ['GET', 'PUT', 'POST'],
    authLevel: 'anonymous', // App Service authentication stands before it
    route: 'hubs/{*rest}',
    handler: hubsHandler(planning, campaigning, scopes),
  });
}
