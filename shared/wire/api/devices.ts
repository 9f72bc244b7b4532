import { z } from 'zod';
import { reasons } from '../../allocation/allocate.ts';
import { standings } from '../../allocation/standing.ts';
import { deciders } from '../../allocation/verdict.ts';
import { findingKinds } from '../../domain/device.ts';
import { verdicts } from '../../domain/move.ts';
import { labelsOrder, reasonOrder } from '../device-order.ts';
import { moveOrder } from '../move-order.ts';
import type { Api } from './route.ts';
import { afterText, count, hubName, limitText, reasonQuery, time, type View } from './values.ts';

const stages = ['triggered', 'acknowledged', 'deferred', 'parked', 'reassigned', 'landed'] as const;

const span = z.object({ from: time, to: time });
const proof = z.object({
  gone: time.nullable().describe('from its source'),
  assigned: time.nullable().describe('to its target'),
  heard: time.nullable().describe('from there'),
});

const move = z.object({
  id: z.string(),
  campaignId: z.string(),
  from: hubName,
  to: hubName,
  reason: z.string(),
  requestId: z.string(),
  requestsSent: count,
  triggeredAt: time,
  window: span,
  deadline: time,
  proof,
});
const openMove = move.extend({ stage: z.enum(stages), nextLookAt: time }).meta({ id: 'Move' });
const settledMove = move
  .extend({ verdict: z.enum(verdicts), because: z.string(), settledAt: time })
  .meta({ id: 'SettledMove' });
export type MoveView = View<typeof openMove>;
export type SettledView = View<typeof settledMove>;

const order = z.object({ since: time, because: z.string(), by: z.string() });

const deviceView = z
  .object({
    scope: z.string(),
    deviceId: z.string(),
    registrationId: z.string(),
    home: hubName.nullable().describe('where it should be'),
    observed: z.object({ hub: hubName, since: time }).nullable().describe('where it was seen'),
    enrollment: z.string().nullable(),
    move: openMove.nullable(),
    finding: z
      .object({ kind: z.enum(findingKinds), hub: hubName, since: time })
      .nullable()
      .describe('what is wrong with it'),
    ghosts: z
      .array(hubName)
      .describe('hubs that hold an identity of it, though it lives on another'),
    labels: z.record(z.string(), z.string()),
    lastMoveAt: time.nullable(),
    twin: z
      .object({ enabled: z.boolean(), iotEdge: z.boolean(), advertises: z.boolean() })
      .nullable(),
    pin: order.nullable(),
    quarantine: order.extend({ returnTo: hubName.nullable() }).nullable(),
    explained: z.array(z.string()).describe('sentences'),
  })
  .meta({ id: 'Device' });
export type DeviceView = View<typeof deviceView>;

const decider = z.object({
  decider: z.enum(deciders),
  says: z.enum(['yes', 'no', 'throttle']),
  because: z.string(),
});

export const explanation = z
  .object({
    registrationId: z.string(),
    answer: z.object({
      hub: z.string(),
      because: z.enum(reasons),
      explained: z.string(),
      standing: z.enum(standings),
      degraded: z.boolean(),
      rules: z.array(z.string()),
      initialTwin: z.unknown().describe("DPS's initialTwin, or null"),
    }),
    policy: count.describe('its version'),
    hubTableTakenAt: time,
    hubs: z.array(
      z.object({ hub: z.string(), standing: z.enum(standings), deciders: z.array(decider) }),
    ),
  })
  .meta({ id: 'Explanation' });
export type ExplanationView = View<typeof explanation>;

const replies = z
  .string()
  .describe('accepted, deferred, refused, offline, noHandler, throttled, or unknown');

const marked = z.object({
  device: deviceView,
  move: openMove.nullable().optional(),
  reply: replies.optional(),
  because: z.string().optional().describe('why it could not be asked to go now'),
});
export type MarkedView = View<typeof marked>;

const devicePage = z.object({
  devices: z.array(deviceView),
  unreadable: z.array(z.string()),
  after: z.string().nullable(),
});

/** What `npx rehome export` writes: all that it takes to place the devices anew. */
const fleetPage = z.object({
  takenAt: z.number(),
  hubs: z.array(z.unknown()),
  enrollments: z.record(z.string(), z.unknown()),
  devices: z.array(
    z.object({
      scope: z.string(),
      deviceId: z.string(),
      registrationId: z.string(),
      enrollment: z.string().optional(),
      hub: hubName.optional(),
      labels: z.record(z.string(), z.string()),
      quarantined: z.boolean().optional(),
    }),
  ),
  unreadable: z.array(z.string()),
  after: z.string().nullable(),
});

export const devicesApi = {
  noun: 'devices',
  isScoped: true,
  routes: {
    listDevices: {
      method: 'GET',
      path: '',
      role: 'Read',
      says: 'Devices that are looked after: moved, looked for, tidied up after; or all of them, with what it takes to place them.',
      query: {
        limit: limitText.optional(),
        after: afterText.optional(),
        all: z.enum(['true', 'false']).optional(),
      },
      answers: { 200: z.union([devicePage, fleetPage]) },
    },
    readDevice: {
      method: 'GET',
      path: ':deviceId',
      role: 'Read',
      says: 'Where a device is, and why. Its ETag is that of what people said of it.',
      answers: { 200: deviceView },
    },
    explainDevice: {
      method: 'GET',
      path: ':deviceId/explanation',
      role: 'Read',
      says: 'What DPS would be answered now, and what each hub says.',
      answers: { 200: explanation },
    },
    listMoves: {
      method: 'GET',
      path: ':deviceId/moves',
      role: 'Read',
      says: 'Its settled moves, the oldest first.',
      answers: { 200: z.object({ moves: z.array(settledMove) }) },
    },
    moveDevice: {
      method: 'POST',
      path: ':deviceId/moves',
      role: 'Operate',
      says: 'Moves it.',
      body: moveOrder,
      answers: { 202: z.object({ move: openMove, reply: replies }) },
    },
    callOffMove: {
      method: 'DELETE',
      path: ':deviceId/move',
      role: 'Operate',
      says: 'Calls its move off.',
      query: { reason: reasonQuery },
      answers: { 200: z.object({ move: settledMove }) },
    },
    labelDevice: {
      method: 'PUT',
      path: ':deviceId/labels',
      role: 'Operate',
      says: 'All of its labels, for rules to go by; also of a device that has not come yet.',
      body: labelsOrder,
      takesIfMatch: true,
      answers: { 200: marked },
    },
    pinDevice: {
      method: 'PUT',
      path: ':deviceId/pin',
      role: 'Operate',
      says: 'It stays where it is, but for quarantine and for a hub that is closed.',
      body: reasonOrder,
      takesIfMatch: true,
      answers: { 200: marked },
    },
    unpinDevice: {
      method: 'DELETE',
      path: ':deviceId/pin',
      role: 'Operate',
      says: 'It may be moved again.',
      query: { reason: reasonQuery },
      takesIfMatch: true,
      answers: { 200: marked },
    },
    quarantineDevice: {
      method: 'PUT',
      path: ':deviceId/quarantine',
      role: 'Operate',
      says: "It goes to the policy's hub for quarantine: asked to now, and else when it registers next.",
      body: reasonOrder,
      answers: { 200: marked, 202: marked },
    },
    returnDevice: {
      method: 'DELETE',
      path: ':deviceId/quarantine',
      role: 'Operate',
      says: 'Out of quarantine, to where it was before, or to another hub.',
      query: { reason: reasonQuery, to: z.string().optional().describe('a hub') },
      answers: { 200: marked, 202: marked },
    },
  },
} as const satisfies Api;
