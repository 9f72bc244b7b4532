#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { connect } from './api.ts';
import { move } from './move.ts';
import { show } from './show.ts';

/** `npx rehome`: Rehome from the command line, by its management API. A refusal is one line on stderr, and exit code 1. */

const usage = `npx rehome COMMAND [flags]

  move ID --to HUB --reason TEXT    moves a device, and shows how it goes: exit code 0 when it is verified
       --allow-unknown              also one of which not all is known
       --allow-reset                also one whose twin is wiped by it

  show ID                           where a device is, and why

  --scope NAME    the scope of the device: main
  --url URL       where Rehome is: what \`npm start\` runs here, unless told; or REHOME_URL
  --token TOKEN   who you are, to App Service authentication; or REHOME_TOKEN
  --help          this`;

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      to: { type: 'string' },
      reason: { type: 'string' },
      'allow-unknown': { type: 'boolean', default: false },
      'allow-reset': { type: 'boolean', default: false },
      scope: { type: 'string' },
      url: { type: 'string' },
      token: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [command, deviceId, ...more] = positionals;
  if (values.help || command === undefined) return say(usage);
  if (command !== 'move' && command !== 'show')
    throw new Error(`there is no command ${command}: see --help`);
  if (deviceId === undefined || more.length > 0) throw new Error('expected one device id');
  if (command === 'show') return show(await connect(values), deviceId, say);
  const { to, reason } = values;
  if (to === undefined) throw new Error('expected --to HUB');
  if (reason === undefined) throw new Error('expected --reason TEXT: it is kept with the move');
  const api = await connect(values);
  const hub = to.includes('.') ? to : `${to}.azure-devices.net`;
  const allowed = { allowUnknown: values['allow-unknown'], allowReset: values['allow-reset'] };
  const isVerified = await move(api, deviceId, { to: hub, reason, ...allowed }, say);
  if (!isVerified) process.exitCode = 1;
};

/** Whoever reads may have heard enough: the move goes on. */
process.stdout.on('error', () => process.exit());

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

main().catch((error: unknown) => {
  process.stderr.write(`rehome: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
