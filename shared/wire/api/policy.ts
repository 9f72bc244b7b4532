import { z } from 'zod';
import { policyDocument } from '../policy-document.ts';
import type { Api } from './route.ts';
import { count, reasonQuery, time, type View } from './values.ts';

const policyView = z
  .object({
    version: count.describe('0: that of the settings'),
    at: time,
    by: z.string(),
    reason: z.string(),
    policy: z.looseObject({}).describe('a policy document'),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'Policy' });
export type PolicyView = View<typeof policyView>;

export const policyApi = {
  noun: 'policy',
  isScoped: false,
  routes: {
    readNewestPolicy: {
      method: 'GET',
      path: '',
      role: 'Read',
      says: 'The version in force, with its number as ETag.',
      answers: { 200: policyView },
    },
    readPolicy: {
      method: 'GET',
      path: ':version',
      role: 'Read',
      says: 'Any version that was ever put.',
      answers: { 200: policyView },
    },
    putPolicy: {
      method: 'PUT',
      path: '',
      role: 'Admin',
      says: 'The next version.',
      query: { reason: reasonQuery },
      body: policyDocument,
      takesIfMatch: true,
      answers: { 200: policyView },
    },
  },
} as const satisfies Api;
