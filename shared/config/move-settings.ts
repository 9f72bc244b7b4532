import { z } from 'zod';
import { type HubHostName, hubHostName } from '../domain/hub.ts';
import { parseScope, type Scope } from '../domain/scope.ts';
import { json, readEnvironment, scopeList } from './environment.ts';

/** What moves need besides. */
export type MoveSettings = {
  /** Of hubs that are not entered by the app's own identity. */
  readonly hubConnections: ReadonlyMap<HubHostName, string>;
  readonly dps: ReadonlyMap<Scope, DpsSettings>;
  readonly device: DeviceSettings;
  /** From asking a device to the first look at what came of it; requests are repeated after 1 to 15 times as long. */
  readonly lookMs: number;
  /** How long a device that DPS has moved may be silent on its new hub, before it counts as stranded. */
  readonly silenceMs: number;
  /** Whether an Event Hub with the hubs' events is set: its name and its connection are read by the trigger. */
  readonly listens: boolean;
  /** Tags of twins, and reported properties, that are taken over as labels. */
  readonly labelsFrom: { readonly tags: readonly string[]; readonly reported: readonly string[] };
};

export type DpsSettings = {
  readonly idScope: string | undefined;
  readonly hostName: string | undefined;
  readonly connectionString: string | undefined;
};

/** How devices are told: by Rehome's contract under these names, or by the command of IoT Central's migrator. */
export type DeviceSettings = {
  readonly profile: 'rehome' | 'deviceMove';
  readonly methodName: string;
  readonly propertyName: string;
};

/**
 * Environment → MoveSettings. A bad one leaves the webhook as it is.
 * @throws Error as `readEnvironment` does.
 */
export const readMoveSettings = (environment: NodeJS.ProcessEnv = process.env): MoveSettings => {
  const data = readEnvironment(moveSettings, environment);
  return {
    hubConnections: new Map(data.REHOME_HUB_CONNECTIONS),
    dps: new Map(data.REHOME_DPS),
    device: {
      profile: data.REHOME_DEVICE_PROFILE,
      methodName: data.REHOME_METHOD_NAME,
      propertyName: data.REHOME_PROPERTY_NAME,
    },
    lookMs: data.REHOME_LOOK_SECONDS * 1000,
    silenceMs: data.REHOME_SILENCE_SECONDS * 1000,
    listens: data.REHOME_EVENTS_HUB !== undefined,
    labelsFrom: {
      tags: data.REHOME_LABELS_FROM.filter(({ of }) => of === 'tags').map(({ name }) => name),
      reported: data.REHOME_LABELS_FROM.filter(({ of }) => of === 'reported').map(
        ({ name }) => name,
      ),
    },
  };
};

const hubConnection = z
  .string()
  .regex(
    /^HostName=[^;]+;SharedAccessKeyName=[^;]+;SharedAccessKey=[^;]+;?$/,
    'expected HostName=…;SharedAccessKeyName=…;SharedAccessKey=…',
  )
  .transform((text) => [hubHostName(/^HostName=([^;]+)/.exec(text)?.[1] ?? ''), text] as const);

/** One of REHOME_DPS. */
export const dpsEntry = z.strictObject({
  idScope: z.string().optional().describe('`0ne00000000`: needed by the profile `deviceMove`'),
  hostName: z
    .hostname()
    .optional()
    .describe('`contoso.azure-devices-provisioning.net`, entered by the app’s own identity'),
  connectionString: z
    .string()
    .startsWith('HostName=')
    .optional()
    .describe('instead of the host name, where it has keys'),
});

const dpsByScope = z.record(z.string(), dpsEntry).transform((byName, context) =>
  Object.entries(byName).map(([name, { idScope, hostName, connectionString }]) => {
    const parsed = parseScope(name);
    if (!parsed) {
      context.addIssue(`${name} is not a scope`);
      return z.NEVER;
    }
    return [parsed, { idScope, hostName, connectionString }] as const;
  }),
);

/** As Azure allows for methods and properties. */
const azureName = z
  .string()
  .regex(/^[A-Za-z][\w-]{0,63}$/, 'expected a letter, then 63 letters, digits, _ or - at most');

const pathsIn = (text: string): readonly string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** `tags.tenant`, `reported.region` */
const labelPath = z
  .string()
  .regex(/^(tags|reported)\.\w{1,32}$/, 'expected tags.NAME or reported.NAME')
  .transform((text) => {
    const [of = '', name = ''] = text.split('.');
    return { of, name };
  });

/** A bad one switches moves off, and the webhook goes on. */
export const moveSettings = z
  .object({
    REHOME_SCOPES: scopeList,
    REHOME_HUB_CONNECTIONS: z.string().default('[]').pipe(json).pipe(z.array(hubConnection)).meta({
      description:
        'JSON: connection strings of hubs, service and registry read; hubs without one are entered by the app’s own identity',
      isKey: true,
    }),
    REHOME_DPS: z
      .string()
      .default('{}')
      .pipe(json)
      .pipe(dpsByScope)
      .describe(
        'JSON by scope: [how to enter each DPS](#of-a-dps); without it no missing device is given up',
      ),
    REHOME_DEVICE_PROFILE: z
      .enum(['rehome', 'deviceMove'])
      .default('rehome')
      .describe(
        '`rehome`: [the device contract](device-contract.md) · `deviceMove`: IoT Central’s command',
      ),
    REHOME_METHOD_NAME: azureName.default('Reprovision').describe('the contract’s direct method'),
    REHOME_PROPERTY_NAME: azureName
      .default('reprovision')
      .describe(
        'the contract’s desired and reported property; routes of hubs have it in their condition',
      ),
    REHOME_LOOK_SECONDS: z.coerce
      .number()
      .int()
      .min(1)
      .max(600)
      .default(60)
      .describe(
        'from asking a device to the first look at what came of it, and, up to 15 times as long, to the next request',
      ),
    REHOME_SILENCE_SECONDS: z.coerce
      .number()
      .int()
      .min(5)
      .max(86_400)
      .default(1_800)
      .describe('how long a device that DPS has moved may be silent, before it is stranded'),
    REHOME_EVENTS_HUB: z
      .string()
      .optional()
      .describe(
        'the Event Hub that hubs route their events to; without it there is no `onHubEvent`, and moves are proved by look-up',
      ),
    REHOME_LABELS_FROM: z
      .string()
      .default('')
      .transform(pathsIn)
      .pipe(z.array(labelPath))
      .describe(
        'where twins say what rules go by: `tags.tenant`, which operators write, and `reported.region`, separated by commas',
      ),
  })
  .superRefine(({ REHOME_SCOPES: known, REHOME_DPS, REHOME_DEVICE_PROFILE: profile }, context) => {
    const told = new Map(REHOME_DPS);
    for (const name of told.keys()) {
      if (!known.includes(name)) refuse(context, `${name} is not one of REHOME_SCOPES`);
    }
    for (const name of profile === 'deviceMove' ? known : []) {
      if (!told.get(name)?.idScope) refuse(context, `deviceMove needs the idScope of ${name}`);
    }
  });

const refuse = (context: z.RefinementCtx, message: string): void =>
  context.addIssue({ code: 'custom', path: ['REHOME_DPS'], message });
