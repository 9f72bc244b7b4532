import { z } from 'zod';
import { dials } from '../../flows/approve-by-dial.ts';
import { roles } from '../principal.ts';
import type { Api } from './route.ts';
import { count, time, type View } from './values.ts';

const status = z
  .object({
    now: time,
    you: z.object({ name: z.string(), roles: z.array(z.enum(roles)) }),
    scopes: z.array(
      z.object({
        name: z.string(),
        isTakenIn: z
          .boolean()
          .nullable()
          .describe('whether its fleet is known whole; null: the store gives no answer'),
      }),
    ),
    dial: z
      .enum(dials)
      .nullable()
      .describe('how far Rehome goes by itself; null: there are no plans'),
    needsTwoPersons: z.boolean().describe('whoever asked for a plan does not approve it'),
    store: z.object({
      kind: z.enum(['cosmos', 'memory']),
      fault: z.string().nullable(),
    }),
    hubs: z.object({ count, takenAt: time }),
    policy: count,
    disabled: z
      .array(z.object({ what: z.string(), because: z.string() }))
      .describe('what a bad setting has switched off'),
  })
  .meta({ id: 'Status' });
export type StatusView = View<typeof status>;

export const statusApi = {
  noun: 'status',
  isScoped: false,
  routes: {
    readStatus: {
      method: 'GET',
      path: '',
      role: 'Read',
      says: 'Who you are, what this app is set to, and what of it does not work.',
      answers: { 200: status },
    },
  },
} as const satisfies Api;
