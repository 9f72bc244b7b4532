import { hostJsonReasons } from './host-json-reasons.ts';
import {
  dpsSettings,
  hubSettings,
  localSettings,
  platformSettings,
  type Setting,
  type SettingGroup,
  settingGroups,
} from './settings.ts';

/** docs/settings.md: every setting, out of the schemas that read them. @param hostJson host.json's text. */
export const settingsPage = (hostJson: string): string =>
  [
    '# Settings\n',
    intro,
    ...settingGroups.map(sectionOf),
    '### Of a hub\n',
    'One entry of `REHOME_HUBS`.\n',
    tableOf(hubSettings),
    '### Of a DPS\n',
    'One entry of `REHOME_DPS`, by the scope’s name: `{ "main": { … } }`.\n',
    tableOf(dpsSettings),
    '## The platform’s\n',
    'Read by the Functions host and by Microsoft’s libraries. In Azure:\n',
    pairs(platformSettings),
    'On this machine, for Core Tools:\n',
    pairs(
      Object.fromEntries(
        Object.entries(localSettings).map(([name, value]) => [name, `\`${value}\``]),
      ),
    ),
    '`AzureWebJobs.NAME.Disabled`, `true`, switches one function off.\n',
    '## host.json\n',
    hostTable(JSON.parse(hostJson)),
  ].join('\n');

const intro = `App settings in Azure, where \`infra/\` sets them all; on this machine \`local.settings.json\`, or without it
\`local.settings.sample.json\`; the environment wins over both, and \`npm start\` sets the hubs and all that it starts. A blank one counts as
absent. Every bad one is named, in the log and by \`health/ready\`, without its value.

This page, the sample and what \`infra/\` starts from are made out of the code that reads the settings: \`npm run generate\`.
`;

const sectionOf = ({ title, says, settings }: SettingGroup): string =>
  `## ${title}\n\n${says}\n\n${tableOf(settings)}`;

const tableOf = (settings: readonly Setting[]): string =>
  `| setting | means | form | usual |\n|---|---|---|---|\n${settings.map(rowOf).join('\n')}\n`;

const rowOf = ({ name, means, usual, form }: Setting): string =>
  `| \`${name}\` | ${means} | ${form} | ${usual === undefined ? 'none' : `\`${usual}\``} |`;

const pairs = (table: Readonly<Record<string, string>>): string =>
  `| setting | is |\n|---|---|\n${Object.entries(table)
    .map(([name, is]) => `| \`${name}\` | ${is} |`)
    .join('\n')}\n`;

const hostTable = (hostJson: unknown): string =>
  `| value | is | why |\n|---|---|---|\n${Object.entries(hostJsonReasons)
    .map(([path, why]) => `| \`${path}\` | \`${JSON.stringify(at(hostJson, path))}\` | ${why} |`)
    .join('\n')}\n`;

const at = (json: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], json);
