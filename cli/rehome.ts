#!/usr/bin/env node
import { parseArgs } from 'node:util';
import type { Policy } from '../shared/domain/policy.ts';
import { fleetPage } from '../shared/wire/fleet-view.ts';
import { policyJsonSchema } from '../shared/wire/policy-document.ts';
import { connect } from './api.ts';
import { diffPolicies, sayDiff } from './diff.ts';
import { explain } from './explain.ts';
import { exportFleet, fetchFleet, readFleet } from './fleet.ts';
import { changeHub, listHubs, showInventory } from './hubs.ts';
import { move } from './move.ts';
import { giveBack, label, pin, quarantine, unpin } from './orders.ts';
import {
  diffPlansOf,
  listMoves,
  listPlans,
  listRefusals,
  orderPlan,
  type PlanAsked,
  showPlan,
} from './plan.ts';
import { check, put, readPolicy, showPolicy } from './policy.ts';
import { replayLog } from './replay.ts';
import { show } from './show.ts';
import { usage } from './usage.ts';

/** `npx rehome`: Rehome from the command line, by its management API. A refusal is one line on stderr, and exit code 1. */

const options = {
  to: { type: 'string' },
  reason: { type: 'string' },
  'allow-unknown': { type: 'boolean', default: false },
  'allow-reset': { type: 'boolean', default: false },
  'moves-max': { type: 'string' },
  'cooldown-hours': { type: 'string' },
  'slack-percent': { type: 'string' },
  'imbalance-percent': { type: 'string' },
  'imbalance-count': { type: 'string' },
  'group-label': { type: 'string' },
  'group-moves-max': { type: 'string' },
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
  const group = groups[command];
  const known = group ? group[given[0] ?? ''] : commands[command];
  if (!known && group)
    throw new Error(`${command} takes one of ${Object.keys(group).join(', ')}: see --help`);
  if (!known) throw new Error(`there is no command ${positionals.join(' ')}: see --help`);
  await known(values, group ? given.slice(1) : given);
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

const numberOf = (text: string | undefined, flag: string): number | undefined => {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) throw new Error(`expected a number: ${flag}`);
  return number;
};

const limitsOf = (flags: Flags) => ({
  allowUnknown: flags['allow-unknown'] || undefined,
  allowReset: flags['allow-reset'] || undefined,
  movesMax: numberOf(flags['moves-max'], '--moves-max'),
  cooldownHours: numberOf(flags['cooldown-hours'], '--cooldown-hours'),
  slackPercent: numberOf(flags['slack-percent'], '--slack-percent'),
  imbalancePercent: numberOf(flags['imbalance-percent'], '--imbalance-percent'),
  imbalanceCount: numberOf(flags['imbalance-count'], '--imbalance-count'),
  groupLabel: flags['group-label'],
  groupMovesMax: numberOf(flags['group-moves-max'], '--group-moves-max'),
});

const ordersOf = (
  goal: string,
  toOrder: (given: readonly string[]) => Partial<PlanAsked>,
): Command => {
  return async (flags, given) => {
    const asked = { goal, ...toOrder(given), reason: reasonOf(flags), limits: limitsOf(flags) };
    await orderPlan(await connect(flags), asked, flags.json, say);
  };
};

const ofHub = (given: readonly string[]) => ({ hub: hostOf(one(given, 'one hub')) });
const ofDevices = (devices: readonly string[]) => {
  if (devices.length === 0) throw new Error('expected device ids');
  return { devices };
};
const ofAll = (given: readonly string[]) => {
  if (given.length > 0) throw new Error('expected nothing after it');
  return {};
};

const planCommands: Readonly<Record<string, Command>> = {
  rebalance: ordersOf('rebalance', ofAll),
  relocate: ordersOf('relocate', ofAll),
  drain: ordersOf('drain', ofHub),
  evacuate: ordersOf('evacuate', ofHub),
  fill: ordersOf('fill', ofHub),
  quarantine: ordersOf('quarantine', ofDevices),
  return: ordersOf('return', ofDevices),
  list: async (flags) => listPlans(await connect(flags), flags.json, say),
  show: async (flags, given) =>
    showPlan(await connect(flags), one(given, 'one plan'), flags.json, say),
  moves: async (flags, given) =>
    listMoves(await connect(flags), one(given, 'one plan'), flags.json, say),
  refusals: async (flags, given) =>
    listRefusals(await connect(flags), one(given, 'one plan'), flags.json, say),
  diff: async (flags, [first, second, ...more]) => {
    if (first === undefined || second === undefined || more.length > 0)
      throw new Error('expected two plans');
    await diffPlansOf(await connect(flags), [first, second], flags.json, say);
  },
};

/** @param change of a value, where it takes one. */
const changes = (change: object | ((value: string) => object)): Command => {
  return async (flags, [hub, value, ...more]) => {
    const takes = typeof change === 'function';
    if (hub === undefined || more.length > 0 || takes !== (value !== undefined))
      throw new Error(takes ? 'expected one hub and a number' : 'expected one hub');
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

const groups: Readonly<Record<string, Readonly<Record<string, Command>>>> = {
  policy: policyCommands,
  plan: planCommands,
  hubs: hubCommands,
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
