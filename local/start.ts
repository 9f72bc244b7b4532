import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AzureProcess, startAzureProcess } from './azure-process.ts';
import { startFleet } from './devices/fleet.ts';
import type { RehomedDevice } from './devices/rehomed-device.ts';
import { type Flags, readFlags, usage } from './flags.ts';
import { type AppProcess, startApp } from './functions-host/app-process.ts';
import { newHostKeys } from './functions-host/keys.ts';
import { readLocalSettings } from './functions-host/local-settings.ts';
import { hubsTable } from './hubs-table.ts';
import { reaching, reachLocalAzure } from './network/reach-local-azure.ts';
import { progressLine } from './progress.ts';
import sample from './samples/group-registration.json' with { type: 'json' };
import { derivedKey } from './sas.ts';
import { playScenario, registrationsPerMinute, scenarioSettings } from './scenario.ts';
import { realWorld } from './world.ts';

/**
 * `npm start`: Rehome on this machine, in three processes: this one, with the devices; azure; and the app. Anything that keeps it from
 * starting is one line on stderr and exit code 1.
 */

/** Devices that register at once: enough to keep DPS and app busy. */
const devicesAtOnceMax = 50;

const here = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const appFolder = here('..');

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/**
 * Settles when whoever started this is gone: npm's shell dies of a SIGTERM and tells nobody. Watched from the first moment on, since
 * that may be the moment.
 */
const parentGone = new Promise<'asked'>((resolve) => {
  const parent = process.ppid;
  const look = () => process.ppid !== parent && resolve('asked');
  setInterval(look, 500).unref();
});

/** A Ctrl-C, or a polite kill. Before everything has started the default holds: this process dies, and its children see that. */
const asked = (): Promise<'asked'> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolve('asked'));
    }
  });

const main = async (): Promise<void> => {
  const flags = readFlags(process.argv.slice(2));
  if (flags.help) return say(usage);
  const starting = start(flags);
  const started = await Promise.race([starting, parentGone]);
  if (started === 'asked') process.exit(1); // the others see their channel close, and end
  const { azure, app } = started;
  const stopping = Promise.race([asked(), parentGone]);
  const ends = [
    stopping,
    app.ended.then(() => 'the app'),
    azure.ended.then(() => 'the azure process'),
  ];
  const living = live(flags, started);
  const provisioning = living.then((missing) => (flags.once ? missing : stay()));
  const why = await Promise.race([...ends, provisioning]);
  await app.stop(); // what it still writes needs a store
  await azure.stop();
  if (typeof why === 'number' && why > 0) throw new Error(`${why} devices did not land`);
  if (typeof why === 'string' && why !== 'asked') throw new Error(`${why} ended by itself`);
  process.exit();
};

const live = async (flags: Flags, { azure, webhookUrl, runNow }: Started): Promise<number> => {
  const { hubs, scenario, time } = flags;
  const landed = () => provision(flags, azure, webhookUrl);
  if (!scenario) return landed();
  const deviceCount = flags.devices + flags.virtual;
  const stage = { hubs, deviceCount, azure, appFolder, runNow, time, say };
  const missing = await playScenario(stage, { ...flags, scenario }, landed);
  say(`\n${hubsTable(hubs, await azure.countDevices())}\n`);
  return missing;
};

/** The devices are connected until the process ends. */
const stay = (): Promise<never> => {
  isProvisioning = false;
  if (suggestion) say(`Move one, in another terminal:\n\n  ${suggestion}\n`);
  say('The devices stay connected. Ctrl-C stops everything.');
  return new Promise(() => undefined);
};

type Started = {
  readonly azure: AzureProcess;
  readonly app: AppProcess;
  readonly webhookUrl: string;
  readonly runNow: (functionName: string) => Promise<void>;
};

const start = async (flags: Flags): Promise<Started> => {
  const { hubs, port, devices, virtual } = flags;
  const { values } = await readLocalSettings(appFolder);
  const names = hubs.map(({ hostName }) => hostName);
  // A DPS takes 1,000 registrations a minute; a larger fleet is let in at once here, as Azure's support can allow,
  // and bound loosely: [A4] holds up to rate × age, so that all might land before an arrival is known.
  const letIn = Math.max(registrationsPerMinute, 2 * (devices + virtual));
  const azure = await startAzureProcess(names, letIn, say);
  const { redirects, authority } = azure;
  const local = {
    REHOME_HUBS: JSON.stringify(hubs),
    WEBSITE_AUTH_ENABLED: 'True',
    REHOME_SNAPSHOT_MS: '1000', // whoever tries something wants to see it
    ...(letIn > registrationsPerMinute ? { REHOME_BOUND_SLACK_PERCENT: '100' } : {}),
    ...(flags.scenario ? scenarioSettings(flags) : {}),
    ...azure.settings,
    ...reaching({ redirects, authority }),
  };
  const environment: NodeJS.ProcessEnv = { ...values, ...local, ...process.env }; // as with Core Tools, the environment comes first
  const keys = newHostKeys();
  const operator = { token: randomBytes(24).toString('base64url'), name: 'you', roles: ['Admin'] };
  const options = { appFolder, port, keys, environment, operators: [operator] };
  const app = await startApp(options, logged).catch(async (error) => {
    await azure.stop();
    throw error.code === 'EADDRINUSE'
      ? new Error(`port ${port} is taken: choose another with --port`)
      : error;
  });
  isQuiet = flags.scenario !== undefined;
  const scope = scopeOf(environment);
  await introduce({ url: `http://127.0.0.1:${app.port}`, token: operator.token, scope });
  const webhookUrl = `http://127.0.0.1:${app.port}/api/dps/${scope}/allocate?code=${keys.host}`;
  const page = `http://127.0.0.1:${app.port}/.auth/login/aad?token=${operator.token}&post_login_redirect_uri=/api/ops`;
  say(welcome(app, webhookUrl, page, await writeSample(names)));
  const runNow = async (functionName: string): Promise<void> => {
    const url = `http://127.0.0.1:${app.port}/admin/functions/${functionName}`;
    const { status } = await fetch(url, {
      method: 'POST',
      headers: { 'x-functions-key': keys.master },
    });
    if (status >= 300) throw new Error(`${functionName} answered ${status}`);
  };
  return { azure, app, webhookUrl, runNow };
};

const scopeOf = (environment: NodeJS.ProcessEnv): string =>
  environment['REHOME_SCOPES']?.split(',')[0]?.trim() || 'main';

/** Tells `npx rehome` where this is, and who it may say that it is. */
const introduce = async (local: Readonly<Record<string, string>>): Promise<void> => {
  const file = path.join(appFolder, '.local/rehome.json');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(local), { mode: 0o600 });
};

/** While a fleet comes, decisions by the hundred would hide everything else: what is not usual is shown. */
let isProvisioning = true;
/** A scenario says itself what happens. */
let isQuiet = false;
const logged = (line: string): void => {
  if (line.includes('"event":"hub-table"')) return; // long, and for machines
  const isUsual = line.includes('"event":"allocated"') && line.includes('"degraded":false');
  if (isQuiet && line.includes(' information ')) return;
  if (!isProvisioning || !isUsual) say(line);
};

/** DPS's own sample of a registration, with the hubs that are here. Answers the file. */
const writeSample = async (names: readonly string[]): Promise<string> => {
  const file = path.join(appFolder, '.local/group-registration.json');
  const enrollmentGroup = { ...sample.enrollmentGroup, iotHubs: names };
  await writeFile(file, JSON.stringify({ ...sample, enrollmentGroup, linkedHubs: names }, null, 2));
  return file;
};

const welcome = (
  { functionNames }: AppProcess,
  webhookUrl: string,
  page: string,
  sampleFile: string,
): string => `
Rehome runs on the embedded Functions host: ${functionNames.join(', ')}.

  DPS's webhook         ${webhookUrl}
  the operators' page   ${page}

Ask it, as a DPS does when a device of an enrollment group registers:

  curl -sS -w '\\n' '${webhookUrl}' --data-binary @'${sampleFile}'

Key and token are new at every start. Ctrl-C stops everything.
`;

/** Every device registers, and connects to the hub that it is given. Answers how many did not. */
const provision = async (
  { hubs, devices, virtual }: Flags,
  azure: AzureProcess,
  webhookUrl: string,
): Promise<number> => {
  const groupKey = await azure.enroll(webhookUrl);
  const landed = devices === 0 ? [] : await provisionDevices(devices, azure, groupKey);
  suggestion = suggest(hubs, landed);
  let failed = devices - landed.length;
  if (virtual > 0) {
    const report = progressLine('Virtual devices', process.stdout);
    const last = await azure.provisionVirtualDevices(virtual, report);
    report(last);
    failed += last.failed;
  }
  say(`\n${hubsTable(hubs, await azure.countDevices())}\n`);
  return failed;
};

/** A move that can be made: of a device that is there, to a hub where it is not. */
const suggest = (hubs: Flags['hubs'], landed: readonly RehomedDevice[]): string | undefined => {
  const [at] = landed.flatMap(({ memory }) => memory.assignment ?? []);
  const to = hubs.find(({ hostName }) => hostName !== at?.assignedHub)?.hostName.split('.')[0];
  return at && to && `npx rehome move ${at.deviceId} --to ${to} --reason 'a try'`;
};

let suggestion: string | undefined;

const provisionDevices = async (
  count: number,
  azure: AzureProcess,
  groupKey: string,
): Promise<readonly RehomedDevice[]> => {
  reachLocalAzure(azure);
  const { startDevice } = await import('./devices/device.ts'); // the SDKs take their time to load
  const startOne = (index: number) => {
    const registrationId = `device-${index}`;
    const key = derivedKey(groupKey, registrationId);
    return startDevice({ idScope: azure.idScope, registrationId, key }, realWorld);
  };
  return startFleet(
    count,
    devicesAtOnceMax,
    startOne,
    progressLine('Devices', process.stdout),
    say,
  );
};

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const isAdvice = error instanceof Error && 'code' in error; // Node's own errors go on with advice
  process.stderr.write(`rehome: ${isAdvice ? message.split('\n')[0] : message}\n`);
  process.exitCode = 1;
});
