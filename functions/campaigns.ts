import { app, type HttpHandler, type InvocationContext } from '@azure/functions';
import type { Campaign } from '../shared/campaign/campaign.ts';
import { isCampaign } from '../shared/campaign/valve.ts';
import type { Campaigning } from '../shared/composition/campaigns.ts';
import { rehome } from '../shared/composition.ts';
import type { Scope } from '../shared/domain/scope.ts';
import { toApprovedLine, toBreakerLine, toCommandLine } from '../shared/wire/campaign-lines.ts';
import {
  campaignIdOf,
  parseCampaignCommand,
  parseCampaignOrder,
  refuseApproval,
} from '../shared/wire/campaign-order.ts';
import {
  toBreakerView,
  toCampaignHead,
  toCampaignMovesView,
  toCampaignView,
  toPreviewView,
} from '../shared/wire/campaign-view.ts';
import { parseReason } from '../shared/wire/device-order.ts';
import { managementRequest } from '../shared/wire/management-request.ts';
import { type HttpAnswer, type Refusal, refuse, toProblem } from '../shared/wire/problem.ts';
import { type Asked, answerRoute, type Route, scopeIn } from '../shared/wire/route-table.ts';

/**
 * The management API's campaigns.
 *
 *     GET    campaigns/{scope}                       Read      the newest
 *     POST   campaigns/{scope}                       Operate   { plan, reason, limits?, hash? }: a dry run, or, with the plan's hash, approved: 201
 *     GET    campaigns/{scope}/breaker               Read      whether everything is stopped, and why
 *     PUT    campaigns/{scope}/breaker               Admin     { reason }: a person has looked
 *     GET    campaigns/{scope}/{campaign}            Read      the report: what has become of its moves, gates, pace, gaps, cost
 *     GET    campaigns/{scope}/{campaign}/moves      Read      ?page=0: each move, and what has become of it
 *     POST   campaigns/{scope}/{campaign}/{command}  Operate   { reason, hash? }: pause · resume · stop · abort · rollback
 *
 * A rollback is a dry run (`isBound`: its windows and freezes hold), unless it is confirmed with the campaign's hash. The same `Idempotency-Key` approves once.
 */
type App = Campaigning & { readonly log: InvocationContext };

const list = async ({ manage }: App, { scope }: Asked): Promise<HttpAnswer> => {
  const recent = await manage.recent(scope);
  return { status: 200, jsonBody: { campaigns: recent.map(toCampaignHead) } };
};

const approve = async (
  { manage, limits, newId, log }: App,
  { scope, body, who, idempotencyKey }: Asked,
): Promise<HttpAnswer | Refusal> => {
  const asked = parseCampaignOrder(await body(), limits);
  if (asked.kind === 'refused') return asked;
  const id = campaignIdOf(scope, who.name, idempotencyKey);
  if (typeof id === 'object') return id;
  const { planId, hash, reason } = asked;
  const approval = { scope, id: id ?? newId(), planId, reason, by: who.name, limits: asked.limits };
  if (hash === undefined) {
    const previewed = await manage.preview(approval);
    return previewed.kind === 'preview'
      ? { status: 200, jsonBody: toPreviewView(previewed.preview) }
      : refuse(previewed.kind, []);
  }
  const outcome = await manage.approve({ ...approval, hash });
  if (outcome.kind !== 'approved') return refuseApproval(outcome);
  log.info(toApprovedLine(outcome.campaign));
  return { status: 201, jsonBody: toCampaignHead(outcome.campaign) };
};

/** What has not the form of an id is none. */
const campaignIn = async (
  manage: Campaigning['manage'],
  scope: Scope,
  params: Asked['params'],
): Promise<Campaign | undefined> => {
  const id = params['campaign'] ?? '';
  return isCampaign(id) ? manage.read(scope, id) : undefined;
};

const read = async ({ manage, clock }: App, { scope, params }: Asked) => {
  const campaign = await campaignIn(manage, scope, params);
  if (!campaign) return refuse('unknown-campaign', []);
  const progress = await manage.progress(campaign.order.id);
  return { status: 200, jsonBody: toCampaignView(campaign, progress, clock.now()) };
};

const moves = async ({ manage }: App, { scope, params, query }: Asked) => {
  const number = Number(query.get('page') ?? 0);
  if (!Number.isInteger(number) || number < 0)
    return refuse('bad-request', [{ field: 'page', detail: 'expected a number from 0' }]);
  const campaign = await campaignIn(manage, scope, params);
  if (!campaign) return refuse('unknown-campaign', []);
  const page = await manage.page(campaign.order.id, number);
  const pages = campaign.waves.reduce((sum, { pageCount }) => sum + pageCount, 0);
  const rows = page ? toCampaignMovesView(campaign, page.rows, page.progress) : [];
  return { status: 200, jsonBody: { moves: rows, page: number, pages } };
};

const command = async (
  { manage, log }: App,
  { scope, params, body, who }: Asked,
): Promise<HttpAnswer | Refusal> => {
  const asked = parseCampaignCommand(params['command'] ?? '', await body());
  if (asked.kind === 'refused') return asked;
  const campaign = await campaignIn(manage, scope, params);
  if (!campaign) return refuse('unknown-campaign', []);
  const { id, hash, limits } = campaign.order;
  if (asked.command === 'rollback' && asked.hash === undefined) {
    const outcome = await manage.wouldReturn(campaign);
    if (typeof outcome === 'string') return refuse('not-now', [], outcome);
    const { windows, freezes } = limits.calendar;
    const isBound = windows.length + freezes.length > 0;
    const jsonBody = { dryRun: true, wouldReturn: outcome.moved, isBound, confirmWith: hash };
    return { status: 200, jsonBody };
  }
  if (asked.command === 'rollback' && asked.hash !== hash) return refuse('hash-differs', []);
  const outcome = await manage.command(scope, id, asked.command, asked.reason, who.name);
  if (outcome.kind === 'unknown-campaign') return refuse('unknown-campaign', []);
  if (outcome.kind === 'refused') return refuse('not-now', [], outcome.because);
  log.info(toCommandLine(outcome.campaign, asked.command, asked.reason, who.name));
  const rollback = outcome.rollback === undefined ? {} : { rollback: outcome.rollback };
  return { status: 202, jsonBody: { ...toCampaignHead(outcome.campaign), ...rollback } };
};

const readBreaker = async ({ manage }: App): Promise<HttpAnswer> => ({
  status: 200,
  jsonBody: toBreakerView(await manage.breaker()),
});

const resetBreaker = async ({ manage, log }: App, { body, who }: Asked) => {
  const asked = parseReason(await body());
  if (asked.kind === 'refused') return asked;
  const breaker = await manage.resetBreaker();
  log.info(toBreakerLine(asked.reason, who.name));
  return { status: 200, jsonBody: toBreakerView(breaker) };
};

const table: readonly Route<App>[] = [
  { method: 'GET', path: '', role: 'Read', handle: list },
  { method: 'POST', path: '', role: 'Operate', handle: approve },
  { method: 'GET', path: 'breaker', role: 'Read', handle: readBreaker },
  { method: 'PUT', path: 'breaker', role: 'Admin', handle: resetBreaker },
  { method: 'GET', path: ':campaign', role: 'Read', handle: read },
  { method: 'GET', path: ':campaign/moves', role: 'Read', handle: moves },
  { method: 'POST', path: ':campaign/:command', role: 'Operate', handle: command },
];

export const campaignsHandler =
  (campaigning: Campaigning, scopes: ReadonlySet<Scope>): HttpHandler =>
  async (request, context) => {
    const asked = managementRequest(request, 'campaigns');
    const within = () => scopeIn(scopes, asked.first);
    const answer = await answerRoute(table, { ...campaigning, log: context }, within, asked);
    return 'kind' in answer ? toProblem(answer) : answer;
  };

const { campaigning, placement, scopes } = rehome();
if (campaigning && placement) {
  app.http('campaigns', {
    methods: ['GET', 'POST', 'PUT'],
    authLevel: 'anonymous', // App Service authentication stands before it
    route: 'campaigns/{scope}/{*rest}',
    handler: campaignsHandler(campaigning, scopes),
  });
}
