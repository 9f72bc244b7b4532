import type { Fields, Module, Value } from './bicep.ts';
import { bindingsOf, type Deployment, type Files, resourcesIn } from './deployment-files.ts';

/** What infra/ says in so many words, where another word would deploy as well and be wrong. */
export const facts = (deployment: Deployment, files: Files): readonly string[] => [
  ...modules(files),
  ...values(files),
  ...handedOn(files),
  ...containers(deployment, files),
];

const inOf = (id: string): string => `resourceGroup(split(${id}, '/')[2], split(${id}, '/')[4])`;

/** `file @ scope ? condition` of every module of both layers, and of those that modules have. */
const wantedModules: Readonly<Record<string, readonly string[]>> = {
  'infra/main.bicep': [
    'app/identity.bicep @ rg',
    'app/monitoring.bicep @ rg',
    'app/storage.bicep @ rg',
    'app/cosmos.bicep @ rg',
    'app/event-hubs.bicep @ rg',
    'app/sandbox-hub.bicep @ rg',
    'app/sandbox-dps.bicep @ rg ? (sandbox)',
    `app/existing-hub.bicep @ ${inOf('id')}`,
    `app/existing-dps.bicep @ ${inOf('one.id')}`,
    'app/function-app.bicep @ rg',
    'app/alerts.bicep @ rg',
    'app/dps-alert.bicep @ rg ? (sandbox)',
    `app/dps-alert.bicep @ ${inOf('one.id')}`,
  ],
  'infra/events/main.bicep': [
    'action-group.bicep @ rg',
    `hub-alerts.bicep @ ${inOf('id')}`,
    `hub-changes.bicep @ ${inOf('id')}`,
    `hub-location.bicep @ ${inOf('id')}`,
    `device-events.bicep @ ${inOf('id')}`,
  ],
  'infra/app/sandbox-hub.bicep': ['existing-hub.bicep @ '],
  'infra/app/sandbox-dps.bicep': ['existing-dps.bicep @ '],
};

const said = ({ file, condition, body }: Module): string =>
  `${file} @ ${textOf(body['scope'] ?? '')}${condition ? ` ? ${condition}` : ''}`;

const modules = (files: Files): readonly string[] =>
  [...files].flatMap(([file, { modules: own }]) => {
    const [told, wanted] = [own.map(said), wantedModules[file] ?? []];
    return [
      ...wanted.filter((one) => !told.includes(one)).map((one) => `${file}: no module ${one}`),
      ...told.filter((one) => !wanted.includes(one)).map((one) => `${file}: a module ${one}`),
    ];
  });

type Wanted = readonly [file: string, symbol: string, path: string, is: string];

const settingsFrom = (table: Readonly<Record<string, string>>): readonly Wanted[] =>
  Object.entries(table).map(([name, is]) => [
    'function-app',
    'appSettings',
    `properties.given.1.${name}`,
    is,
  ]);

const wantedValues: readonly Wanted[] = [
  ['function-app', 'app', 'identity.type', 'UserAssigned'],
  ['function-app', 'app', 'properties.httpsOnly', 'true'],
  ['function-app', 'auth', 'properties.platform.enabled', 'true'],
  ['function-app', 'auth', 'properties.globalValidation.requireAuthentication', 'true'],
  ['function-app', 'auth', 'properties.globalValidation.unauthenticatedClientAction', 'Return401'],
  [
    'function-app',
    'auth',
    'properties.globalValidation.excludedPaths',
    'loadJsonContent(../generated/excluded-paths.json)',
  ],
  [
    'function-app',
    'appSettings',
    'properties.given.0',
    'loadJsonContent(../generated/settings.json)',
  ],
  ['function-app', 'appSettings', 'properties.given.2', 'settings'],
  ...settingsFrom({
    REHOME_EVENTS_HUB: 'deviceEventsName',
    REHOME_DECISIONS_HUB: 'decisionsName',
    REHOME_AUDIT_HUB: 'auditName',
    REHOME_COSMOS__accountEndpoint: 'cosmosEndpoint',
    REHOME_EVENTS__credential: 'managedidentity',
    REHOME_EVENTS__clientId: 'identityClientId',
    AzureWebJobsStorage__accountName: 'storage.name',
    AzureWebJobsStorage__credential: 'managedidentity',
    AzureWebJobsStorage__clientId: 'identityClientId',
    AZURE_CLIENT_ID: 'identityClientId',
    REHOME_PROPERTY_NAME: 'propertyName',
    REHOME_LABELS_FROM: 'labelsFrom',
  }),
  ['sandbox-hub', 'hub', 'properties.routing.routes.0.endpointNames.0', 'rehome'],
  ['sandbox-hub', 'hub', 'properties.routing.routes.0.isEnabled', 'true'],
  ['cosmos', 'account', 'properties.disableLocalAuth', 'true'],
  ['event-hubs', 'namespace', 'properties.disableLocalAuth', 'true'],
  ['storage', 'account', 'properties.allowSharedKeyAccess', 'false'],
  ['monitoring', 'insights', 'properties.DisableLocalAuth', 'true'],
  ['alerts', 'heartbeat', 'properties.criteria.allOf.0.operator', 'LessThan'],
  ['alerts', 'rules', 'properties.criteria.allOf.0.operator', 'GreaterThan'],
  ['alerts', 'rules', 'properties.actions.actionGroups.0', 'actionGroup.id'],
  ['alerts', 'heartbeat', 'properties.actions.actionGroups.0', 'actionGroup.id'],
];

const at = (value: Value | undefined, path: string): Value | undefined =>
  path
    .split('.')
    .reduce<Value | undefined>(
      (inner, key) =>
        typeof inner === 'object' ? (inner as unknown as Record<string, Value>)[key] : undefined,
      value,
    );

const textOf = (value: Value): string => {
  if (typeof value === 'string') return value;
  const { call, given } = value as { readonly call?: string; readonly given?: readonly Value[] };
  return call !== undefined && given
    ? `${call}(${given.map(textOf).join(', ')})`
    : JSON.stringify(value);
};

const values = (files: Files): readonly string[] => [
  ...wantedValues.flatMap(([name, symbol, path, wanted]) => {
    const file = `infra/app/${name}.bicep`;
    const found = files.get(file)?.resources.find((one) => one.symbol === symbol);
    const is = textOf(at(found?.body, path) ?? 'nothing');
    return is === wanted ? [] : [`${file}: ${symbol}.${path} is ${is}, not ${wanted}`];
  }),
  ...(storeRole(files).includes('/sqlRoleDefinitions/')
    ? []
    : ['the store’s role is not one of its data plane']),
];

const storeRole = (files: Files): string => {
  const role = resourcesIn(files).find(({ type }) => type.endsWith('/sqlRoleAssignments'));
  return textOf(at(role?.body, 'properties.roleDefinitionId') ?? '');
};

/** What modules are given under these names, whichever module it is. */
const wantedGiven: Readonly<Record<string, RegExp>> = {
  appPrincipalId: /^(identity\.outputs\.principalId|appPrincipalId)$/,
  routePrincipalId: /^routeIdentity\.outputs\.principalId$/,
  principalIds: /identity\.outputs\.principalId/,
  routeIdentityId: /^routeIdentity\.outputs\.id$/,
  identityId: /^identity\.outputs\.id$/,
  identityClientId: /^identity\.outputs\.clientId$/,
  existingHubs: /^\["hubs\[index\]\.outputs\.seed"\]$/,
  existingDps: /^\["dps\[index\]\.outputs\.entry"\]$/,
  sandboxHubs: /^\["sandboxHubs\[index\]\.outputs\.seed"\]$/,
  settings: /^settings$/,
};

const handedOn = (files: Files): readonly string[] =>
  [...files].flatMap(([file, { modules: own }]) =>
    own.flatMap(({ symbol, body }) =>
      Object.entries((body['params'] ?? {}) as Fields)
        .filter(([name, value]) => wantedGiven[name]?.test(textOf(value)) === false)
        .map(([name, value]) => `${file}: ${symbol} is given ${textOf(value)} as ${name}`),
    ),
  );

/** Where functions write blobs. */
const containers = ({ registered }: Deployment, files: Files): readonly string[] => {
  const made = resourcesIn(files)
    .filter(({ type }) => type.endsWith('/blobServices/containers'))
    .map(({ body }) => body['name']);
  const written = bindingsOf(registered)
    .filter(({ type, direction }) => type === 'blob' && direction === 'out')
    .map((binding) => String(binding['path']).split('/')[0] ?? '');
  return [...new Set(written)]
    .filter((name) => !made.includes(name))
    .map((name) => `there is no container ${name}`);
};
