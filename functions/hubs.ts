import { app, type InvocationContext } from '@azure/functions';
import type { Planning } from '../shared/composition/planning.ts';
import { type Placement, type Rehome, rehome } from '../shared/composition.ts';
import { type Hub, hubHostName } from '../shared/domain/hub.ts';
import { hubsApi } from '../shared/wire/api/hubs.ts';
import { toApprovedLine } from '../shared/wire/campaign-lines.ts';
import { refuseApproval } from '../shared/wire/campaign-order.ts';
import { toCampaignHead } from '../shared/wire/campaign-view.ts';
import { parseEmptyOrder } from '../shared/wire/empty-order.ts';
import { isAsSeen } from '../shared/wire/etag.ts';
import { parseHubOrder } from '../shared/wire/hub-order.ts';
import { hubEtag, toHubView } from '../shared/wire/hub-view.ts';
import { idOfKey } from '../shared/wire/idempotency-key.ts';
import { managementDoor, registrationOf } from '../shared/wire/management-door.ts';
import { toHubLine, toPlanLine } from '../shared/wire/plan-lines.ts';
import { refuse, unknownHub } from '../shared/wire/problem.ts';
import type { Handlers } from '../shared/wire/route-table.ts';

/** The management API's hubs, of all scopes: as `shared/wire/api/hubs.ts` says. */
type App = Planning & Pick<Rehome, 'campaigning' | 'scopes'> & { readonly log: InvocationContext };
type Of = Handlers<App, undefined, typeof hubsApi>;

const listHubs: Of['listHubs'] = async ({ manageHubs }) => {
  const { table, bounds } = await manageHubs.look();
  const named = [...table.hubs.values()].sort((one, other) =>
    one.hostName < other.hostName ? -1 : 1,
  );
  const takenAt = new Date(table.takenAt).toISOString();
  return {
    status: 200,
    jsonBody: { takenAt, hubs: named.map((hub) => toHubView(hub, bounds.get(hub.hostName))) },
  };
};

const readHub: Of['readHub'] = async ({ manageHubs }, { params }) => {
  const { table, bounds } = await manageHubs.look();
  const hub = table.hubs.get(hubHostName(params['hub'] ?? ''));
  if (!hub) return unknownHub(table.hubs.keys());
  const jsonBody = toHubView(hub, bounds.get(hub.hostName));
  return { status: 200, headers: { etag: hubEtag(hub) }, jsonBody };
};

const changeHub: Of['changeHub'] = async ({ manageHubs, log }, { params, body, ifMatch, who }) => {
  const asked = parseHubOrder(await body());
  if (asked.kind === 'refused') return asked;
  const name = hubHostName(params['hub'] ?? '');
  const isSeen = (hub: Hub) => isAsSeen(ifMatch, hubEtag(hub));
  const changed = await manageHubs.change(name, asked.change, isSeen);
  if (changed === 'superseded') return refuse('superseded', []);
  const { table, bounds } = await manageHubs.look();
  if (!changed)
    return table.hubs.has(name) ? refuse('hub-not-stored', []) : unknownHub(table.hubs.keys());
  const { before, after } = changed;
  if (after !== before) log.info(toHubLine(changed, asked.change, asked.reason, who.name));
  const [seen, now] = [before, after].map((hub) => toHubView(hub, bounds.get(name)));
  return {
    status: 200,
    headers: { etag: hubEtag(after) },
    jsonBody: now,
    change: { because: asked.reason, before: seen, after: now },
  };
};

const emptyHub: Of['emptyHub'] = async (
  { managePlans, manageHubs, campaigning, scopes, limits, log },
  { params, body, who, idempotencyKey },
) => {
  if (!campaigning) return refuse('unknown-route', []);
  const hub = hubHostName(params['hub'] ?? '');
  const { hubs } = await manageHubs.table();
  if (!hubs.has(hub)) return unknownHub(hubs.keys());
  const usual = { scopes, plan: limits, campaign: campaigning.limits };
  const asked = parseEmptyOrder(params['verb'] ?? '', await body(), usual);
  if (asked.kind === 'refused') return asked;
  const { scope, reason, goal } = asked;
  const isDrill = params['verb'] === 'drill';
  if (asked.kind === 'plan') {
    const id = idOfKey('p', scope, who.name, idempotencyKey);
    if (typeof id === 'object') return id;
    const order = await managePlans.askOnce({
      id,
      scope,
      goal: { kind: goal, hub },
      limits: asked.limits,
      reason,
      by: who.name,
      ...(isDrill ? { isDrill } : {}),
    });
    if (order === 'key-reused') return refuse('key-reused', []);
    log.info(toPlanLine(order));
    const change = { because: reason, before: null, after: { plan: order.id } };
    return { status: 202, jsonBody: { id: order.id }, change };
  }
  const kept = await managePlans.read(scope, asked.planId);
  if (!kept) return refuse('unknown-plan', []);
  if (isDrill !== (kept.order.isDrill ?? false))
    return refuse('bad-request', [
      { field: 'plan', detail: `it was asked for as a ${kept.order.isDrill ? 'drill' : goal}` },
    ]);
  if (kept.order.goal.kind !== goal || kept.order.goal.hub !== hub)
    return refuse('bad-request', [{ field: 'plan', detail: `expected a plan to ${goal} ${hub}` }]);
  const id = idOfKey('c', scope, who.name, idempotencyKey);
  if (typeof id === 'object') return id;
  const outcome = await campaigning.manage.approve({
    scope,
    id: id ?? campaigning.newId(),
    reason,
    by: who.name,
    planId: asked.planId,
    hash: asked.hash,
    limits: asked.limits,
  });
  if (outcome.kind !== 'approved') return refuseApproval(outcome);
  log.info(toApprovedLine(outcome.campaign));
  const head = toCampaignHead(outcome.campaign);
  return { status: 201, jsonBody: head, change: { because: reason, before: null, after: head } };
};

const handlers: Of = { listHubs, readHub, changeHub, emptyHub };

export const hubsHandler = (
  planning: Planning,
  { scopes, campaigning }: Pick<Rehome, 'scopes' | 'campaigning'>,
  { audit }: Placement,
) =>
  managementDoor(hubsApi, handlers, { scopes, audit }, (log: InvocationContext) => ({
    ...planning,
    campaigning,
    scopes,
    log,
  }));

const composed = rehome();
const { planning, placement } = composed;
if (planning && placement) {
  app.http('hubs', {
    ...registrationOf(hubsApi),
    handler: hubsHandler(planning, composed, placement),
  });
}
