import { z } from 'zod';
import type { Api } from './route.ts';
import { afterText, limitText, time, type View } from './values.ts';

const entry = z
  .object({
    id: z.string(),
    at: time,
    by: z.string().describe('rehome: it acted by itself'),
    operation: z.string(),
    target: z.string(),
    outcome: z
      .enum(['begun', 'done', 'unchanged', 'refused', 'failed'])
      .describe('begun: the app died on the way, or it is under way'),
    because: z.string().nullable(),
    before: z.unknown(),
    after: z.unknown(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditView = View<typeof entry>;

export const historyApi = {
  noun: 'history',
  isScoped: false,
  routes: {
    listChanges: {
      method: 'GET',
      path: '',
      role: 'Read',
      says: 'Who changed what, when and why, before and after: the newest first.',
      query: { limit: limitText.optional(), after: afterText.optional() },
      answers: {
        200: z.object({ changes: z.array(entry), after: z.string().nullable() }),
      },
    },
  },
} as const satisfies Api;
