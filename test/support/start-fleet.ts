import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fleetDevice, startCloud } from '../../local/cloud.ts';
import type { Dps } from '../../local/dps/dps.ts';
import { startApp } from '../../local/functions-host/app-process.ts';
import type { HostKeys } from '../../local/functions-host/keys.ts';
import type { HubEvent } from '../../local/iot-hub/hub-event.ts';
import { reaching } from '../../local/network/reach-local-azure.ts';
import { realWorld } from '../../local/world.ts';
import type { MoveView, SettledView } from '../../shared/wire/api/devices.ts';
import { breachOf } from './contract-of-the-api.ts';
import { rootFolder } from './source.ts';

const keys: HostKeys = {
  master: 'master-key',
  host: 'host-key',
  functions: {},
  eventGrid: 'grid-key',
};
/** What tests name of the management API's bodies: each body has some of it. */
type Answered = {
  readonly reply: string;
  readonly move: MoveView | null;
  readonly moves: readonly SettledView[];
};

const operators = [
  { token: 'no-role', name: 'Nora', roles: [] },
  { token: 'a-reader', name: 'Rita', roles: ['Read'] },
  { token: 'an-operator', name: 'Otto', roles: ['Operate'] },
  { token: 'an-admin', name: 'Ada', roles: ['Admin'] },
];
const threeHosts = ['east', 'west', 'north'].map((name) => `${name}.azure-devices.net`);

/**
 * Azure in this process, the built app in one of its own, and an enrollment group with the app's webhook: until it is stopped.
 * @param settings of the app, before those of the cloud.
 * @param entry how the app comes in where it has to show who it is.
 */
export const startFleet = async (
  settings: Readonly<Record<string, string>> = {},
  hosts: readonly string[] = threeHosts,
  appFolder: string = rootFolder,
  quotas: Partial<Dps['quotas']> = {},
  entry: 'by keys' | 'by identity' = 'by keys',
) => {
  const events: HubEvent[] = [];
  const onEvent = (event: HubEvent): void => {
    events.push(event);
  };
  const hubs = hosts.map((hostName) => ({ hostName, onEvent }));
  const dps = {
    hostName: 'test.azure-devices-provisioning.net',
    idScope: '0ne1',
    retryAfterSeconds: 1,
    quotas,
  };
  const cloud = await startCloud({ hubs, dps }, realWorld);
  const log: string[] = [];
  const stateFolder = await mkdtemp(path.join(tmpdir(), 'rehome-state-'));
  const environment = {
    ...process.env,
    REHOME_HUBS: JSON.stringify(hosts.map((hostName, index) => ({ hostName, weight: index + 1 }))),
    WEBSITE_AUTH_ENABLED: 'True',
    REHOME_LOOK_SECONDS: '2',
    REHOME_STORE_TIMEOUT_MS: '300',
    ...(entry === 'by keys' ? cloud.settings : cloud.keyless),
    ...settings,
    ...reaching(cloud.azure),
  };
  const startOn = (port: number, opens: HostKeys = keys) =>
    startApp({ appFolder, port, keys: opens, environment, stateFolder, operators }, (line) =>
      log.push(line),
    );
  let app = await startOn(0);
  const url = `http://127.0.0.1:${app.port}/api/dps/main/allocate?code=${keys.host}`;
  const groupKey = cloud.enrollFleet(url);
  const send = async (
    method: string,
    path: string,
    body?: object | string,
    { token, ...headers }: Readonly<Record<string, string>> = {},
  ) => {
    const response = await fetch(`http://127.0.0.1:${app.port}/api/${path}`, {
      method,
      headers: {
        'x-requested-with': 'a test',
        authorization: `Bearer ${token ?? 'an-operator'}`,
        ...headers,
      },
      ...(body ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
    });
    const { status } = response;
    const text = await response.text();
    const answered: unknown = text === '' ? undefined : JSON.parse(text);
    if (status === 304) return { status, body: answered, etag: response.headers.get('etag') };
    const breach = breachOf(method, path, status, answered);
    if (breach !== undefined) throw new Error(`${method} ${path} breaks its contract: ${breach}`);
    return { status, body: answered, etag: response.headers.get('etag') };
  };
  const call = async (method: string, path: string, body?: object, token = 'an-operator') => {
    const answered = await send(method, path, body, { token });
    return { status: answered.status, body: answered.body };
  };
  const ask = async (method: string, rest: string, body?: object, token?: string) => {
    const answered = await call(method, `devices/${rest}`, body, token);
    // What stands in it is for the test to say.
    return { status: answered.status, body: answered.body as Answered };
  };
  const runTimer = async (name: string): Promise<void> => {
    const url = `http://127.0.0.1:${app.port}/admin/functions/${name}?code=${keys.master}`;
    const { status } = await fetch(url, { method: 'POST' });
    if (status !== 202) throw new Error(`${name} failed: ${status}`);
  };
  return {
    ...cloud,
    stop: async (): Promise<void> => {
      await app.stop();
      await cloud.stop();
      await rm(stateFolder, { recursive: true });
    },
    /** The management API, as an operator, or as whose token it is: an answer that is not as it is described throws. */
    send,
    ask,
    call,
    /** Runs a timer's function now, and waits for it. */
    runTimer,
    /** Runs the sweep now. */
    sweep: () => runTimer('sweepMoves'),
    /** What the hubs told, in order. */
    events,
    webhookUrl: url,
    appUrl: () => `http://127.0.0.1:${app.port}`,
    appPid: () => app.pid,
    keys,
    stateFolder,
    /** As a machine that loses power. */
    kill: (): void => {
      process.kill(app.pid, 'SIGKILL');
    },
    /** With the same address; and keys, unless there are others. */
    restart: async (others?: HostKeys): Promise<void> => {
      await app.ended;
      app = await startOn(app.port, others);
    },
    log,
    identityOf: (registrationId: string) => fleetDevice(cloud, groupKey, registrationId),
  };
};
