import { app, type HttpHandler, type InvocationContext } from '@azure/functions';
import { type Operators, rehome } from '../shared/composition.ts';
import { hubHostName } from '../shared/domain/hub.ts';
import type { Scope } from '../shared/domain/scope.ts';
import type { Ordered } from '../shared/flows/order-device.ts';
import { parseLabels, parseReason } from '../shared/wire/device-order.ts';
import { toDeviceView, toMoveView, toSettledView } from '../shared/wire/device-view.ts';
import { toExplanationView } from '../shared/wire/explanation-view.ts';
import { toFleetView } from '../shared/wire/fleet-view.ts';
import { managementRequest } from '../shared/wire/management-request.ts';
import { toMarkedLine, toOrderLine, toSettledLine } from '../shared/wire/move-lines.ts';
import { parseMoveOrder, reasonLengthMax, reasonText } from '../shared/wire/move-order.ts';
import { type HttpAnswer, type Refusal, refuse, toProblem } from '../shared/wire/problem.ts';
import { type Asked, answerRoute, type Route, scopeIn } from '../shared/wire/route-table.ts';

/**
 * The management API's devices. Who may is told by App Service authentication; a device id is percent-encoded.
 *
 *     GET    devices/{scope}                          Read      those that are looked after, in pages: ?limit=50&after=…
 *     GET    devices/{scope}?all=true                 Read      all of them, with what it takes to place them
 *     GET    devices/{scope}/{deviceId}               Read      where it is, and why
 *     GET    devices/{scope}/{deviceId}/explanation   Read      what DPS would be answered now, and what each hub says
 *     GET    devices/{scope}/{deviceId}/moves         Read      its settled moves, the oldest first
 *     POST   devices/{scope}/{deviceId}/moves         Operate   { to, reason, … }: moves it; 202
 *     DELETE devices/{scope}/{deviceId}/move          Operate   ?reason=…: calls its move off
 *     PUT    devices/{scope}/{deviceId}/labels        Operate   { name: value, … }: all of them
 *     PUT    devices/{scope}/{deviceId}/pin           Operate   { reason }: it stays where it is
 *     DELETE devices/{scope}/{deviceId}/pin           Operate   ?reason=…
 *     PUT    devices/{scope}/{deviceId}/quarantine    Operate   { reason }: it goes to the policy's quarantine; 202
 *     DELETE devices/{scope}/{deviceId}/quarantine    Operate   ?reason=…&to=…: it goes back; 202
 */
type App = Operators & { readonly log: InvocationContext };

const ok = (jsonBody: unknown, status = 200): HttpAnswer => ({ status, jsonBody });

const pageMax = 1_000;

const list = async (
  { devices, exportFleet }: App,
  { scope, query }: Asked,
): Promise<HttpAnswer | Refusal> => {
  const limit = Number(query.get('limit') ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > pageMax) {
    return refuse('bad-request', [{ field: 'limit', detail: `expected 1 to ${pageMax}` }]);
  }
  const after = query.get('after') ?? undefined;
  if (query.get('all') === 'true') {
    const page = await exportFleet(scope, limit, after);
    return page === 'bad-after' ? badAfter : ok(toFleetView(page));
  }
  const page = await devices.attended(scope, limit, after);
  if (page === 'bad-after') return badAfter;
  const { records, unreadable } = page;
  return ok({ devices: records.map(toDeviceView), unreadable, after: page.after ?? null });
};

const badAfter = refuse('bad-request', [{ field: 'after', detail: 'not where a page ended' }]);

const read = async ({ devices }: App, { scope, params }: Asked) => {
  const record = await devices.one(scope, idOf(params));
  return record ? ok(toDeviceView(record)) : refuse('unknown-device', []);
};

const history = async ({ devices }: App, { scope, params }: Asked) => {
  if (!(await devices.one(scope, idOf(params)))) return refuse('unknown-device', []);
  const moves = await devices.history(scope, idOf(params));
  return ok({ moves: moves.map(toSettledView) });
};

const explanation = async ({ explain }: App, { scope, params }: Asked) => {
  const explained = await explain.known(scope, idOf(params));
  return explained.kind === 'explained'
    ? ok(toExplanationView(explained))
    : refuse(explained.kind, []);
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
  const given = reasonIn(query);
  if (typeof given !== 'string') return given;
  const ended = await endMove(scope, idOf(params), `${given} (${who.name})`);
  if (ended.kind !== 'ended') return refuse(ended.kind, [], ended.because);
  log.info(toSettledLine(ended.settled));
  return ok({ move: toSettledView(ended.settled.settled) });
};

const reasonIn = (query: URLSearchParams): string | Refusal => {
  const read = reasonText.safeParse(query.get('reason') ?? '');
  if (read.success) return read.data;
  const detail = `expected one line, of 1 to ${reasonLengthMax} characters`;
  return refuse('bad-request', [{ field: 'reason', detail }]);
};

const label = async ({ order, log }: App, { scope, params, body, who }: Asked) => {
  const read = parseLabels(await body());
  if (read.kind === 'refused') return read;
  const asked = { scope, deviceId: idOf(params), because: 'labels', by: who.name };
  return told(log, 'device-labelled', asked, await order.label(asked, read.labels));
};

const pin = async ({ order, log }: App, { scope, params, body, who }: Asked) => {
  const read = parseReason(await body());
  if (read.kind === 'refused') return read;
  const asked = { scope, deviceId: idOf(params), because: read.reason, by: who.name };
  return told(log, 'device-pinned', asked, await order.pin(asked));
};

const unpin = async ({ order, log }: App, { scope, params, query, who }: Asked) => {
  const because = reasonIn(query);
  if (typeof because !== 'string') return because;
  const asked = { scope, deviceId: idOf(params), because, by: who.name };
  return told(log, 'device-unpinned', asked, await order.unpin(asked));
};

const quarantine = async ({ order, log }: App, { scope, params, body, who }: Asked) => {
  const read = parseReason(await body());
  if (read.kind === 'refused') return read;
  const asked = { scope, deviceId: idOf(params), because: read.reason, by: who.name };
  return told(log, 'device-quarantined', asked, await order.quarantine(asked));
};

const giveBack = async ({ order, log }: App, { scope, params, query, who }: Asked) => {
  const because = reasonIn(query);
  if (typeof because !== 'string') return because;
  const to = query.get('to');
  const asked = { scope, deviceId: idOf(params), because, by: who.name };
  const ordered = await order.giveBack(asked, to === null ? undefined : hubHostName(to));
  return told(log, 'device-returned', asked, ordered);
};

/** What was ordered is done, whether the device could be asked to go or not: then it goes when it registers next. */
const told = (
  log: InvocationContext,
  event: string,
  asked: Parameters<typeof toMarkedLine>[1],
  outcome: Ordered,
): HttpAnswer | Refusal => {
  if (outcome.kind !== 'marked') return refuse(outcome.kind, [], outcome.because);
  log.info(toMarkedLine(event, asked));
  const moved = outcome.move;
  const device = toDeviceView(outcome.record);
  if (!moved) return ok({ device });
  return moved.kind === 'triggered'
    ? ok({ device, move: toMoveView(moved.move), reply: moved.reply.kind }, 202)
    : ok({ device, move: null, because: moved.because }, 202);
};

const idOf = (params: Asked['params']): string => params['deviceId'] ?? '';

const table: readonly Route<App>[] = [
  { method: 'GET', path: '', role: 'Read', handle: list },
  { method: 'GET', path: ':deviceId', role: 'Read', handle: read },
  { method: 'GET', path: ':deviceId/explanation', role: 'Read', handle: explanation },
  { method: 'GET', path: ':deviceId/moves', role: 'Read', handle: history },
  { method: 'POST', path: ':deviceId/moves', role: 'Operate', handle: move },
  { method: 'DELETE', path: ':deviceId/move', role: 'Operate', handle: callOff },
  { method: 'PUT', path: ':deviceId/labels', role: 'Operate', handle: label },
  { method: 'PUT', path: ':deviceId/pin', role: 'Operate', handle: pin },
  { method: 'DELETE', path: ':deviceId/pin', role: 'Operate', handle: unpin },
  { method: 'PUT', path: ':deviceId/quarantine', role: 'Operate', handle: quarantine },
  { method: 'DELETE', path: ':deviceId/quarantine', role: 'Operate', handle: giveBack },
];

export const devicesHandler =
  (operators: Operators, scopes: ReadonlySet<Scope>): HttpHandler =>
  async (request, context) => {
    const asked = managementRequest(request, 'devices');
    const within = () => scopeIn(scopes, asked.first);
    const answer = await answerRoute(table, { ...operators, log: context }, within, asked);
    return 'kind' in answer ? toProblem(answer) : answer;
  };

const { operators, scopes } = rehome();
if (operators) {
  app.http('devices', {
    methods: ['GET', 'POST', 'PUT', 'DELETE'],
    authLevel: 'anonymous', // App Service authentication stands before it
    route: 'devices/{scope}/{*rest}',
    handler: devicesHandler(operators, scopes),
  });
}
