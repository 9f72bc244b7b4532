import { containers } from '../shared/wire/containers.ts';
import { type Role, roles } from '../shared/wire/principal.ts';
import { excludedPaths } from './excluded-paths.ts';
import { registeredFunctions } from './registered.ts';
import { isOurs, localSettings, sampleHubs, settingGroups } from './settings.ts';
import { settingsPage } from './settings-page.ts';
import { workbook } from './workbook.ts';

/**
 * Files that are made out of the code → their text.
 * @param queries the files of infra/queries.
 */
export const generatedFiles = async (
  read: (file: string) => Promise<string>,
  queries: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const hostJson = await read('host.json');
  const { routePrefix } = JSON.parse(hostJson).extensions.http;
  const asked = await Promise.all(
    queries.map(
      async (file) => [file.replace('.kql', ''), await read(`infra/queries/${file}`)] as const,
    ),
  );
  return new Map([
    ['docs/settings.md', settingsPage(hostJson)],
    ['local.settings.sample.json', json(sample)],
    ['infra/generated/containers.json', json(Object.values(containers))],
    ['infra/generated/settings.json', json(deployed)],
    ['infra/generated/app-roles.json', json(appRoles)],
    [
      'infra/generated/excluded-paths.json',
      json(excludedPaths(await registeredFunctions(false), routePrefix)),
    ],
    ['infra/generated/workbook.json', json(workbook(new Map(asked)))],
  ]);
};

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const ours = settingGroups.flatMap(({ settings }) => settings).filter(isOurs);

const usual = Object.fromEntries(ours.map(({ name, usual = '' }) => [name, usual]));

const sample = {
  IsEncrypted: false,
  Values: { ...localSettings, ...usual, REHOME_HUBS: sampleHubs },
};

/** What an app starts with, before the deployment says where everything is: no setting that holds a key is among it. */
const deployed = Object.fromEntries(
  ours.filter(({ isKey }) => !isKey).map(({ name, usual = '' }) => [name, usual]),
);

const roleMeanings: Readonly<Record<Role, string>> = {
  Read: 'Sees hubs, plans, campaigns, devices, decisions and the history',
  Operate:
    'Besides: asks for plans, approves, pauses, stops and undoes campaigns, moves devices, changes hubs',
  Admin:
    'Besides: puts policies, resets the breaker, and whatever else the API’s description names',
};

/** As `az ad app create --app-roles` takes them. */
const appRoles = roles.map((value, index) => ({
  id: `5f1d6c1e-0c7b-4b57-9d38-0000000000${String(index + 1).padStart(2, '0')}`,
  allowedMemberTypes: ['User', 'Application'],
  description: roleMeanings[value],
  displayName: value,
  isEnabled: true,
  value,
}));
