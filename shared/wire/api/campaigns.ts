import { z } from 'zod';
import { hubStates } from '../../domain/hub.ts';
import { campaignCommands, campaignOrder, commandOrder } from '../campaign-order.ts';
import { reasonOrder } from '../device-order.ts';
import type { Api } from './route.ts';
import { campaignLimitsView, count, goal, hubName, pageText, time, type View } from './values.ts';

const rulings = z.enum(['pass', 'fail', 'inconclusive']);
const outcomes = z.enum(['completed', 'stopped', 'aborted']);

const head = z.object({
  id: z.string(),
  scope: z.string(),
  goal,
  source: z.union([
    z.object({ kind: z.literal('plan'), planId: z.string(), run: z.string() }),
    z.object({ kind: z.literal('rollback'), campaignId: z.string() }),
  ]),
  hash: z.string(),
  by: z.string(),
  approvedAt: time,
  moveCount: count,
  state: z.enum(['preparing', 'running', 'held', 'paused', 'stopping', 'aborting', 'ended']),
  because: z.string().optional(),
  outcome: outcomes.optional(),
  rollback: z.string().optional().describe('the campaign that takes everything back'),
  isDrill: z.boolean(),
  wave: count.optional().describe('from 0, the canary'),
  phase: z.enum(['moving', 'baking', 'waiting']).optional(),
  bakesUntil: time.optional(),
  needsAPerson: z.boolean(),
});
export const campaignHead = head.meta({ id: 'CampaignHead' });
export type CampaignHead = View<typeof campaignHead>;

const counts = z.object({
  total: count,
  planned: count,
  underWay: count,
  waiting: count,
  verified: count,
  landed: count,
  stranded: count,
  failed: count,
  timedOut: count,
  refused: count,
  cancelled: count,
  superseded: count,
  skipped: count,
});

const quantiles = z.object({
  measured: count,
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
});

const measure = z.object({
  what: z.enum(['stranded', 'broken', 'fell silent', 'control']),
  count,
  of: count,
  limit: z.number().describe('of 1'),
  ruling: rulings,
});

const wave = z.object({
  moves: count,
  begunAt: time.nullable(),
  endedAt: time.nullable(),
  isNow: z.boolean(),
  gate: z.object({ ruling: rulings, at: time, measures: z.array(measure) }).nullable(),
});

const paceNow = z.object({
  at: time,
  perMinute: z.number(),
  allowedPerMinute: z.number(),
  binds: z.string(),
  isNow: z.boolean(),
  stuck: z.object({ because: z.string(), since: time }).nullable(),
  peak: z.object({ perMinute: z.number(), allowedPerMinute: z.number() }),
});

const campaignView = head
  .extend({
    reason: z.string(),
    limits: campaignLimitsView,
    moves: counts,
    reasons: z.array(z.object({ verdict: z.string(), because: z.string(), count })),
    gapMs: quantiles,
    tookMs: quantiles,
    waves: z.array(wave),
    pace: paceNow.nullable(),
    minutesLeft: z
      .number()
      .nullable()
      .describe('as fast as it went at its fastest; null: nobody knows'),
    requestUnits: z.object({ total: count, perVerifiedMove: count.nullable() }),
    hubStates: z.array(
      z.object({ hub: hubName, before: z.enum(hubStates), after: z.enum(hubStates) }),
    ),
    log: z.array(z.object({ at: time, by: z.string(), what: z.string(), because: z.string() })),
  })
  .meta({ id: 'Campaign' });
export type CampaignView = View<typeof campaignView>;

const preview = z.object({
  dryRun: z.literal(true),
  plan: z.object({ hash: z.string(), goal, moveCount: count }),
  confirmWith: z.string(),
  canary: count,
  waves: z.array(count),
  isSingle: z.boolean(),
  minutes: count,
  movesPerMinute: z.number(),
  binds: z.string().nullable(),
  limits: campaignLimitsView,
});
export type PreviewView = View<typeof preview>;

const rollbackPreview = z.object({
  dryRun: z.literal(true),
  wouldReturn: count,
  isBound: z.boolean().describe('its windows and freezes hold'),
  confirmWith: z.string(),
});
export type RollbackPreview = View<typeof rollbackPreview>;

const campaignMove = z.object({
  deviceId: z.string(),
  from: hubName.nullable(),
  to: hubName.nullable(),
  became: z.string(),
  because: z.string().nullable(),
});
export type CampaignMoveRow = View<typeof campaignMove>;

const breakerView = z.object({
  tripped: z.object({ at: time, because: z.string() }).nullable(),
  failures: z.array(z.object({ campaignId: z.string(), at: time })),
});
export type BreakerView = View<typeof breakerView>;

export const campaignsApi = {
  noun: 'campaigns',
  isScoped: true,
  routes: {
    listCampaigns: {
      method: 'GET',
      path: '',
      role: 'Read',
      says: 'The newest campaigns, the newest first.',
      answers: { 200: z.object({ campaigns: z.array(campaignHead) }) },
    },
    approvePlan: {
      method: 'POST',
      path: '',
      role: 'Operate',
      says: "What a plan comes to, in waves; with the plan's hash, approves it.",
      body: campaignOrder,
      takesKey: true,
      answers: { 200: preview, 201: campaignHead },
    },
    readBreaker: {
      method: 'GET',
      path: 'breaker',
      role: 'Read',
      says: 'Whether everything is stopped, and why.',
      answers: { 200: breakerView },
    },
    resetBreaker: {
      method: 'PUT',
      path: 'breaker',
      role: 'Admin',
      says: 'A person has looked: campaigns may be resumed.',
      body: reasonOrder,
      answers: { 200: breakerView },
    },
    readCampaign: {
      method: 'GET',
      path: ':campaign',
      role: 'Read',
      says: 'The report: what has become of its moves, gates, pace, gaps, cost. Its ETag is that of its state.',
      answers: { 200: campaignView },
    },
    listCampaignMoves: {
      method: 'GET',
      path: ':campaign/moves',
      role: 'Read',
      says: 'Each move, and what has become of it, 2,000 a page.',
      query: { page: pageText.optional() },
      answers: { 200: z.object({ moves: z.array(campaignMove), page: count, pages: count }) },
    },
    commandCampaign: {
      method: 'POST',
      path: ':campaign/:command',
      role: 'Operate',
      says: "Pauses, resumes, stops, aborts; or rolls back, which is a dry run unless it is confirmed with the campaign's hash.",
      params: { command: z.enum(campaignCommands) },
      body: commandOrder,
      takesIfMatch: true,
      brakes: ['pause', 'stop', 'abort'],
      answers: { 200: rollbackPreview, 202: campaignHead },
    },
  },
} as const satisfies Api;
