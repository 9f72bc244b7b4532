import { z } from 'zod';
import { planOrder } from '../plan-order.ts';
import type { Api } from './route.ts';
import { count, goal, hubName, pageText, planLimitsView, time, type View } from './values.ts';

const plannedHub = z.object({
  hub: hubName,
  state: z.string(),
  before: z
    .number()
    .describe('devices, or what they count for, with moves under way at their target'),
  after: z.number(),
  level: z.number().describe('its fair share'),
  cap: z.number().describe('what the plan lets it have'),
  most: z.number().describe('what it may hold'),
  movesIn: count,
  movesOut: count,
  arriving: count,
  leaving: count,
  past: z.string().nullable().describe('why it is past its cap all the same'),
});

const pace = z.object({
  movesPerMinute: z.number(),
  minutes: z.number(),
  constraints: z
    .array(
      z.object({
        what: z.string(),
        hub: hubName.optional().describe('none: of the DPS'),
        perMinute: z.number(),
        count: z.number(),
        minutes: z.number(),
      }),
    )
    .describe('the slowest first'),
  messages: z.array(
    z.object({
      hub: hubName,
      spent: z.number(),
      left: z.number().optional(),
      unsignallable: z.boolean(),
    }),
  ),
  cost: z.object({ currency: z.string(), amount: z.number() }).optional(),
  minutesIfRegistryBinds: z.number(),
});

const madeView = z
  .object({
    hash: z.string(),
    takenAt: time,
    policyVersion: count,
    limits: planLimitsView,
    hubs: z.array(plannedHub),
    postponed: count,
    lowerBound: z.object({ moves: count, by: z.enum(['count', 'flow', 'relaxation']) }),
    gap: z.number(),
    churn: z.number().describe('of 1'),
    imbalance: z.object({ before: z.number(), after: z.number() }),
    idle: z.string().nullable().describe('why there is nothing to do'),
    pace,
    advice: z.array(z.string()),
    moveCount: count,
    refusalCount: count,
    reasons: z.array(z.object({ because: z.string(), count })),
    stageCount: count,
    uncertainCount: count,
    waves: z.object({ canary: count, sizes: z.array(count), isSingle: z.boolean() }),
  })
  .meta({ id: 'MadePlan' });
export type MadeView = View<typeof madeView>;

const planView = z
  .object({
    id: z.string(),
    scope: z.string(),
    goal,
    reason: z.string(),
    by: z.string(),
    askedAt: time,
    isDrill: z.boolean().describe('carried out, its devices go back'),
    state: z.enum(['asked', 'planning', 'made', 'failed']),
    devicesRead: count.optional(),
    attempt: count.optional(),
    because: z.string().optional(),
    madeAt: time.optional(),
    plan: madeView.optional(),
  })
  .meta({ id: 'Plan' });
export type PlanView = View<typeof planView>;

const moveRow = z.object({
  deviceId: z.string(),
  from: hubName.optional(),
  to: hubName.optional(),
  stage: count,
  weight: z.number(),
  isCertain: z.boolean(),
});

const refusalRow = z.object({
  deviceId: z.string(),
  hub: hubName.nullable(),
  because: z.string(),
});
export type MoveRow = View<typeof moveRow>;
export type RefusalRow = View<typeof refusalRow>;

export const plansApi = {
  noun: 'plans',
  isScoped: true,
  routes: {
    listPlans: {
      method: 'GET',
      path: '',
      role: 'Read',
      says: 'The newest plans, the newest first.',
      answers: { 200: z.object({ plans: z.array(planView) }) },
    },
    askForPlan: {
      method: 'POST',
      path: '',
      role: 'Operate',
      says: 'Asks for a plan. It moves nobody.',
      body: planOrder,
      takesKey: true,
      answers: { 202: z.object({ id: z.string() }) },
    },
    readPlan: {
      method: 'GET',
      path: ':plan',
      role: 'Read',
      says: 'How far a plan is; and once it is made: hubs before and after, its bound, its pace, its reasons.',
      answers: { 200: planView },
    },
    listPlannedMoves: {
      method: 'GET',
      path: ':plan/moves',
      role: 'Read',
      says: 'Its moves, 2,000 a page, in the order in which they may run.',
      query: { page: pageText.optional() },
      answers: { 200: z.object({ moves: z.array(moveRow), total: count, page: count }) },
    },
    listRefusals: {
      method: 'GET',
      path: ':plan/refusals',
      role: 'Read',
      says: 'Devices that it leaves alone, each with why, 2,000 a page.',
      query: { page: pageText.optional() },
      answers: { 200: z.object({ refusals: z.array(refusalRow), total: count, page: count }) },
    },
  },
} as const satisfies Api;
