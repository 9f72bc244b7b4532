import { app, type HttpHandler, type InvocationContext } from '@azure/functions';
import type { Planning } from '../shared/composition/planning.ts';
import { rehome } from '../shared/composition.ts';
import { hubHostName } from '../shared/domain/hub.ts';
import { parseHubOrder } from '../shared/wire/hub-order.ts';
import { managementRequest } from '../shared/wire/management-request.ts';
import { toHubLine } from '../shared/wire/plan-lines.ts';
import { toHubView } from '../shared/wire/plan-view.ts';
import { type HttpAnswer, type Refusal, toProblem, unknownHub } from '../shared/wire/problem.ts';
import { type Asked, answerRoute, type Route } from '../shared/wire/route-table.ts';

/**
 * The management API's hubs, of all scopes.
 *
 *     GET    hubs         Read      all of them: state, weight, capacity, devices when last counted
 *     GET    hubs/{hub}   Read      one
 *     PUT    hubs/{hub}   Operate   { reason, state?: open | cordoned | closed, weight?, capacity?, … }: what is left out stays
 */
type App = Planning & { readonly log: InvocationContext };
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
  const changed = await manageHubs.change(hubHostName(params['hub'] ?? ''), asked.change);
  if (!changed) return unknownHub((await manageHubs.table()).hubs.keys());
  if (changed.after !== changed.before)
    log.info(toHubLine(changed, asked.change, asked.reason, who.name));
  return { status: 200, jsonBody: toHubView(changed.after) };
};

const table: readonly Route<App, undefined>[] = [
  { method: 'GET', path: '', role: 'Read', handle: list },
  { method: 'GET', path: ':hub', role: 'Read', handle: read },
  { method: 'PUT', path: ':hub', role: 'Operate', handle: change },
];

export const hubsHandler =
  (planning: Planning): HttpHandler =>
  async (request, context) => {
    const asked = managementRequest(request, 'hubs');
    const whole = { ...asked, rest: asked.all };
    const answer = await answerRoute(table, { ...planning, log: context }, () => undefined, whole);
    return 'kind' in answer ? toProblem(answer) : answer;
  };

const { planning, placement } = rehome();
if (planning && placement) {
  app.http('hubs', {
    methods: ['GET', 'PUT'],
    authLevel: 'anonymous', // App Service authentication stands before it
    route: 'hubs/{*rest}',
    handler: hubsHandler(planning),
  });
}
