import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { registeredFunctions } from '../../deploy/registered.ts';
import { routing } from '../../deploy/route-commands.ts';
import { readBicep } from '../support/bicep.ts';
import { findings } from '../support/deployment.ts';
import type { Deployment } from '../support/deployment-files.ts';
import { rootFolder } from '../support/source.ts';

/** What is deployed, against the app as it registers itself: without Azure, and without its compiler. */

const read = (file: string): Promise<string> => readFile(path.join(rootFolder, file), 'utf8');

const filesOf = async (pattern: string): Promise<ReadonlyMap<string, string>> => {
  const names = await Array.fromAsync(glob(pattern, { cwd: rootFolder }));
  return new Map(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
};

const sdkNames = /from '(@azure\/[\w-]+|azure-[\w-]+)|import\('(@azure\/[\w-]+|azure-[\w-]+)/g;

const sdksOf = (sources: ReadonlyMap<string, string>): readonly string[] => [
  ...new Set(
    [...sources.values()].flatMap((text) =>
      [...text.matchAll(sdkNames)].map(([, one, other]) => one ?? other ?? ''),
    ),
  ),
];

const [registered, unguarded, files, sources] = await Promise.all([
  registeredFunctions(true),
  registeredFunctions(false),
  filesOf('infra/**/*.{bicep,json,kql}'),
  filesOf('{functions,shared}/**/*.ts'),
]);
const deployment: Deployment = { files, registered, unguarded, sdks: sdksOf(sources) };

test('nothing is missing, and nothing is there for nothing', () => {
  expect(deployment.sdks.length).toBeGreaterThan(4);
  expect(findings(deployment)).toEqual([]);
});

/** The same, with something else in one of its files. */
const changed = (
  file: string,
  from: string | RegExp,
  to: string | ((found: string) => string),
): Deployment => {
  const text = files.get(file) ?? '';
  const other = text.replace(from, (found) => (typeof to === 'string' ? to : to(found)));
  if (other === text) throw new Error(`${file} has no ${from}.`);
  return { ...deployment, files: new Map([...files, [file, other]]) };
};

test.each([
  [
    'a role',
    changed('infra/app/event-hubs.bicep', /resource appReceivesDeviceEvents[\s\S]*?\n\}\n/, ''),
    'not given: Azure Event Hubs Data Receiver on deviceEvents, to the app',
  ],
  [
    'a role on another scope',
    changed('infra/app/existing-hub.bicep', 'scope: hub\n', 'scope: resourceGroup()\n'),
    'not given: IoT Hub Data Contributor on hub, to the app',
  ],
  [
    'the store’s role',
    changed('infra/app/cosmos.bicep', /resource mayReadAndWrite[\s\S]*?\n\}\]\n/, ''),
    'not given: Cosmos DB Built-in Data Contributor on account.id, to the app',
  ],
  [
    'a role for nothing',
    changed(
      'infra/app/storage.bicep',
      /resource appWritesTables[\s\S]*?\n\}\n/,
      (all) =>
        `${all}\n${all.replace('appWritesTables', 'again').replaceAll('tableContributor', 'blobOwner').replaceAll('scope: account', 'scope: blobs')}`,
    ),
    'given for nothing: Storage Blob Data Owner on blobs, to the app',
  ],
  [
    'a connection’s setting',
    changed('infra/app/function-app.bicep', /\n\s+REHOME_EVENTS__clientId:.*/, ''),
    'the app setting REHOME_EVENTS__clientId is not deployed',
  ],
  [
    'a setting that the code reads',
    changed('infra/generated/settings.json', /\n\s+"REHOME_DIAL":.*/, ''),
    'the app setting REHOME_DIAL is not deployed',
  ],
  [
    'a setting that nobody reads',
    changed(
      'infra/app/function-app.bicep',
      'AZURE_CLIENT_ID:',
      "REHOME_DAIL: 'auto'\n        AZURE_CLIENT_ID:",
    ),
    'the app setting REHOME_DAIL is read by nobody',
  ],
  [
    'a key',
    changed(
      'infra/app/function-app.bicep',
      'AZURE_CLIENT_ID:',
      "REHOME_COSMOS: 'x'\n        AZURE_CLIENT_ID:",
    ),
    'REHOME_COSMOS, which holds a key, is deployed',
  ],
  [
    'a route',
    changed('infra/main.bicep', /\n {2}\{ name: 'rehome-lifecycle'.*/, ''),
    'no route, or not the wanted one, for DeviceLifecycleEvents',
  ],
  [
    'a route’s condition',
    changed('infra/main.bicep', /join\(map\(twinPaths.*\)/, "'true'"),
    'no route, or not the wanted one, for TwinChangeEvents',
  ],
  [
    'an excluded path',
    changed('infra/generated/excluded-paths.json', '  "/api/dps/*",\n', ''),
    '/api/dps/scope/allocate asks for a sign-in that nobody can show',
  ],
  [
    'a path too many',
    changed('infra/generated/excluded-paths.json', '"/api/alerts"', '"/api/alerts", "/api/dev*"'),
    '/api/devices/scope/rest stands open',
  ],
  [
    'a role under a condition',
    changed('infra/app/event-hubs.bicep', /(resource appReceivesDeviceEvents [^=]*=) \{/, (found) =>
      found.replace('= {', '= if (false) {'),
    ),
    'not given: Azure Event Hubs Data Receiver on deviceEvents, to the app',
  ],
  [
    'a role of somebody else',
    changed('infra/app/storage.bicep', 'principalId: appPrincipalId', "principalId: 'somebody'"),
    'not given: Storage Blob Data Owner on account, to the app',
  ],
  [
    'the hubs of a fleet',
    changed('infra/main.bicep', /module hubs [\s\S]*?\n\}\]\n/, ''),
    "infra/main.bicep: no module app/existing-hub.bicep @ resourceGroup(split(id, '/')[2], split(id, '/')[4])",
  ],
  [
    'what the app is told of them',
    changed('infra/main.bicep', /existingHubs: \[for.*/, 'existingHubs: []'),
    'infra/main.bicep: app is given [] as existingHubs',
  ],
  [
    'a setting’s value',
    changed(
      'infra/app/function-app.bicep',
      'REHOME_EVENTS_HUB: deviceEventsName',
      'REHOME_EVENTS_HUB: decisionsName',
    ),
    'infra/app/function-app.bicep: appSettings.properties.given.1.REHOME_EVENTS_HUB is decisionsName, not deviceEventsName',
  ],
  [
    'a sign-in that is not asked for',
    changed(
      'infra/app/function-app.bicep',
      'requireAuthentication: true',
      'requireAuthentication: false',
    ),
    'infra/app/function-app.bicep: auth.properties.globalValidation.requireAuthentication is false, not true',
  ],
  [
    'a container for dead letters',
    changed('infra/app/storage.bicep', "name: 'dead-letters'", "name: 'letters'"),
    'there is no container dead-letters',
  ],
  [
    'a heartbeat the wrong way round',
    changed('infra/app/alerts.bicep', "operator: 'LessThan'", "operator: 'GreaterThan'"),
    'infra/app/alerts.bicep: heartbeat.properties.criteria.allOf.0.operator is GreaterThan, not LessThan',
  ],
  [
    'a function that infra calls',
    changed('infra/events/main.bicep', /'onGridEvent'/, "'onEvent'"),
    'there is no function onEvent',
  ],
  [
    'a module’s parameter',
    changed('infra/main.bicep', /\n\s+routePrincipalId:.*/, ''),
    'infra/main.bicep: infra/app/event-hubs.bicep needs the parameter routePrincipalId',
  ],
])('what is planted is found: %s', (_what, planted, finding) => {
  expect(findings(planted)).toContain(finding);
});

test('parameters: each that azd fills in is one, and each without a default is filled in', async () => {
  for (const folder of ['infra', 'infra/events']) {
    const { params } = readBicep(await read(`${folder}/main.bicep`));
    const { parameters } = JSON.parse(await read(`${folder}/main.parameters.json`));
    const given = Object.keys(parameters);
    expect(given.filter((name) => !params.has(name))).toEqual([]);
    const needed = [...params].flatMap(([name, hasDefault]) => (hasDefault ? [] : [name]));
    expect(needed.filter((name) => !given.includes(name))).toEqual([]);
  }
});

test('the second layer, and what routes hubs, are told by the first', async () => {
  const { outputs } = readBicep(await read('infra/main.bicep'));
  const { parameters } = JSON.parse(await read('infra/events/main.parameters.json'));
  const asked = Object.values(parameters as Record<string, { readonly value: string }>)
    .map(({ value }) => /^\$\{(\w+)(=.*)?\}$/.exec(value))
    .flatMap((match) => (match && match[2] === undefined ? [match[1]] : []));
  expect(asked.length).toBe(3);
  for (const name of asked) expect(outputs).toContain(name);
  const known = [...outputs, 'REHOME_HUB_IDS', 'AZURE_SUBSCRIPTION_ID']; // the user's own, and azd's
  for (const name of Object.keys(routing.shape)) expect(known).toContain(name);
});

test('azure.yaml, .funcignore and host.json agree on what is packaged and where it runs', async () => {
  const { services, infra, workflows } = parseYaml(await read('azure.yaml'));
  const { project, dist, remoteBuild, host, hooks } = services.rehome;
  const { scripts, devDependencies } = JSON.parse(await read('package.json'));
  const ignored = (await read('.funcignore')).split('\n');
  expect({ project, dist, remoteBuild, host }).toEqual({
    project: '.',
    dist: 'bundle',
    remoteBuild: false,
    host: 'function',
  });
  // azd refuses a package that is built here and leaves node_modules out.
  expect(ignored.filter((line) => /^\/?node_modules/.test(line))).toEqual([]);
  expect(ignored).toContain('local.settings*.json');
  expect(hooks.prepackage.run).toContain('npm run bundle');
  expect(scripts['bundle']).toBe('node deploy/bundle.ts');
  expect(files.get('infra/main.bicep')).toContain("'azd-service-name': 'rehome'");
  expect(files.get('infra/app/function-app.bicep')).toContain("{ name: 'node', version: '24' }");
  expect(devDependencies.node).toMatch(/^\^24\./);
  // What Event Grid is to call must be there before it is told of it.
  expect(infra.layers.map(({ name }: { readonly name: string }) => name)).toEqual([
    'core',
    'events',
  ]);
  expect(workflows.up.steps.map((step: { readonly azd: string }) => step.azd)).toEqual([
    'package --all',
    'provision core',
    'deploy --all',
    'provision events',
  ]);
  const { extensionBundle } = JSON.parse(await read('host.json'));
  expect(extensionBundle.version).toBe('[4.*, 5.0.0)'); // Flex Consumption needs 4
});

test('[R2] every Event Hub trigger retries without end: a checkpoint advances even after a failure', () => {
  const isListening = ({ bindings }: (typeof registered)[number]): boolean =>
    Object.values(bindings).some(({ type }) => type === 'eventHubTrigger');
  const listening = registered.filter(isListening);
  expect(listening.map(({ name }) => name)).toEqual(['onHubEvent', 'recordDecisions']);
  for (const { retryOptions } of listening) expect(retryOptions?.maxRetryCount).toBe(-1);
});
