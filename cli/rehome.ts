#!/usr/bin/env node
import { parseArgs } from 'node:util';
import type { Policy } from '../shared/domain/policy.ts';
import { fleetPage } from '../shared/wire/fleet-view.ts';
import { policyJsonSchema } from '../shared/wire/policy-document.ts';
import { connect } from './api.ts';
import { diffPolicies, sayDiff } from './diff.ts';
import { explain } from './explain.ts';
import { exportFleet, fetchFleet, readFleet } from './fleet.ts';
import { move } from './move.ts';
import { giveBack, label, pin, quarantine, unpin } from './orders.ts';
import { check, put, readPolicy, showPolicy } from './policy.ts';
import { replayLog } from './replay.ts';
import { show } from './show.ts';

/** `npx rehome`: Rehome from the command line, by its management API. A refusal is one line on stderr, and exit code 1. */

const usage = `npx rehome COMMAND [flags]

  show ID                           where a device is, and why
  explain ID                        what DPS would be answered for it now, and what every hub says  [--json]

  move ID --to HUB --reason TEXT    moves a device, and shows how it goes: exit code 0 when it is verified
       --allow-unknown              also one of which not all is known
       --allow-reset                also one whose twin is wiped by it
  quarantine ID --reason TEXT       to the policy's hub for it, now or when it registers next
  return ID --reason TEXT           out of quarantine, to where it was before  [--to HUB]
  pin ID --reason TEXT              it stays where it is
  unpin ID --reason TEXT
  label ID NAME=VALUE …             all of its labels, for rules to go by

  policy check FILE                 whether a policy is sound: no app is asked
  policy put FILE --reason TEXT     the next version
  policy show [VERSION]             the version in force, or another
  policy diff A B                   which devices two policies would place differently, and why  [--fleet FILE] [--json]
                                    A and B are files, versions, or current
  policy schema                     the JSON Schema of a policy, for editors
  export [--out FILE]               all devices, with what it takes to place them: for diff
  replay LOG                        every decision of a log again: exit code 0 when all come out the same
                                    [--policy FILE] stands for every version

  --scope NAME    the scope of the device: main
  --url URL       where Rehome is: what \`npm start\` runs here, unless told; or REHOME_URL
  --token TOKEN   who you are, to App Service authentication; or REHOME_TOKEN
  --help          this`;

const options = {
  to: { type: 'string' },
  reason: { type: 'string' },
  'allow-unknown': { type: 'boolean', default: false },
  'allow-reset': { type: 'boolean', default: false },
  fleet: { type: 'string' },
  policy: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean', default: false },
  scope: { type: 'string' },
  url: { type: 'string' },
  token: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const read = () => parseArgs({ allowPositionals: true, options });
type Flags = ReturnType<typeof read>['values'];

const main = async (): Promise<void> => {
  const { values, positionals } = read();
  const [command, ...given] = positionals;
  if (values.help || command === undefined) return say(usage);
  const known = command === 'policy' ? policyCommands[given[0] ?? ''] : commands[command];
  if (!known) throw new Error(`there is no command ${positionals.join(' ')}: see --help`);
  await known(values, command === 'policy' ? given.slice(1) : given);
};

type Command = (flags: Flags, given: readonly string[]) => Promise<void>;

const one = (given: readonly string[], what = 'one device id'): string => {
  const [only, ...more] = given;
  if (only === undefined || more.length > 0) throw new Error(`expected ${what}`);
  return only;
};

const reasonOf = ({ reason }: Flags): string => {
  if (reason === undefined) throw new Error('expected --reason TEXT: it is kept');
  return reason;
};

const hostOf = (hub: string): string => (hub.includes('.') ? hub : `${hub}.azure-devices.net`);

const commands: Readonly<Record<string, Command>> = {
  show: async (flags, given) => show(await connect(flags), one(given), say),
  explain: async (flags, given) => explain(await connect(flags), one(given), flags.json, say),
  move: async (flags, given) => {
    const deviceId = one(given);
    if (flags.to === undefined) throw new Error('expected --to HUB');
    const order = {
      to: hostOf(flags.to),
      reason: reasonOf(flags),
      allowUnknown: flags['allow-unknown'],
      allowReset: flags['allow-reset'],
    };
    if (!(await move(await connect(flags), deviceId, order, say))) process.exitCode = 1;
  },
  quarantine: async (flags, given) =>
    quarantine(await connect(flags), one(given), reasonOf(flags), say),
  return: async (flags, given) => {
    const to = flags.to === undefined ? undefined : hostOf(flags.to);
    await giveBack(await connect(flags), one(given), reasonOf(flags), to, say);
  },
  pin: async (flags, given) => pin(await connect(flags), one(given), reasonOf(flags), say),
  unpin: async (flags, given) => unpin(await connect(flags), one(given), reasonOf(flags), say),
  label: async (flags, [deviceId, ...pairs]) =>
    label(await connect(flags), one(deviceId ? [deviceId] : []), pairs, say),
  export: async (flags) => exportFleet(await connect(flags), flags.out, say),
  replay: async (flags, given) => {
    const kept = new Map<number, Promise<Policy>>();
    const policyOf = (version: number): Promise<Policy> => {
      const which = flags.policy ?? String(version);
      const known = kept.get(version) ?? readPolicy(which, () => connect(flags));
      kept.set(version, known);
      return known;
    };
    const { same, different, untold } = await replayLog(one(given, 'one log file'), policyOf);
    say(`${same} decisions come out the same, ${different.length} differently`);
    if (untold > 0)
      say(`${untold} are not told whole, or stand on a hub table that this log does not tell`);
    for (const line of different.slice(0, 20)) say(`  ${line}`);
    if (different.length > 0 || untold > 0) process.exitCode = 1;
  },
};

const policyCommands: Readonly<Record<string, Command>> = {
  check: async (_flags, given) => check(one(given, 'one file'), say),
  put: async (flags, given) =>
    put(await connect(flags), one(given, 'one file'), reasonOf(flags), say),
  show: async (flags, [version]) => showPolicy(await connect(flags), version, say),
  schema: async () => say(JSON.stringify(policyJsonSchema(), null, 2)),
  diff: async (flags, [a, b, ...more]) => {
    if (a === undefined || b === undefined || more.length > 0)
      throw new Error('expected two policies: files, versions, or current');
    const api = () => connect(flags);
    const policies = [await readPolicy(a, api), await readPolicy(b, api)] as const;
    const fleet = flags.fleet
      ? await readFleet(flags.fleet)
      : fleetPage.parse(await fetchFleet(await api(), () => undefined));
    const diff = diffPolicies(fleet, ...policies);
    if (flags.json) say(JSON.stringify(diff, null, 2));
    else sayDiff(fleet, diff, say);
  },
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
