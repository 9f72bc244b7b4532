#!/usr/bin/env node
import type { Policy } from '../shared/domain/policy.ts';
import { fleetPage } from '../shared/wire/fleet-view.ts';
import { policyJsonSchema } from '../shared/wire/policy-document.ts';
import { connect, newestAnswer } from './api.ts';
import { breakerCommands, campaignCommands, emptying } from './campaign-commands.ts';
import { diffPolicies, sayDiff } from './diff.ts';
import { enrollCommands } from './enroll.ts';
import { explain } from './explain.ts';
import {
  type Command,
  hostOf,
  mute,
  numberOf,
  one,
  print,
  readFlags,
  reasonOf,
  say,
} from './flags.ts';
import { exportFleet, fetchFleet, readFleet } from './fleet.ts';
import { changeHub, listHubs, showInventory } from './hubs.ts';
import { listAttended, listChanges, listDecisions, showStatus } from './look.ts';
import { exitCodeOf, misspelled } from './misspelled.ts';
import { move } from './move.ts';
import { cancelMove, giveBack, label, pin, quarantine, unpin } from './orders.ts';
import { planCommands } from './plan-commands.ts';
import { check, put, readPolicy, showPolicy } from './policy.ts';
import { replayLog } from './replay.ts';
import { show } from './show.ts';
import { usage, usageOf } from './usage.ts';

/** `npx rehome`: Rehome from the command line, by its management API. What goes wrong is one line on stderr, and an exit code. */

const main = async (): Promise<void> => {
  const { values, positionals } = readFlags();
  const [command, ...given] = positionals;
  if (command === undefined) return say(usage);
  if (values.help) return say(usageOf(command));
  const group = own(groups, command);
  const known = group ? own(group, given[0] ?? '') : own(commands, command);
  if (!known && group) {
    const names = Object.keys(group).filter((name) => name !== '');
    throw misspelled(`${command} takes one of ${names.join(', ')}: see --help`);
  }
  if (!known) throw misspelled(`there is no command ${positionals.join(' ')}: see --help`);
  const told = values.json && !hasOwnJson(command, given[0]);
  if (told) mute();
  await known(values, group ? given.slice(1) : given);
  if (told) print(JSON.stringify(newestAnswer() ?? null, null, 2));
};

/** Commands that say as JSON what they worked out; of the others it is what the app answered last. */
const hasOwnJson = (command: string, verb: string | undefined): boolean =>
  ['explain', 'inventory', 'replay', 'export'].includes(command) ||
  (command === 'enroll' && verb === 'check') ||
  command === 'plan' ||
  (command === 'hubs' && verb === undefined) ||
  (command === 'policy' && ['diff', 'schema'].includes(verb ?? '')) ||
  (command === 'campaign' && ['list', 'show', 'moves'].includes(verb ?? ''));

/** `constructor` is no command. */
const own = <Value>(among: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(among, name) ? among[name] : undefined;

const commands: Readonly<Record<string, Command>> = {
  show: async (flags, given) => show(await connect(flags), one(given), say),
  explain: async (flags, given) => explain(await connect(flags), one(given), flags.json, say),
  move: async (flags, given) => {
    const deviceId = one(given);
    if (flags.to === undefined) throw misspelled('expected --to HUB');
    const order = {
      to: hostOf(flags.to),
      reason: reasonOf(flags),
      allowUnknown: flags['allow-unknown'],
      allowReset: flags['allow-reset'],
    };
    if (!(await move(await connect(flags), deviceId, order, say))) process.exitCode = 1;
  },
  cancel: async (flags, given) =>
    cancelMove(await connect(flags), one(given), reasonOf(flags), say),
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
  status: async (flags) => showStatus(await connect(flags), say),
  history: async (flags) => listChanges(await connect(flags), say),
  decisions: async (flags) => listDecisions(await connect(flags), say),
  devices: async (flags) => listAttended(await connect(flags), say),
  inventory: async (flags) => showInventory(await connect(flags), flags.json, say),
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

/** @param change of a value, where it takes one. */
const changes = (change: object | ((value: string) => object)): Command => {
  return async (flags, [hub, value, ...more]) => {
    const takes = typeof change === 'function';
    if (hub === undefined || more.length > 0 || takes !== (value !== undefined))
      throw misspelled(takes ? 'expected one hub and a number' : 'expected one hub');
    const to = takes ? change(value ?? '') : change;
    await changeHub(await connect(flags), hostOf(hub), to, reasonOf(flags), say);
  };
};

const hubCommands: Readonly<Record<string, Command>> = {
  '': async (flags) => listHubs(await connect(flags), flags.json, say),
  cordon: changes({ state: 'cordoned' }),
  uncordon: changes({ state: 'open' }),
  open: changes({ state: 'open' }),
  close: changes({ state: 'closed' }),
  healthy: async (flags, given) => {
    await changes({ trouble: null })(flags, given);
    say('nothing is wrong with it any more: campaigns that waited for it go on');
  },
  drain: emptying('drain'),
  evacuate: emptying('evacuate'),
  drill: emptying('drill'),
  weight: changes((value) => ({ weight: numberOf(value, 'the weight') })),
  capacity: changes((value) => ({ capacity: numberOf(value, 'the capacity') })),
};

const policyCommands: Readonly<Record<string, Command>> = {
  check: async (_flags, given) => check(one(given, 'one file'), say),
  put: async (flags, given) =>
    put(await connect(flags), one(given, 'one file'), reasonOf(flags), say),
  show: async (flags, [version]) => showPolicy(await connect(flags), version, say),
  schema: async () => say(JSON.stringify(policyJsonSchema(), null, 2)),
  diff: async (flags, [a, b, ...more]) => {
    if (a === undefined || b === undefined || more.length > 0)
      throw misspelled('expected two policies: files, versions, or current');
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

const groups: Readonly<Record<string, Readonly<Record<string, Command>>>> = {
  policy: policyCommands,
  plan: planCommands,
  campaign: campaignCommands,
  breaker: breakerCommands,
  hubs: hubCommands,
  enroll: enrollCommands,
};

/** Whoever reads may have heard enough: the move goes on. */
process.stdout.on('error', () => process.exit());

main().catch((error: unknown) => {
  process.stderr.write(`rehome: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCodeOf(error);
});
