import type { Registered } from '../../deploy/registered.ts';
import { platformSettings, settingGroups } from '../../deploy/settings.ts';
import { type Bicep, type Fields, type Resource, readBicep, type Value } from './bicep.ts';

/** What is deployed, against what the app is: each finding is one sentence. None is what there should be. */
export type Deployment = {
  /** Of infra/, by path: Bicep and JSON. */
  readonly files: ReadonlyMap<string, string>;
  /** What the app registers with authentication before it. */
  readonly registered: readonly Registered[];
  /** What it registers without. */
  readonly unguarded: readonly Registered[];
  /** Microsoft's packages that production code imports. */
  readonly sdks: readonly string[];
};

export const findings = (deployment: Deployment): readonly string[] => {
  const bicep = new Map(
    [...deployment.files]
      .filter(([file]) => file.endsWith('.bicep'))
      .map(([file, text]) => [file, readBicep(text)] as const),
  );
  return [
    ...syntax(bicep),
    ...settings(deployment, bicep),
    ...roles(deployment, bicep),
    ...routes(bicep),
    ...paths(deployment),
    ...names(deployment, bicep),
  ];
};

type Files = ReadonlyMap<string, Bicep>;

const syntax = (files: Files): readonly string[] =>
  [...files].flatMap(([file, { hasError, modules }]) => [
    ...(hasError ? [`${file}: it cannot be parsed`] : []),
    ...modules.flatMap(({ file: target, body }) => moduleFaults(files, file, target, body)),
  ]);

const moduleFaults = (
  files: Files,
  from: string,
  target: string,
  body: Fields,
): readonly string[] => {
  const path = new URL(target, `file:///${from}`).pathname.slice(1);
  const module = files.get(path);
  if (!module) return [`${from}: there is no ${path}`];
  const given = Object.keys((body['params'] ?? {}) as Fields);
  const unknown = given.filter((name) => !module.params.has(name));
  const missing = [...module.params].filter(
    ([name, hasDefault]) => !hasDefault && !given.includes(name),
  );
  return [
    ...unknown.map((name) => `${from}: ${path} has no parameter ${name}`),
    ...missing.map(([name]) => `${from}: ${path} needs the parameter ${name}`),
  ];
};

const resourcesIn = (files: Files): readonly (Resource & { readonly file: string })[] =>
  [...files].flatMap(([file, { resources }]) => resources.map((one) => ({ ...one, file })));

/** All objects in a value: what a union is made of. */
const objectsIn = (value: Value | undefined): readonly Fields[] => {
  if (value === undefined || typeof value === 'string') return [];
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  const { call, given } = value as { readonly call?: Value; readonly given?: Value };
  return call !== undefined && Array.isArray(given) ? given.flatMap(objectsIn) : [value as Fields];
};

const appSettings = ({ files }: Deployment, bicep: Files): ReadonlySet<string> => {
  const written = resourcesIn(bicep)
    .filter(
      ({ type, body }) => type === 'Microsoft.Web/sites/config' && body['name'] === 'appsettings',
    )
    .flatMap(({ body }) => objectsIn(body['properties']))
    .flatMap((settings) => Object.keys(settings));
  const started = Object.keys(JSON.parse(files.get('infra/generated/settings.json') ?? '{}'));
  return new Set([...started, ...written]);
};

const settings = (deployment: Deployment, bicep: Files): readonly string[] => {
  const deployed = appSettings(deployment, bicep);
  const ours = settingGroups.flatMap((group) => group.settings);
  const wanted = [
    ...ours
      .filter(({ name, isKey }) => name.startsWith('REHOME_') && !isKey)
      .map(({ name }) => name),
    ...Object.keys(platformSettings),
    ...namedIn(deployment.registered),
    ...connectionsOf(deployment.registered).flatMap((connection) => identityOf(connection)),
  ];
  const known = new Set([...ours.map(({ name }) => name), ...wanted]);
  const keys = ours.filter(({ isKey }) => isKey).map(({ name }) => name);
  return [
    ...[...new Set(wanted)]
      .filter((name) => !deployed.has(name))
      .map((name) => `the app setting ${name} is not deployed`),
    ...[...deployed]
      .filter((name) => !known.has(name))
      .map((name) => `the app setting ${name} is read by nobody`),
    ...keys
      .filter((name) => deployed.has(name))
      .map((name) => `${name}, which holds a key, is deployed`),
  ];
};

const bindingsOf = (registered: readonly Registered[]) =>
  registered.flatMap(({ bindings }) => Object.values(bindings));

/** `%NAME%` */
const namedIn = (registered: readonly Registered[]): readonly string[] =>
  bindingsOf(registered).flatMap((binding) =>
    [...JSON.stringify(binding).matchAll(/%(\w+)%/g)].map(([, name = '']) => name),
  );

const connectionsOf = (registered: readonly Registered[]): readonly string[] =>
  bindingsOf(registered).flatMap(({ connection }) =>
    typeof connection === 'string' ? [connection] : [],
  );

/** What an identity-based connection is made of. */
const identityOf = (connection: string): readonly string[] => [
  `${connection}__${connection === 'AzureWebJobsStorage' ? 'accountName' : 'fullyQualifiedNamespace'}`,
  `${connection}__credential`,
  `${connection}__clientId`,
];

type Role = { readonly role: string; readonly scope: string; readonly of: string };

const roleNames: Readonly<Record<string, string>> = {
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
  'a638d3c7-ab3a-418d-83e6-5f17a39d4fde': 'Azure Event Hubs Data Receiver',
  '2b629674-e913-4c01-ae53-ef4638d8f975': 'Azure Event Hubs Data Sender',
  '4fc6c259-987e-4a07-842e-c321cc9d413f': 'IoT Hub Data Contributor',
  'dfce44e4-17b7-4bd1-a6d1-04996ec95633': 'Device Provisioning Service Data Contributor',
  '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
  '00000000-0000-0000-0000-000000000002': 'Cosmos DB Built-in Data Contributor',
};

/** What each package of Microsoft's needs of the services that it speaks to; none: it speaks to nobody that has roles. */
const sdkNeeds: Readonly<Record<string, readonly Role[]>> = {
  '@azure/monitor-opentelemetry-exporter': [
    { role: 'Monitoring Metrics Publisher', scope: 'insights', of: 'the app' },
  ],
  '@azure/functions': [
    { role: 'Storage Blob Data Owner', scope: 'account', of: 'the app' },
    { role: 'Storage Table Data Contributor', scope: 'account', of: 'the app' },
    { role: 'Monitoring Metrics Publisher', scope: 'insights', of: 'the app' },
  ],
  '@azure/identity': [],
  '@azure/cosmos': [
    { role: 'Cosmos DB Built-in Data Contributor', scope: 'account.id', of: 'the app' },
  ],
  '@azure/event-hubs': [
    { role: 'Azure Event Hubs Data Sender', scope: 'decisions', of: 'the app' },
    { role: 'Azure Event Hubs Data Sender', scope: 'audit', of: 'the app' },
  ],
  'azure-iothub': [{ role: 'IoT Hub Data Contributor', scope: 'hub', of: 'the app' }],
  'azure-iot-provisioning-service': [
    { role: 'Device Provisioning Service Data Contributor', scope: 'dps', of: 'the app' },
  ],
};

/** The Event Hub that a setting names is, in Bicep, called so. */
const eventHubOf: Readonly<Record<string, string>> = {
  '%REHOME_EVENTS_HUB%': 'deviceEvents',
  '%REHOME_DECISIONS_HUB%': 'decisions',
};

/** Hubs send where their routes end. */
const routesSend: Role = {
  role: 'Azure Event Hubs Data Sender',
  scope: 'deviceEvents',
  of: 'the hubs',
};

const roles = ({ registered, sdks }: Deployment, bicep: Files): readonly string[] => {
  const listens = bindingsOf(registered)
    .filter(({ type }) => type === 'eventHubTrigger')
    .map(({ eventHubName }) => ({
      role: 'Azure Event Hubs Data Receiver',
      scope: eventHubOf[String(eventHubName)] ?? String(eventHubName),
      of: 'the app',
    }));
  const unjudged = sdks.filter((sdk) => sdkNeeds[sdk] === undefined);
  const needed = [...sdks.flatMap((sdk) => sdkNeeds[sdk] ?? []), ...listens, routesSend].map(say);
  const given = [...bicep].flatMap(([file, one]) => rolesGiven(file, one)).map(say);
  return [
    ...unjudged.map((sdk) => `nobody has said what roles ${sdk} needs`),
    ...needed.filter((role) => !given.includes(role)).map((role) => `not given: ${role}`),
    ...given.filter((role) => !needed.includes(role)).map((role) => `given for nothing: ${role}`),
  ];
};

const say = ({ role, scope, of }: Role): string => `${role} on ${scope}, to ${of}`;

const rolesGiven = (file: string, { resources, variables }: Bicep): readonly Role[] =>
  resources
    .filter(({ type }) => /\/(roleAssignments|sqlRoleAssignments)$/.test(type))
    .map(({ body }) => {
      const properties = body['properties'] as Fields;
      const definition = JSON.stringify(properties['roleDefinitionId']);
      const [, id = definition] =
        [...variables]
          .map(([name, guid]) => [name, String(guid)] as const)
          .find(([name]) => new RegExp(`\\b${name}\\b`).test(definition)) ?? [];
      const scope = String(body['scope'] ?? properties['scope'] ?? file);
      const isRoute = JSON.stringify(properties['principalId']).includes('route');
      return { role: roleNames[id] ?? id, scope, of: isRoute ? 'the hubs' : 'the app' };
    });

/** What the hubs tell; `events` of the sources that the app understands. */
const wantedRoutes = [
  ['DeviceLifecycleEvents', /^true$/],
  ['DeviceConnectionStateEvents', /^true$/],
  ['TwinChangeEvents', /IS_DEFINED\(\$body\./],
] as const;

/** What the device contract reports, and what rules go by. */
const twinParts = [/properties\.reported\.\$\{propertyName\}/, /startsWith\(path, 'tags\.'\)/];

const routes = (files: Files): readonly string[] => {
  const main = files.get('infra/main.bicep');
  const told = (main?.variables.get('routes') ?? []) as readonly Fields[];
  const twinPaths = JSON.stringify(main?.variables.get('twinPaths') ?? '');
  const hub = resourcesIn(files).find(
    ({ type, isExisting }) => type === 'Microsoft.Devices/IotHubs' && !isExisting,
  );
  const routing = JSON.stringify(hub?.body['properties'] ?? {});
  return [
    ...wantedRoutes
      .filter(
        ([source, condition]) =>
          !told.some(
            (route) =>
              route['source'] === source && condition.test(textOf(route['condition'] ?? '')),
          ),
      )
      .map(([source]) => `no route, or not the wanted one, for ${source}`),
    ...twinParts
      .filter((part) => !part.test(twinPaths))
      .map((part) => `twin changes are not routed by ${part.source}`),
    ...(routing.includes('route.condition')
      ? []
      : ['the hubs of a sandbox do not take the routes']),
    ...(routing.includes('identityBased') ? [] : ['routes do not go by identity']),
  ];
};

const textOf = (value: Value): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** `/api/dps/*` is the beginning of a path. */
const covers = (excluded: string, path: string): boolean =>
  excluded.endsWith('*') ? path.startsWith(excluded.slice(0, -1)) : path === excluded;

const pathsOf = (registered: readonly Registered[]): readonly string[] =>
  bindingsOf(registered).flatMap((binding) => {
    if (binding.type === 'eventGridTrigger') return ['/runtime/webhooks/eventgrid'];
    return binding.type === 'httpTrigger'
      ? [`/api/${String(binding['route']).replaceAll(/\{\*?(\w+)\??\}/g, '$1')}`]
      : [];
  });

const paths = ({ files, registered, unguarded }: Deployment): readonly string[] => {
  const excluded: readonly string[] = JSON.parse(
    files.get('infra/generated/excluded-paths.json') ?? '[]',
  );
  const open = pathsOf(unguarded);
  const guarded = pathsOf(registered).filter((path) => !open.includes(path));
  const isExcluded = (path: string): boolean => excluded.some((one) => covers(one, path));
  return [
    ...open
      .filter((path) => !isExcluded(path))
      .map((path) => `${path} asks for a sign-in that nobody can show`),
    ...guarded.filter(isExcluded).map((path) => `${path} stands open`),
    ...excluded
      .filter((one) => !open.some((path) => covers(one, path)))
      .map((one) => `${one} is excluded for nobody`),
  ];
};

/** Functions that infra/ calls by name. */
const names = ({ registered, files }: Deployment, bicep: Files): readonly string[] => {
  const known = registered.map(({ name }) => name);
  const events = [...files]
    .filter(([file]) => file.startsWith('infra/events/') && file.endsWith('.bicep'))
    .map(([, text]) => text)
    .join('\n');
  const called = [
    ...[...events.matchAll(/functions', functionAppName, '(\w+)'/g)].map(([, name = '']) => name),
    ...[...events.matchAll(/functions\/(\w+)'/g)].map(([, name = '']) => name),
    ...[...(files.get('infra/app/function-app.bicep') ?? '').matchAll(/'function:(\w+)'/g)].map(
      ([, name = '']) => name,
    ),
  ];
  const auth = resourcesIn(bicep).find(({ body }) => body['name'] === 'authsettingsV2');
  const loads = JSON.stringify(auth?.body ?? {}).includes('excluded-paths.json');
  return [
    ...(called.length < 3 ? ['infra/ calls fewer functions by name than it did'] : []),
    ...called.filter((name) => !known.includes(name)).map((name) => `there is no function ${name}`),
    ...(loads ? [] : ['the excluded paths are not those that are derived']),
  ];
};
