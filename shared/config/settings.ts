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
  const data = readEnvironment(webhookSettings, environment);
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

const cosmosIn = (data: z.output<typeof webhookSettings>): CosmosSettings | undefined => {
  const { REHOME_COSMOS: string, REHOME_COSMOS__accountEndpoint: endpoint } = data;
  if (string !== undefined) return { string };
  return endpoint === undefined ? undefined : { endpoint };
};

/** One of REHOME_HUBS. */
export const hubSeed = z.strictObject({
  hostName: z.hostname().transform(hubHostName).describe('`east.azure-devices.net`'),
  state: z
    .enum(hubStates)
    .default('open')
    .describe(
      '`cordoned`, `draining`: takes no newcomers · `closed`: its residents are placed anew when they register',
    ),
  weight: z
    .int()
    .min(1)
    .max(hubWeightMax)
    .default(1)
    .describe('its share of newcomers relative to the others'),
  capacity: z
    .int()
    .min(1)
    .max(hubCapacityMax)
    .default(hubCapacityMax)
    .describe('the devices it may hold'),
  region: z.string().toLowerCase().optional().describe('`westeurope`: for rules'),
  tier: z.string().optional().describe('`S1`: for rules, and quotas'),
  units: z.int().min(1).max(200).default(1).describe('for quotas'),
  tags: z
    .record(z.string(), z.string())
    .default({})
    .describe('`{ "tenant": "contoso" }`: for rules'),
  messagesPerDay: z
    .int()
    .min(1)
    .optional()
    .describe('its daily quota, if it is to bound its devices'),
  messagesPerDevice: z.number().positive().optional().describe('what one device sends a day'),
  intakePerMinute: z
    .int()
    .min(1)
    .optional()
    .describe('newcomers a minute; 100 in a hub’s first hour, where nothing is said'),
});

const hub = hubSeed.transform(
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

/** What the webhook needs: a bad one stops the app at its start. */
export const webhookSettings = z.object({
  REHOME_SCOPES: scopeList,
  REHOME_HUBS: z
    .string()
    .default('[]')
    .pipe(json)
    .pipe(hubs)
    .describe(
      'JSON: the hubs that the store’s `hubs` start from, [each](#of-a-hub); without it all linked hubs, evenly, flagged',
    ),
  REHOME_COSMOS: z
    .string()
    .regex(
      /^AccountEndpoint=https?:\/\/[^;]+;AccountKey=[^;]+;?$/,
      'expected AccountEndpoint=…;AccountKey=…;',
    )
    .optional()
    .meta({ description: 'the Cosmos DB account’s connection string', isKey: true }),
  REHOME_COSMOS__accountEndpoint: z
    .url({ protocol: /^https$/ })
    .optional()
    .describe(
      'the Cosmos DB account’s address, entered by the app’s own identity; without either, records are kept in the process alone',
    ),
  REHOME_STORE_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(50)
    .max(10_000)
    .default(1_500)
    .describe('how long the store may take, before a device is answered without it'),
  REHOME_SNAPSHOT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(10_000)
    .describe('how old the picture of hubs and policy may get, before it is renewed'),
  REHOME_AT_STORE_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(256)
    .describe(
      'how many devices may wait for the store at once; who comes then is answered without',
    ),
  REHOME_POLICY: z
    .string()
    .default('{}')
    .pipe(json)
    .describe(
      'JSON: the [policy](placement.md) that stands before one is put; `{}`: weighted, no rules',
    ),
  REHOME_BOUND_SLACK_PERCENT: z.coerce
    .number()
    .int()
    .min(0)
    .max(100)
    .default(5)
    .describe('how far past its fair share a hub may fill, while another has room [A4]'),
  WEBSITE_AUTH_ENABLED: z
    .string()
    .optional()
    .describe(
      'set by App Service where its authentication stands before the app: without it there is no management API',
    ),
});
