import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { dpsConnectionString } from '../../local/dps/dps.ts';
import { reaching } from '../../local/network/reach-local-azure.ts';
import { aCommand } from '../support/a-command.ts';
import { hostOf } from '../support/a-hub.ts';
import { aSmallFleet, hashOf } from '../support/a-small-fleet.ts';
import { rootFolder } from '../support/source.ts';

/** Every command that a document tells is run: none may be misspelled, and none may ask for what the app does not have. */

const settings = {
  REHOME_SNAPSHOT_MS: '200',
  REHOME_CAMPAIGN: JSON.stringify({ bakeMinutes: 0 }),
  'AzureWebJobs.advanceCampaigns.Disabled': 'true',
};

/** Of these every command; of the others those in blocks, since prose names commands too. */
const whole = ['docs/runbook.md', 'docs/deploy.md'];
const names = ['moves', 'planning', 'campaigns', 'placement', 'operators', 'telemetry'];
const others = ['README.md', 'SECURITY.md', ...names.map((name) => `docs/${name}.md`)];

/** `npx rehome …`, with its flags; not what is written as a pattern. */
const commandsIn = (text: string): readonly string[] =>
  [...text.matchAll(/npx rehome ([^`\n]+)/g)]
    .map(([, command = '']) => command.replace(/\s+#.*$/, '').trim())
    .filter((command) => !/[|…[]/.test(command));

const blocksIn = (text: string): string =>
  [...text.matchAll(/```[\s\S]*?```/g)].map(([block]) => block).join('\n');

/** As a shell would part them. */
const wordsOf = (command: string): readonly string[] =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');

test('every command of the documents is one, and does what it says or says why not', async () => {
  const read = (file: string) => readFile(path.join(rootFolder, file), 'utf8');
  const texts = [
    ...(await Promise.all(whole.map(read))),
    ...(await Promise.all(others.map(read))).map(blocksIn),
  ];
  const commands = [...new Set(texts.flatMap(commandsIn))];
  expect(commands.length).toBeGreaterThan(40);
  const fleet = await aSmallFleet(settings, 8);
  await fleet.settled();
  const rehome = aCommand(fleet.appUrl(), 'an-admin', {
    ...reaching(fleet.azure),
    REHOME_DPS_CONNECTION: dpsConnectionString(fleet.azure.dps),
    REHOME_WEBHOOK_KEY: 'host-key',
  });
  const plan = await fleet.planned('plans/main', { goal: 'drain', hub: hostOf('north') });
  const order = { plan: plan.id, hash: hashOf(plan), reason: 'a test' };
  const { body } = await fleet.call('POST', 'campaigns/main', order);
  const { id, hash } = body as { readonly id: string; readonly hash: string };
  const known: Readonly<Record<string, string>> = {
    $CAMPAIGN: id,
    $PLAN: plan.id,
    $HASH: hash,
    HUB: 'west',
    DEVICE: 'device-3',
    ID: 'device-3',
    PLAN: plan.id,
    C: id,
    TEXT: 'a test',
    FILE: 'docs/examples/solution-change.json',
    'one-group': 'fleet',
  };
  const outcomes = new Map<string, number>();
  for (const command of commands) {
    const words = wordsOf(command).map((word) => known[word] ?? word);
    // The DPS is entered by a connection string here.
    const at = words.indexOf('--dps');
    const given = at === -1 ? words : words.toSpliced(at, 2);
    const { code, err } = await rehome(...given);
    expect([command, code > 1 ? err : '']).toEqual([command, '']);
    outcomes.set(command, code);
  }
  const done = [...outcomes.values()].filter((code) => code === 0).length;
  expect(done).toBeGreaterThan(outcomes.size / 2);
}, 240_000);

test('a section that an alert sends to is there', async () => {
  const text = await readFile(path.join(rootFolder, 'docs/runbook.md'), 'utf8');
  const anchors = new Set(
    [...text.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
  const links = [...text.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor = '']) => anchor);
  expect(links.filter((anchor) => !anchors.has(anchor))).toEqual([]);
  const alerts = await readFile(path.join(rootFolder, 'infra/app/alerts.bicep'), 'utf8');
  const named = [...alerts.matchAll(/^ {4}name: '([\w-]+)'$/gm)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(9);
  for (const name of [...named, 'heartbeat', 'failed-registrations'])
    expect(text).toContain(`| ${name} |`);
});
