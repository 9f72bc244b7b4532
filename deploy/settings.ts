import { z } from 'zod';
import { campaignSettings } from '../shared/config/campaign-settings.ts';
import { dpsEntry, moveSettings } from '../shared/config/move-settings.ts';
import { ownEventHubs } from '../shared/config/own-event-hubs.ts';
import { planSettings } from '../shared/config/plan-settings.ts';
import { hubSeed, webhookSettings } from '../shared/config/settings.ts';
import { telemetrySettings } from '../shared/config/telemetry-settings.ts';

/** The app's settings as data, out of the schemas that read them: for a page, for the sample, and for what is deployed. */
export type Setting = {
  readonly name: string;
  readonly means: string;
  /** As text; undefined: none. */
  readonly usual: string | undefined;
  /** What it may be, in words. */
  readonly form: string;
  /** Whether it holds a key: what is deployed has none. */
  readonly isKey: boolean;
};

export type SettingGroup = {
  readonly title: string;
  readonly says: string;
  readonly settings: readonly Setting[];
};

type Described = {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly isKey?: boolean;
};

/** What each field of an object is, from its schema. @throws Error naming a field that nobody has described. */
const settingsOf = (schema: z.ZodObject): readonly Setting[] => {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties as Record<string, Described>).map(([name, told]) => {
    if (told.description === undefined) throw new Error(`${name} has no description.`);
    const { default: usual, description: means, isKey = false } = told;
    return { name, means, usual: textOf(usual), form: formOf(told), isKey };
  });
};

const textOf = (usual: unknown): string | undefined => {
  if (usual === undefined || usual === '') return undefined;
  return typeof usual === 'string' ? usual : JSON.stringify(usual);
};

const formOf = ({ enum: choices, type, minimum, maximum }: Described): string => {
  if (choices) return choices.map((choice) => `\`${choice}\``).join(' ');
  if (type !== 'integer' && type !== 'number') return 'text';
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum;
  const [least, ...rest] = [minimum, most].filter((bound) => bound !== undefined);
  if (least === undefined) return 'number';
  const range = rest.length > 0 ? `${grouped(least)} to ${grouped(rest[0] ?? 0)}` : undefined;
  return range ?? `${grouped(least)} or more`;
};

const grouped = (count: number): string => count.toLocaleString('en-US');

const group = (title: string, says: string, schema: z.ZodObject): SettingGroup => ({
  title,
  says,
  settings: settingsOf(schema),
});

const firstOfEach = (groups: readonly SettingGroup[]): readonly SettingGroup[] => {
  const seen = new Set<string>(Object.keys(platformSettings));
  return groups.map(({ settings, ...rest }) => ({
    ...rest,
    settings: settings.filter(({ name }) => !seen.has(name) && seen.add(name)),
  }));
};

/** Read by the Functions host and by Microsoft's libraries, in Azure. */
export const platformSettings: Readonly<Record<string, string>> = {
  AzureWebJobsStorage__accountName:
    'the storage account of the host: keys, timers’ leases, checkpoints, dead letters',
  AzureWebJobsStorage__credential: '`managedidentity`: no key',
  AzureWebJobsStorage__clientId: 'of the app’s user-assigned identity',
  REHOME_EVENTS__credential: '`managedidentity`: how triggers enter the Event Hubs',
  REHOME_EVENTS__clientId: 'of the app’s user-assigned identity',
  AZURE_CLIENT_ID: 'the same, for the SDKs: without it they would try another identity first',
  APPLICATIONINSIGHTS_CONNECTION_STRING: 'where logs and metrics go',
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'that they go there by the app’s identity',
};

/** Read by Rehome. */
export const settingGroups = firstOfEach([
  group('The webhook', 'A bad one stops the app at its start.', webhookSettings),
  group('Moves', 'A bad one switches moves off, and the webhook goes on.', moveSettings),
  group(
    'Event Hubs of its own',
    'A bad one leaves decisions in the process, and nobody is told of changes.',
    ownEventHubs,
  ),
  group(
    'Planning',
    'A bad one switches planning and campaigns off; moves and the webhook go on.',
    planSettings,
  ),
  group('Campaigns', 'A bad one switches campaigns off; the rest goes on.', campaignSettings),
  group('Telemetry', 'A bad one costs metrics, and nothing else.', telemetrySettings),
]);

export const hubSettings = settingsOf(hubSeed);
export const dpsSettings = settingsOf(dpsEntry);

/** On a developer's machine alone, as Core Tools want it. */
export const localSettings: Readonly<Record<string, string>> = {
  FUNCTIONS_WORKER_RUNTIME: 'node',
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
};

/** DPS's own sample of a registration names these. */
export const sampleHubs = JSON.stringify([
  { hostName: 'custom-allocation-toasters-hub.azure-devices.net', weight: 2 },
  { hostName: 'custom-allocation-heatpumps-hub.azure-devices.net', weight: 1 },
]);

/** Set by App Service itself. */
export const isOurs = ({ name }: Setting): boolean => name.startsWith('REHOME_');
