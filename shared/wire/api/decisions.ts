import { z } from 'zod';
import { reasons } from '../../allocation/allocate.ts';
import { explanation } from './devices.ts';
import type { Api } from './route.ts';
import { count, hubName, time, type View } from './values.ts';

const decision = z
  .object({
    at: time,
    deviceId: z.string(),
    from: hubName.nullable().describe('where it was; null: nowhere'),
    hub: hubName,
    because: z.enum(reasons),
    rules: z.array(z.string()),
    policy: count
      .nullable()
      .describe('the version that it was decided by; null: it is not known any more'),
  })
  .meta({ id: 'Decision' });
export type DecisionView = View<typeof decision>;

export const decisionsApi = {
  noun: 'decisions',
  isScoped: true,
  routes: {
    listDecisions: {
      method: 'GET',
      path: '',
      role: 'Read',
      says: 'What DPS was answered lately, where that changed something, the newest first.',
      query: { since: time.optional().describe('the last ten minutes, unless told') },
      answers: {
        200: z.object({
          decisions: z.array(decision),
          isCut: z.boolean().describe('there were more'),
        }),
      },
    },
    whatIf: {
      method: 'POST',
      path: '',
      role: 'Read',
      says: 'A registration as DPS asks it: what it would be answered, and why. Nothing is written.',
      body: z.looseObject({}).describe("DPS's own request to a custom allocation webhook"),
      changesNothing: true,
      answers: { 200: explanation },
    },
  },
} as const satisfies Api;
