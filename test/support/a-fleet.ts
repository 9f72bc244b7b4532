import { onTestFinished } from 'vitest';
import { fleetDevice, startCloud } from '../../local/cloud.ts';
import { startApp } from '../../local/functions-host/app-process.ts';
import { realWorld } from '../../local/world.ts';
import { rootFolder } from './source.ts';

const keys = { master: 'master-key', host: 'host-key', functions: {} };
const hosts = ['east', 'west', 'north'].map((name) => `${name}.azure-devices.net`);

/** Azure in this process, the built app in one of its own, and an enrollment group with the app's webhook. */
export const aFleet = async () => {
  const hubs = hosts.map((hostName) => ({ hostName }));
  const dps = {
    hostName: 'test.azure-devices-provisioning.net',
    idScope: '0ne1',
    retryAfterSeconds: 1,
  };
  const cloud = await startCloud({ hubs, dps }, realWorld);
  const log: string[] = [];
  const environment = {
    ...process.env,
    REHOME_HUBS: JSON.stringify(hosts.map((hostName, index) => ({ hostName, weight: index + 1 }))),
    REHOME_COSMOS: cloud.connectionString,
    REHOME_STORE_TIMEOUT_MS: '300',
  };
  const startOn = (port: number) =>
    startApp({ appFolder: rootFolder, port, keys, environment }, (line) => log.push(line));
  let app = await startOn(0);
  const url = `http://127.0.0.1:${app.port}/api/dps/main/allocate?code=${keys.host}`;
  const groupKey = cloud.enrollFleet(url);
  onTestFinished(async () => {
    await Promise.all([app.stop(), cloud.stop()]);
  });
  return {
    ...cloud,
    log,
    /** As a machine that loses power, and comes back with the same address and keys. */
    killAndRestartApp: async (): Promise<void> => {
      const { pid, port, ended } = app;
      process.kill(pid, 'SIGKILL');
      await ended;
      app = await startOn(port);
    },
    identityOf: (registrationId: string) => fleetDevice(cloud, groupKey, registrationId),
  };
};

/** What the app answered, by its own log: registration id → hubs in order. */
export const answersIn = (log: readonly string[]): ReadonlyMap<string, readonly string[]> => {
  const answers = new Map<string, string[]>();
  for (const line of log) {
    const json = /(\{"event":"allocated".*\})$/.exec(line)?.[1];
    if (!json) continue;
    const { registrationId, hub } = JSON.parse(json);
    answers.set(registrationId, [...(answers.get(registrationId) ?? []), hub]);
  }
  return answers;
};
