import type { Registered } from '../../deploy/registered.ts';
import { platformSettings, settingGroups } from '../../deploy/settings.ts';
import { type Fields, readBicep, type Value } from './bicep.ts';
import { facts } from './deployment-facts.ts';
import { bindingsOf, type Deployment, type Files, resourcesIn } from './deployment-files.ts';
import { roles } from './deployment-roles.ts';

/** What is deployed, against what the app is: each finding is one sentence. None is what there should be. */
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
    ...names(deployment),
    ...facts(deployment, bicep),
  ];
};

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
  excluded.endsWith('*')
    ? path.toLowerCase().startsWith(excluded.slice(0, -1).toLowerCase())
    : path.toLowerCase() === excluded.toLowerCase();

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

/** Functions that infra/ calls by name, each as often as it does. */
const wantedNames = ['onAlert', 'onAlert', 'onGridEvent', 'onGridEvent', 'onHubEvent'];

const names = ({ registered, files }: Deployment): readonly string[] => {
  const known = registered.map(({ name }) => name);
  const events = [...files]
    .filter(([file]) => file.startsWith('infra/events/') && file.endsWith('.bicep'))
    .map(([, text]) => text)
    .join('\n');
  const app = files.get('infra/app/function-app.bicep') ?? '';
  const called = [
    ...[...events.matchAll(/functions', functionAppName, '(\w+)'/g)].map(([, name = '']) => name),
    ...[...events.matchAll(/functionName: '(\w+)'/g)].map(([, name = '']) => name),
    ...[...events.matchAll(/\/functions\/(\w+)'/g)].map(([, name = '']) => name),
    ...[...app.matchAll(/'function:(\w+)'/g)].map(([, name = '']) => name),
  ].sort();
  return [
    ...called.filter((name) => !known.includes(name)).map((name) => `there is no function ${name}`),
    ...(called.join() === wantedNames.join() ? [] : [`infra/ calls ${called.join(', ')} by name`]),
  ];
};
