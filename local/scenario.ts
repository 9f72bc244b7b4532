import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { AzureProcess } from './azure-process.ts';
import type { Flags, LocalHub, Scenario } from './flags.ts';

/** Of Azure's DPS. */
export const registrationsPerMinute = 1_000;

/** What a scenario works with: all of it is done by `npx rehome`, as a person would. */
export type Stage = {
  readonly hubs: readonly LocalHub[];
  readonly deviceCount: number;
  readonly azure: AzureProcess;
  readonly appFolder: string;
  /** Runs a timer's function now. */
  readonly runNow: (functionName: string) => Promise<void>;
  /** How much faster than usual waves are watched. */
  readonly time: number;
  readonly say: (line: string) => void;
};

/** The app's settings: the quotas that are enforced, and gates that do not take an hour. */
export const scenarioSettings = ({
  hubs,
  quota,
  time,
  organic,
}: Flags): Readonly<Record<string, string>> => ({
  REHOME_HUBS: JSON.stringify(hubs.map((hub) => ({ ...hub, ...editionFor(quota) }))),
  REHOME_REGISTRATIONS_PER_MINUTE: String(registrationsPerMinute * quota),
  REHOME_ORGANIC_PERCENT: String(Math.max(20, organic)),
  REHOME_LOOK_SECONDS: String(Math.max(1, Math.round(60 / time))),
  REHOME_SILENCE_SECONDS: String(Math.max(5, Math.round(1_800 / time))),
  REHOME_DIAL: 'observe',
  REHOME_INVENTORY_PERCENT: '100',
  // It is taken once the fleet has landed.
  'AzureWebJobs.takeInventory.Disabled': 'true',
});

/** Of what an S1 hub lets through, some does not grow with its units: an S3 stands in for many. */
const editionFor = (quota: number) =>
  quota === 1
    ? { tier: 'S1', units: 1 }
    : { tier: 'S3', units: Math.min(200, Math.ceil(quota / 5)) };

const cli = fileURLToPath(new URL('../cli/rehome.ts', import.meta.url));
const why = ['--reason', 'a scenario'];

/** The devices land; and then the scenario is played. Answers how many devices did not. @throws Error when it did not end as it should. */
export const playScenario = async (
  stage: Stage,
  { scenario, quota, organic }: Flags & { readonly scenario: Scenario },
  provision: () => Promise<number>,
): Promise<number> => {
  const { azure, say } = stage;
  const missing = await land(stage, provision);
  if (organic > 0) await beginOrganic(stage, (organic / 100) * quota * registrationsPerMinute);
  await azure.enforceQuotas(quota);
  const went = await plays[scenario](stage);
  const { registrations, hubs } = await azure.refused();
  say(`\nQuotas refused ${registrations} registrations, and ${hubs} calls of hubs.`);
  if (!went) throw new Error(`the scenario ${scenario} did not end as it should`);
  return missing;
};

/** Says the command, runs it, and shows what it says. */
const rehome = async (stage: Stage, ...given: readonly string[]): Promise<boolean> => {
  stage.say(`\n$ npx rehome ${given.map(quoted).join(' ')}`);
  return (await runCli(stage, given, 'inherit')).code === 0;
};

/** Runs it and takes what it says as JSON. */
const answered = async (stage: Stage, ...given: readonly string[]): Promise<unknown> => {
  const { text } = await runCli(stage, [...given, '--json'], 'pipe');
  return JSON.parse(text);
};

const runCli = async ({ appFolder }: Stage, given: readonly string[], out: 'inherit' | 'pipe') => {
  const child = fork(cli, [...given], {
    cwd: appFolder,
    execArgv: [],
    stdio: ['ignore', out, 'inherit', 'ipc'],
  });
  let text = '';
  child.stdout?.on('data', (part) => {
    text += String(part);
  });
  const [code] = await once(child, 'close');
  return { code, text };
};

const quoted = (word: string): string => (/^[\w@:./=-]+$/.test(word) ? word : `'${word}'`);

const short = ({ hostName }: LocalHub): string => hostName.split('.')[0] ?? hostName;

const firstOf = ({ hubs }: Stage): string => {
  const [first] = hubs;
  if (!first) throw new Error('a scenario needs hubs');
  return short(first);
};

/** Long enough to see it, and no longer. */
const limitsOf = ({ time }: Stage, more: object = {}): string =>
  JSON.stringify({ bakeMinutes: 10 / time, ...more });

/** The fleet lands on the first hub, and the others are opened then: everything that a scenario moves is there. */
const land = async (stage: Stage, provision: () => Promise<number>): Promise<number> => {
  const others = stage.hubs.slice(1).map(short);
  for (const hub of others) await cordon(stage, hub);
  const missing = await provision();
  for (const hub of others) await rehome(stage, 'hubs', 'uncordon', hub, ...why);
  do await stage.runNow('takeInventory');
  while (((await answered(stage, 'inventory')) as { phase: string }).phase !== 'done');
  await stage.runNow('rebalance'); // counts the hubs
  if (stage.deviceCount < manyCount) return missing;
  stage.say('\nFor three minutes the landing still counts as what the fleet does by itself.');
  await setTimeout(landingMs);
  return missing;
};

/** Others come by themselves meanwhile, and live on the other hubs. */
const beginOrganic = async (stage: Stage, perMinute: number): Promise<void> => {
  const first = firstOf(stage);
  await cordon(stage, first);
  await stage.azure.registerOrganically(perMinute);
  await rehome(stage, 'hubs', 'uncordon', first, ...why);
};

/** So many take a part of the quota by which they are moved afterwards. */
const manyCount = 500;
const landingMs = 3 * 60_000;

const attemptsMax = 20;

/** An app that has just begun puts its hubs into the store within seconds; and it answers devices by what it knows. */
const cordon = async (stage: Stage, hub: string): Promise<void> => {
  await insistently(() => rehome(stage, 'hubs', 'cordon', hub, ...why));
  await insistently(async () => {
    const { hubs } = (await answered(stage, 'hubs')) as {
      readonly hubs: readonly { readonly hub: string; readonly state: string }[];
    };
    return hubs.some((one) => one.hub.startsWith(`${hub}.`) && one.state === 'cordoned');
  });
};

const insistently = async (work: () => Promise<boolean>): Promise<void> => {
  for (let attempt = 1; !(await work()); attempt += 1) {
    if (attempt === attemptsMax) throw new Error('the app does not take commands');
    await setTimeout(1_000);
  }
};

const drain = (stage: Stage): Promise<boolean> =>
  rehome(
    stage,
    ...['hubs', 'drain', firstOf(stage), ...why, '--yes', '--wait'],
    ...['--limits', limitsOf(stage)],
  );

const planned = async (stage: Stage, ...goal: readonly string[]): Promise<boolean> => {
  const order = ['plan', ...goal, ...why, '--cooldown-hours', '0'];
  const view = (await answered(stage, ...order)) as {
    readonly id: string;
    readonly plan?: { readonly hash: string };
  };
  await rehome(stage, 'plan', 'show', view.id);
  const hash = view.plan?.hash ?? '';
  const approval = ['campaign', 'approve', view.id, '--hash', hash, ...why, '--wait'];
  return rehome(stage, ...approval, '--limits', limitsOf(stage));
};

/** It is waited for until all are back. */
const drill = (stage: Stage): Promise<boolean> =>
  rehome(
    stage,
    ...['hubs', 'drill', firstOf(stage), ...why, '--yes', '--wait'],
    ...['--limits', limitsOf(stage)],
  );

const evacuate = async (stage: Stage): Promise<boolean> => {
  const hub = stage.hubs[0]?.hostName ?? '';
  await stage.azure.killHub(hub);
  stage.say(`\n${hub} is dead: nobody reaches it, and DPS does not either.`);
  return rehome(
    stage,
    ...['hubs', 'evacuate', firstOf(stage), ...why, '--yes', '--wait'],
    ...['--limits', limitsOf(stage, { ladder: 'delete' })],
  );
};

const bordersCrossed = 20;

/** Devices cross a border: their labels say so, and a rule wants them on another hub. */
const geo = async (stage: Stage): Promise<boolean> => {
  const target = stage.hubs[1]?.hostName ?? '';
  const file = path.join(stage.appFolder, '.local/geo-policy.json');
  const rule = { name: 'swiss', when: { labels: { country: ['ch'] } }, hubs: [target] };
  await writeFile(file, JSON.stringify({ rules: [rule] }, null, 2));
  if (!(await rehome(stage, 'policy', 'put', file, ...why))) return false;
  const export_ = (await answered(stage, 'export')) as {
    readonly devices: readonly { readonly deviceId: string }[];
  };
  const crossed = export_.devices.slice(0, bordersCrossed);
  for (const { deviceId } of crossed) await rehome(stage, 'label', deviceId, 'country=ch');
  return planned(stage, 'relocate');
};

const plays: Readonly<Record<Scenario, (stage: Stage) => Promise<boolean>>> = {
  drain,
  drill,
  evacuate,
  geo,
  rebalance: (stage) => planned(stage, 'rebalance', '--imbalance-count', '1'),
};
