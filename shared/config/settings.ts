import { z } from 'zod';
import { type Hub, hubCapacityMax, hubHostName, hubStates, hubWeightMax } from '../domain/hub.ts';
import type { Scope } from '../domain/scope.ts';
import { json, readEnvironment, scopeList } from './environment.ts';

export type Settings = {
  /** The DPS instances that may ask. */
  readonly scopes: ReadonlySet<Scope>;
  /** What the hub table starts from. */
  readonly hubs: readonly Hub[];
  /** ε of the bound [A4], in percent. */
  readonly boundSlackPercent: number;
  /** The Cosmos DB account's connection string; undefined: nothing is kept. */
  readonly cosmos: string | undefined;
  /** How long the store may take, before a device is answered without it. */
  readonly storeTimeoutMs: number;
};

/**
 * Environment → Settings: what the webhook needs.
 * @throws Error as `readEnvironment` does.
 */
export const readSettings = (environment: NodeJS.ProcessEnv = process.env): Settings => {
  const data = readEnvironment(settings, environment);
  return {
    scopes: new Set(data.REHOME_SCOPES),
    hubs: data.REHOME_HUBS,
    boundSlackPercent: data.REHOME_BOUND_SLACK_PERCENT,
    cosmos: data.REHOME_COSMOS,
    storeTimeoutMs: data.REHOME_STORE_TIMEOUT_MS,
  };
};

const hub = z
  .strictObject({
    hostName: z.hostname().transform(hubHostName),
    state: z.enum(hubStates).default('open'),
    weight: z.int().min(1).max(hubWeightMax).default(1),
    capacity: z.int().min(1).default(hubCapacityMax),
  })
  .transform((seed): Hub => ({ ...seed, deviceCount: undefined }));

const hubs = z.array(hub).superRefine((listed, context) => {
  const seen = new Set<string>();
  for (const [index, { hostName }] of listed.entries()) {
    if (seen.has(hostName)) {
      context.addIssue({ code: 'custom', path: [index, 'hostName'], message: 'is listed twice' });
    }
    seen.add(hostName);
  }
});

const settings = z.object({
  REHOME_SCOPES: scopeList,
  REHOME_HUBS: z.string().default('[]').pipe(json).pipe(hubs),
  REHOME_COSMOS: z
    .string()
    .regex(
      /^AccountEndpoint=https?:\/\/[^;]+;AccountKey=[^;]+;?$/,
      'expected AccountEndpoint=…;AccountKey=…;',
    )
    .optional(),
  REHOME_STORE_TIMEOUT_MS: z.coerce.number().int().min(50).max(10_000).default(1_500),
  REHOME_BOUND_SLACK_PERCENT: z.coerce.number().int().min(0).max(100).default(5),
});
