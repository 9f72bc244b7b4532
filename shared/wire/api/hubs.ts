import { z } from 'zod';
import { hubStates, troubles } from '../../domain/hub.ts';
import { emptyOrder } from '../empty-order.ts';
import { hubOrder } from '../hub-order.ts';
import { campaignHead } from './campaigns.ts';
import type { Api } from './route.ts';
import { count, hubName, time, type View } from './values.ts';

const hubView = z
  .object({
    hub: hubName,
    state: z.enum(hubStates),
    weight: z.number(),
    capacity: count,
    deviceCount: count.nullable(),
    countedAt: time.nullable(),
    tier: z.string().nullable(),
    units: count,
    region: z.string().nullable(),
    tags: z.record(z.string(), z.string()),
    daily: z
      .object({
        messageCountMax: count,
        perDevice: z.number().nullable(),
        messageCount: count.nullable(),
        measuredAt: time.nullable(),
      })
      .nullable(),
    intakePerMinuteMax: count.nullable(),
    trouble: z.object({ kind: z.enum(troubles), since: time }).nullable(),
    silentSince: time.nullable().describe('since when it gives no answer'),
    joinedAt: time.nullable(),
    most: count.describe('devices that it may hold, by its capacity and its daily quota'),
    bound: count
      .nullable()
      .describe('devices past which it is given no newcomer while another has room'),
  })
  .meta({ id: 'Hub' });
export type HubView = View<typeof hubView>;

export const hubsApi = {
  noun: 'hubs',
  isScoped: false,
  routes: {
    listHubs: {
      method: 'GET',
      path: '',
      role: 'Read',
      says: 'All hubs: state, weight, capacity, devices when last counted.',
      answers: { 200: z.object({ takenAt: time, hubs: z.array(hubView) }) },
    },
    readHub: {
      method: 'GET',
      path: ':hub',
      role: 'Read',
      says: 'One hub. Its ETag is that of what people set.',
      answers: { 200: hubView },
    },
    changeHub: {
      method: 'PUT',
      path: ':hub',
      role: 'Operate',
      says: 'Changes what is given; the rest stays.',
      body: hubOrder,
      takesIfMatch: true,
      answers: { 200: hubView },
    },
    emptyHub: {
      method: 'POST',
      path: ':hub/:verb',
      role: 'Operate',
      says: 'Empties a hub. Asks for the plan; with a plan and its hash, carries it out. A drill goes back once all have arrived.',
      params: { verb: z.enum(['drain', 'evacuate', 'drill']) },
      body: emptyOrder,
      takesKey: true,
      answers: { 202: z.object({ id: z.string().describe('of the plan') }), 201: campaignHead },
    },
  },
} as const satisfies Api;
