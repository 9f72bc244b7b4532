import { z } from 'zod';
import {
  type Hub,
  hubCapacityMax,
  hubHostName,
  hubStates,
  hubWeightMax,
  untoldHub,
} from '../domain/hub.ts';
import type { Scope } from '../domain/scope.ts';
import { json, readEnvironment, scopeList } from './environment.ts';

export type Settings = {
  /** The DPS instances that may ask. */
  readonly scopes: ReadonlySet<Scope>;
  /** What the hub table starts from. */
  readonly hubs: readonly Hub[];
  /** ε of the bound [A4], in percent. */
  readonly boundSlackPercent: number;
  /** How the Cosmos DB account is entered; undefined: nothing is kept. */
  readonly cosmos: CosmosSettings | undefined;
  /** How long the store may take, before a device is answered without it. */
  readonly storeTimeoutMs: number;
  /** How old the picture of hubs and policy may get, before it is renewed. */
  readonly snapshotMs: number;
  /** How many devices may wait for the store at once. */
  readonly atStoreMax: number;
  /** What stands before somebody has put a policy, and where the store cannot be read: JSON that nobody has looked at yet. */
  readonly policy: unknown;
  /** Whether App Service authentication stands before the app: only then is its principal header to be believed. */
  readonly isGuarded: boolean;
};

/** By its connection string, or by its address and the app's own identity. */
export type CosmosSettings = { readonly string: string } | { readonly endpoint: string };

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
    cosmos: cosmosIn(data),
    storeTimeoutMs: data.REHOME_STORE_TIMEOUT_MS,
    snapshotMs: data.REHOME_SNAPSHOT_MS,
    atStoreMax: data.REHOME_AT_STORE_MAX,
    policy: data.REHOME_POLICY,
    isGuarded: data.WEBSITE_AUTH_ENABLED?.toLowerCase() === 'true',
  };
};

const cosmosIn = (data: z.output<typeof settings>): CosmosSettings | undefined => {
  const { REHOME_COSMOS: string, REHOME_COSMOS__accountEndpoint: endpoint } = data;
  if (string !== undefined) return { string };
  return endpoint === undefined ? undefined : { endpoint };
};

const hub = z
  .strictObject({
    hostName: z.hostname().transform(hubHostName),
    state: z.enum(hubStates).default('open'),
    weight: z.int().min(1).max(hubWeightMax).default(1),
    capacity: z.int().min(1).max(hubCapacityMax).default(hubCapacityMax),
    region: z.string().toLowerCase().optional(),
    tier: z.string().optional(),
    units: z.int().min(1).max(200).default(1),
    tags: z.record(z.string(), z.string()).default({}),
    messagesPerDay: z.int().min(1).optional(),
    messagesPerDevice: z.number().positive().optional(),
    intakePerMinute: z.int().min(1).optional(),
  })
  .transform(
    ({ messagesPerDay, messagesPerDevice, intakePerMinute, region, tier, ...seed }): Hub => ({
      ...untoldHub(seed.hostName),
      ...seed,
      region,
      tier,
      daily:
        messagesPerDay === undefined
          ? undefined
          : {
              messageCountMax: messagesPerDay,
              perDevice: messagesPerDevice,
              messageCount: undefined,
              measuredAt: undefined,
            },
      intakePerMinuteMax: intakePerMinute,
    }),
  );

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
  REHOME_COSMOS__accountEndpoint: z.url({ protocol: /^https$/ }).optional(),
  REHOME_STORE_TIMEOUT_MS: z.coerce.number().int().min(50).max(10_000).default(1_500),
  REHOME_SNAPSHOT_MS: z.coerce.number().int().min(100).max(60_000).default(10_000),
  REHOME_AT_STORE_MAX: z.coerce.number().int().min(1).max(10_000).default(256),
  REHOME_POLICY: z.string().default('{}').pipe(json),
  /** Set by App Service. */
  WEBSITE_AUTH_ENABLED: z.string().optional(),
  REHOME_BOUND_SLACK_PERCENT: z.coerce.number().int().min(0).max(100).default(5),
});
