import { CosmosClient } from '@azure/cosmos';
import { onTestFinished } from 'vitest';
import { type Azure, startAzure } from '../../local/azure.ts';
import { createCosmos } from '../../local/cosmos/cosmos.ts';
import { listenCosmos } from '../../local/cosmos/cosmos-front.ts';
import { createContainers } from '../../local/cosmos/create-containers.ts';
import { enrollmentKey } from '../../local/dps/dps.ts';
import { readEnrollment } from '../../local/dps/enrollment.ts';
import { startApp } from '../../local/functions-host/app-process.ts';
import { derivedKey } from '../../local/sas.ts';
import { realWorld } from '../../local/world.ts';
import { rootFolder } from './source.ts';

const keys = { master: 'master-key', host: 'host-key', functions: {} };
const hosts = ['east', 'west', 'north'].map((name) => `${name}.azure-devices.net`);

/** Azure in this process, the built app in one of its own, and an enrollment group with the app's webhook. */
export const aFleet = async () => {
  const azure = await startAzure(
    {
      hubs: hosts.map((hostName) => ({ hostName })),
      dps: {
        hostName: 'test.azure-devices-provisioning.net',
        idScope: '0ne1',
        retryAfterSeconds: 1,
      },
    },
    realWorld,
  );
  const cosmos = createCosmos({}, realWorld);
  const front = await listenCosmos(cosmos);
  await createContainers(new CosmosClient({ endpoint: front.endpoint, key: cosmos.key }));
  const log: string[] = [];
  const environment = {
    ...process.env,
    REHOME_HUBS: JSON.stringify(hosts.map((hostName, index) => ({ hostName, weight: index + 1 }))),
    REHOME_COSMOS: `AccountEndpoint=${front.endpoint};AccountKey=${cosmos.key};`,
    REHOME_STORE_TIMEOUT_MS: '300',
  };
  const startOn = (port: number) =>
    startApp({ appFolder: rootFolder, port, keys, environment }, (line) => log.push(line));
  let app = await startOn(0);
  const groupKey = enroll(azure, app.port);
  onTestFinished(async () => {
    await Promise.all([app.stop(), azure.stop(), front.stop()]);
  });
  return {
    azure,
    cosmos,
    log,
    /** As a machine that loses power, and comes back with the same address and keys. */
    killAndRestartApp: async (): Promise<void> => {
      const { pid, port, ended } = app;
      process.kill(pid, 'SIGKILL');
      await ended;
      app = await startOn(port);
    },
    identityOf: (registrationId: string) => ({
      idScope: azure.dps.idScope,
      registrationId,
      key: derivedKey(groupKey, registrationId),
    }),
  };
};

const enroll = ({ dps }: Azure, port: number): string => {
  const webhookUrl = `http://127.0.0.1:${port}/api/dps/main/allocate?code=${keys.host}`;
  const body = {
    attestation: { type: 'symmetricKey' },
    allocationPolicy: 'custom',
    customAllocationDefinition: { webhookUrl, apiVersion: '2021-10-01' },
  };
  const group = readEnrollment('group', 'fleet', body, undefined, realWorld);
  dps.enrollments.set(enrollmentKey('group', 'fleet'), group);
  return group.primaryKey;
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
