import { app, type HttpHandler, type InvocationContext } from '@azure/functions';
import { type Moves, rehome } from '../shared/composition.ts';
import type { Scope } from '../shared/domain/scope.ts';
import { toDeviceView, toMoveView, toSettledView } from '../shared/wire/device-view.ts';
import { toOrderLine, toSettledLine } from '../shared/wire/move-lines.ts';
import { parseMoveOrder, reasonLengthMax } from '../shared/wire/move-order.ts';
import { principalHeader } from '../shared/wire/principal.ts';
import { type HttpAnswer, type Refusal, refuse, toProblem } from '../shared/wire/problem.ts';
import { type Asked, answerRoute, type Route } from '../shared/wire/route-table.ts';

/**
 * The management API's devices. Who may is told by App Service authentication; a device id is percent-encoded.
 *
 *     GET    devices/{scope}                       Read      those that are looked after, in pages: ?limit=50&after=…
 *     GET    devices/{scope}/{deviceId}            Read      where it is, and why
 *     GET    devices/{scope}/{deviceId}/moves      Read      its settled moves, the oldest first
 *     POST   devices/{scope}/{deviceId}/moves      Operate   { to, reason, … }: moves it; 202
 *     DELETE devices/{scope}/{deviceId}/move       Operate   ?reason=…: calls its move off
 */
type App = Moves & { readonly log: InvocationContext };

const ok = (jsonBody: unknown, status = 200): HttpAnswer => ({ status, jsonBody });

const pageMax = 200;

const list = async ({ devices }: App, { scope, query }: Asked): Promise<HttpAnswer | Refusal> => {
  const limit = Number(query.get('limit') ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > pageMax) {
    return refuse('bad-request', [{ field: 'limit', detail: `expected 1 to ${pageMax}` }]);
  }
  const page = await devices.attended(scope, limit, query.get('after') ?? undefined);
  if (page === 'bad-after') {
    return refuse('bad-request', [{ field: 'after', detail: 'not where a page ended' }]);
  }
  return ok({ devices: page.records.map(toDeviceView), after: page.after ?? null });
};

const read = async ({ devices }: App, { scope, params }: Asked) => {
  const record = await devices.one(scope, idOf(params));
  return record ? ok(toDeviceView(record)) : refuse('unknown-device', []);
};

const history = async ({ devices }: App, { scope, params }: Asked) => {
  if (!(await devices.one(scope, idOf(params)))) return refuse('unknown-device', []);
  const moves = await devices.history(scope, idOf(params));
  return ok({ moves: moves.map(toSettledView) });
};

const move = async ({ moveDevice, log }: App, { scope, params, body, who }: Asked) => {
  const asked = parseMoveOrder(scope, idOf(params), await body());
  if (asked.kind === 'refused') return asked;
  const outcome = await moveDevice(asked.order);
  log.info(toOrderLine(asked.order, who.name, outcome));
  if (outcome.kind === 'refused') {
    return refuse(outcome.why, [], outcome.because);
  }
  return ok({ move: toMoveView(outcome.move), reply: outcome.reply.kind }, 202);
};

const callOff = async ({ endMove, log }: App, { scope, params, query, who }: Asked) => {
  const reason = query.get('reason')?.trim();
  if (!reason || reason.length > reasonLengthMax) {
    const detail = `expected 1 to ${reasonLengthMax} characters`;
    return refuse('bad-request', [{ field: 'reason', detail }]);
  }
  const ended = await endMove(scope, idOf(params), `${reason} (${who.name})`);
  if (ended.kind !== 'ended') return refuse(ended.kind, [], ended.because);
  log.info(toSettledLine(ended.settled));
  return ok({ move: toSettledView(ended.settled.settled) });
};

const idOf = (params: Asked['params']): string => params['deviceId'] ?? '';

const table: readonly Route<App>[] = [
  { method: 'GET', path: '', role: 'Read', handle: list },
  { method: 'GET', path: ':deviceId', role: 'Read', handle: read },
  { method: 'GET', path: ':deviceId/moves', role: 'Read', handle: history },
  { method: 'POST', path: ':deviceId/moves', role: 'Operate', handle: move },
  { method: 'DELETE', path: ':deviceId/move', role: 'Operate', handle: callOff },
];

export const devicesHandler =
  (moves: Moves, scopes: ReadonlySet<Scope>): HttpHandler =>
  async (request, context) => {
    const { pathname, searchParams: query } = new URL(request.url);
    // The route's own parameters are decoded already, so that an id with a slash would be two.
    const [, scope = '', rest = ''] = /\/devices\/([^/]*)\/?(.*?)\/?$/.exec(pathname) ?? [];
    const answer = await answerRoute(table, { ...moves, log: context }, scopes, {
      method: request.method,
      scope,
      rest,
      query,
      body: () => request.text(),
      principal: request.headers.get(principalHeader),
    });
    return 'kind' in answer ? toProblem(answer) : answer;
  };

const { moves, scopes, isGuarded } = rehome();
if (moves && isGuarded) {
  app.http('devices', {
    methods: ['GET', 'POST', 'DELETE'],
    authLevel: 'anonymous', // App Service authentication stands before it
    route: 'devices/{scope}/{*rest}',
    handler: devicesHandler(moves, scopes),
  });
}
