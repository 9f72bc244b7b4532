import { z } from 'zod';
import { type Hub, hubCapacityMax, hubHostName, hubStates, hubWeightMax } from '../domain/hub.ts';
import { parseScope, type Scope } from '../domain/scope.ts';

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
 * Environment → Settings. A blank setting counts as absent.
 * @throws Error whose message names every bad key and what is wrong with it, in one line, without its value.
 */
export const readSettings = (environment: NodeJS.ProcessEnv = process.env): Settings => {
  const present = Object.entries(environment).filter(([, value]) => value?.trim());
  const read = settings.safeParse(Object.fromEntries(present));
  if (!read.success)
    throw new Error(`Bad settings: ${read.error.issues.map(complaint).join('; ')}`);
  return {
    scopes: new Set(read.data.REHOME_SCOPES),
    hubs: read.data.REHOME_HUBS,
    boundSlackPercent: read.data.REHOME_BOUND_SLACK_PERCENT,
    cosmos: read.data.REHOME_COSMOS,
    storeTimeoutMs: read.data.REHOME_STORE_TIMEOUT_MS,
  };
};

/** `REHOME_HUBS[1].weight: Too small: expected number to be >=1` */
const complaint = ({ path, message }: z.core.$ZodIssue): string => {
  const [setting, ...inner] = path.map(String);
  return `${setting}${inner.map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`)).join('')}: ${message}`;
};

const scope = z.string().transform((text, context) => {
  const parsed = parseScope(text.trim());
  if (parsed) return parsed;
  context.addIssue('expected lower-case letters, digits and inner hyphens, 32 at most');
  return z.NEVER;
});

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

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('expected JSON');
    return z.NEVER;
  }
});

const settings = z.object({
  REHOME_SCOPES: z
    .string()
    .default('main')
    .transform((list) => list.split(','))
    .pipe(z.array(scope)),
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
