import { app, type InvocationContext } from '@azure/functions';
import { type Operators, rehome } from '../shared/composition.ts';
import type { DeviceRecord } from '../shared/domain/device.ts';
import { hubHostName } from '../shared/domain/hub.ts';
import type { Scope } from '../shared/domain/scope.ts';
import type { DeviceOrder, Ordered } from '../shared/flows/order-device.ts';
import { devicesApi } from '../shared/wire/api/devices.ts';
import { parseLabels, parseReason } from '../shared/wire/device-order.ts';
import { deviceEtag, toDeviceView, toMoveView, toSettledView } from '../shared/wire/device-view.ts';
import { isAsSeen } from '../shared/wire/etag.ts';
import { toExplanationView } from '../shared/wire/explanation-view.ts';
import { toFleetView } from '../shared/wire/fleet-view.ts';
import { managementDoor, registrationOf } from '../shared/wire/management-door.ts';
import { toMarkedLine, toOrderLine, toSettledLine } from '../shared/wire/move-lines.ts';
import { parseMoveOrder, reasonLengthMax, reasonText } from '../shared/wire/move-order.ts';
import { type HttpAnswer, type Refusal, refuse } from '../shared/wire/problem.ts';
import { type Asked, type Changed, type Handlers, limitIn } from '../shared/wire/route-table.ts';

/** The management API's devices: as `shared/wire/api/devices.ts` says. A device id is percent-encoded. */
type App = Operators & { readonly log: InvocationContext };
type Of = Handlers<App, Scope, typeof devicesApi>;

const ok = (jsonBody: unknown): HttpAnswer => ({ status: 200, jsonBody });

const pageMax = 1_000;

const listDevices: Of['listDevices'] = async ({ devices, exportFleet }, { scope, query }) => {
  const limit = limitIn(query, 50, pageMax);
  if (typeof limit === 'object') return limit;
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

const readDevice: Of['readDevice'] = async ({ devices }, { scope, params }) => {
  const record = await devices.one(scope, idOf(params));
  return record
    ? { status: 200, headers: { etag: deviceEtag(record) }, jsonBody: toDeviceView(record) }
    : refuse('unknown-device', []);
};

const listMoves: Of['listMoves'] = async ({ devices }, { scope, params }) => {
  if (!(await devices.one(scope, idOf(params)))) return refuse('unknown-device', []);
  const moves = await devices.history(scope, idOf(params));
  return ok({ moves: moves.map(toSettledView) });
};

const explainDevice: Of['explainDevice'] = async ({ explain }, { scope, params }) => {
  const explained = await explain.known(scope, idOf(params));
  return explained.kind === 'explained'
    ? ok(toExplanationView(explained))
    : refuse(explained.kind, []);
};

const moveDevice: Of['moveDevice'] = async (app, { scope, params, body, who }) => {
  const asked = parseMoveOrder(scope, idOf(params), await body());
  if (asked.kind === 'refused') return asked;
  const outcome = await app.moveDevice(asked.order);
  app.log.info(toOrderLine(asked.order, who.name, outcome));
  if (outcome.kind === 'refused') return refuse(outcome.why, [], outcome.because);
  const move = toMoveView(outcome.move);
  const change = { because: asked.order.reason, before: { hub: move.from }, after: move };
  return { status: 202, jsonBody: { move, reply: outcome.reply.kind }, change };
};

const callOffMove: Of['callOffMove'] = async ({ endMove, log }, { scope, params, query, who }) => {
  const because = reasonIn(query);
  if (typeof because !== 'string') return because;
  const ended = await endMove(scope, idOf(params), `${because} (${who.name})`);
  if (ended.kind !== 'ended') return refuse(ended.kind, [], ended.because);
  log.info(toSettledLine(ended.settled));
  const move = toSettledView(ended.settled.settled);
  const change = { because, before: { move: move.id }, after: move };
  return { status: 200, jsonBody: { move }, change };
};

const reasonIn = (query: URLSearchParams): string | Refusal => {
  const read = reasonText.safeParse(query.get('reason') ?? '');
  if (read.success) return read.data;
  const detail = `expected one line, of 1 to ${reasonLengthMax} characters`;
  return refuse('bad-request', [{ field: 'reason', detail }]);
};

/** Who orders what of which device, made from which version of it. */
const orderIn = ({ scope, params, who, ifMatch }: Asked<Scope>, because: string): DeviceOrder => ({
  scope,
  deviceId: idOf(params),
  because,
  by: who.name,
  isSeen: (record) => isAsSeen(ifMatch, deviceEtag(record ?? {})),
});

const labelDevice: Of['labelDevice'] = async ({ order, log }, asked) => {
  const read = parseLabels(await asked.body());
  if (read.kind === 'refused') return read;
  const what = orderIn(asked, 'labels');
  return tell(log, 'device-labelled', what, await order.label(what, read.labels));
};

/** `{ reason }` */
const byBody =
  (event: string, act: (app: App, what: DeviceOrder) => Promise<Ordered>) =>
  async (app: App, asked: Asked<Scope>): Promise<Changed | Refusal> => {
    const read = parseReason(await asked.body());
    if (read.kind === 'refused') return read;
    const what = orderIn(asked, read.reason);
    return tell(app.log, event, what, await act(app, what));
  };

/** `?reason=…` */
const byQuery =
  (event: string, act: (app: App, what: DeviceOrder, to: string | null) => Promise<Ordered>) =>
  async (app: App, asked: Asked<Scope>): Promise<Changed | Refusal> => {
    const because = reasonIn(asked.query);
    if (typeof because !== 'string') return because;
    const what = orderIn(asked, because);
    return tell(app.log, event, what, await act(app, what, asked.query.get('to')));
  };

/** What was ordered is done, whether the device could be asked to go or not: then it goes when it registers next. */
const tell = (
  log: InvocationContext,
  event: string,
  asked: DeviceOrder,
  outcome: Ordered,
): Changed | Refusal => {
  if (outcome.kind !== 'marked') return refuse(outcome.kind, [], outcome.because);
  log.info(toMarkedLine(event, asked));
  const { before, record, move: moved } = outcome;
  const device = toDeviceView(record);
  const change = {
    because: asked.because,
    before: before ? saidOf(before) : null,
    after: saidOf(record),
  };
  const headers = { etag: deviceEtag(record) };
  if (!moved) return { status: 200, headers, jsonBody: { device }, change };
  const jsonBody =
    moved.kind === 'triggered'
      ? { device, move: toMoveView(moved.move), reply: moved.reply.kind }
      : { device, move: null, because: moved.because };
  return { status: 202, headers, jsonBody, change };
};

/** What people say of a device. */
const saidOf = (record: DeviceRecord) => {
  const { labels, pin, quarantine, observed, move } = toDeviceView(record);
  return { labels, pin, quarantine, hub: observed?.hub ?? null, move: move?.id ?? null };
};

const idOf = (params: Asked<Scope>['params']): string => params['deviceId'] ?? '';

const handlers: Of = {
  listDevices,
  readDevice,
  explainDevice,
  listMoves,
  moveDevice,
  callOffMove,
  labelDevice,
  pinDevice: byBody('device-pinned', ({ order }, what) => order.pin(what)),
  unpinDevice: byQuery('device-unpinned', ({ order }, what) => order.unpin(what)),
  quarantineDevice: byBody('device-quarantined', ({ order }, what) => order.quarantine(what)),
  returnDevice: byQuery('device-returned', ({ order }, what, to) =>
    order.giveBack(what, to === null ? undefined : hubHostName(to)),
  ),
};

export const devicesHandler = (operators: Operators, scopes: ReadonlySet<Scope>) =>
  managementDoor(
    devicesApi,
    handlers,
    { scopes, audit: operators.audit },
    (log: InvocationContext) => ({ ...operators, log }),
  );

const { operators, scopes } = rehome();
if (operators) {
  app.http('devices', {
    ...registrationOf(devicesApi),
    handler: devicesHandler(operators, scopes),
  });
}
