import { app, type InvocationContext } from '@azure/functions';
import type { Campaign } from '../shared/campaign/campaign.ts';
import { isCampaign } from '../shared/campaign/valve.ts';
import type { Campaigning } from '../shared/composition/campaigns.ts';
import { type Placement, rehome } from '../shared/composition.ts';
import type { Scope } from '../shared/domain/scope.ts';
import { campaignsApi } from '../shared/wire/api/campaigns.ts';
import { toApprovedLine, toBreakerLine, toCommandLine } from '../shared/wire/campaign-lines.ts';
import {
  parseCampaignCommand,
  parseCampaignOrder,
  refuseApproval,
} from '../shared/wire/campaign-order.ts';
import {
  campaignEtag,
  toBreakerView,
  toCampaignHead,
  toCampaignMovesView,
  toCampaignView,
  toPreviewView,
} from '../shared/wire/campaign-view.ts';
import { parseReason } from '../shared/wire/device-order.ts';
import { isAsSeen } from '../shared/wire/etag.ts';
import { idOfKey } from '../shared/wire/idempotency-key.ts';
import { managementDoor, registrationOf } from '../shared/wire/management-door.ts';
import { refuse } from '../shared/wire/problem.ts';
import { type Asked, type Handlers, pageIn } from '../shared/wire/route-table.ts';

/** The management API's campaigns: as `shared/wire/api/campaigns.ts` says. */
type App = Campaigning & { readonly log: InvocationContext };
type Of = Handlers<App, Scope, typeof campaignsApi>;

const listCampaigns: Of['listCampaigns'] = async ({ manage }, { scope }) => {
  const recent = await manage.recent(scope);
  return { status: 200, jsonBody: { campaigns: recent.map(toCampaignHead) } };
};

const approvePlan: Of['approvePlan'] = async (
  { manage, limits, newId, log },
  { scope, body, who, idempotencyKey },
) => {
  const asked = parseCampaignOrder(await body(), limits);
  if (asked.kind === 'refused') return asked;
  const id = idOfKey('c', scope, who.name, idempotencyKey);
  if (typeof id === 'object') return id;
  const { planId, hash, reason } = asked;
  const approval = { scope, id: id ?? newId(), planId, reason, by: who.name, limits: asked.limits };
  if (hash === undefined) {
    const previewed = await manage.preview(approval);
    return previewed.kind === 'preview'
      ? { status: 200, jsonBody: toPreviewView(previewed.preview), change: undefined }
      : refuse(previewed.kind, []);
  }
  const outcome = await manage.approve({ ...approval, hash });
  if (outcome.kind !== 'approved') return refuseApproval(outcome);
  log.info(toApprovedLine(outcome.campaign));
  const head = toCampaignHead(outcome.campaign);
  return { status: 201, jsonBody: head, change: { because: reason, before: null, after: head } };
};

/** What has not the form of an id is none. */
const campaignIn = async (
  manage: Campaigning['manage'],
  scope: Scope,
  params: Asked<Scope>['params'],
): Promise<Campaign | undefined> => {
  const id = params['campaign'] ?? '';
  return isCampaign(id) ? manage.read(scope, id) : undefined;
};

const readCampaign: Of['readCampaign'] = async ({ manage, clock }, { scope, params }) => {
  const campaign = await campaignIn(manage, scope, params);
  if (!campaign) return refuse('unknown-campaign', []);
  const progress = await manage.progress(campaign.order.id);
  const jsonBody = toCampaignView(campaign, progress, clock.now());
  return { status: 200, headers: { etag: campaignEtag(campaign) }, jsonBody };
};

const listCampaignMoves: Of['listCampaignMoves'] = async ({ manage }, { scope, params, query }) => {
  const number = pageIn(query);
  if (typeof number === 'object') return number;
  const campaign = await campaignIn(manage, scope, params);
  if (!campaign) return refuse('unknown-campaign', []);
  const page = await manage.page(campaign.order.id, number);
  const pages = campaign.waves.reduce((sum, { pageCount }) => sum + pageCount, 0);
  const moves = page ? toCampaignMovesView(campaign, page.rows, page.progress) : [];
  return { status: 200, jsonBody: { moves, page: number, pages } };
};

const commandCampaign: Of['commandCampaign'] = async (
  { manage, log },
  { scope, params, body, who, ifMatch },
) => {
  const asked = parseCampaignCommand(params['command'] ?? '', await body());
  if (asked.kind === 'refused') return asked;
  const campaign = await campaignIn(manage, scope, params);
  if (!campaign) return refuse('unknown-campaign', []);
  const { command, reason } = asked;
  const { id, hash, limits } = campaign.order;
  if (command === 'rollback' && asked.hash === undefined) {
    const outcome = await manage.wouldReturn(campaign);
    if (typeof outcome === 'string') return refuse('not-now', [], outcome);
    const { windows, freezes } = limits.calendar;
    const isBound = windows.length + freezes.length > 0;
    const jsonBody = { dryRun: true, wouldReturn: outcome.moved, isBound, confirmWith: hash };
    return { status: 200, jsonBody, change: undefined };
  }
  if (command === 'rollback' && asked.hash !== hash) return refuse('hash-differs', []);
  const isSeen = (known: Campaign) => isAsSeen(ifMatch, campaignEtag(known));
  const outcome = await manage.command(scope, id, command, reason, who.name, isSeen);
  if (outcome.kind === 'refused') return refuse('not-now', [], outcome.because);
  if (outcome.kind !== 'done') return refuse(outcome.kind, []);
  log.info(toCommandLine(outcome.campaign, command, reason, who.name));
  const rollback = outcome.rollback === undefined ? {} : { rollback: outcome.rollback };
  const after = { ...toCampaignHead(outcome.campaign), ...rollback };
  const change = { because: reason, before: toCampaignHead(outcome.before), after };
  return {
    status: 202,
    headers: { etag: campaignEtag(outcome.campaign) },
    jsonBody: after,
    change,
  };
};

const readBreaker: Of['readBreaker'] = async ({ manage }) => ({
  status: 200,
  jsonBody: toBreakerView(await manage.breaker()),
});

const resetBreaker: Of['resetBreaker'] = async ({ manage, log }, { body, who }) => {
  const asked = parseReason(await body());
  if (asked.kind === 'refused') return asked;
  const { before, after } = await manage.resetBreaker();
  log.info(toBreakerLine(asked.reason, who.name));
  const [seen, now] = [toBreakerView(before), toBreakerView(after)];
  return {
    status: 200,
    jsonBody: now,
    change: { because: asked.reason, before: seen, after: now },
  };
};

const handlers: Of = {
  listCampaigns,
  approvePlan,
  readBreaker,
  resetBreaker,
  readCampaign,
  listCampaignMoves,
  commandCampaign,
};

export const campaignsHandler = (
  campaigning: Campaigning,
  scopes: ReadonlySet<Scope>,
  { audit }: Placement,
) =>
  managementDoor(campaignsApi, handlers, { scopes, audit }, (log: InvocationContext) => ({
    ...campaigning,
    log,
  }));

const { campaigning, placement, scopes } = rehome();
if (campaigning && placement) {
  app.http('campaigns', {
    ...registrationOf(campaignsApi),
    handler: campaignsHandler(campaigning, scopes, placement),
  });
}
