import path from 'node:path';
import { startCloud } from '../local/cloud.ts';
import type { Fault } from '../local/cosmos/faults.ts';
import { startApp } from '../local/functions-host/app-process.ts';
import { newHostKeys } from '../local/functions-host/keys.ts';
import { reaching } from '../local/network/reach-local-azure.ts';
import { realWorld } from '../local/world.ts';
import { type Load, load } from './load.ts';

/** No store at all, or one that does so. */
export type StoreAs = Fault['does'] | 'healthy' | undefined;

const appFolder = path.resolve(import.meta.dirname, 'apps/webhook');
const hosts = ['toasters', 'heatpumps', 'others'].map((kind) => `a-${kind}-hub.azure-devices.net`);
const residentCount = 1_000;
export const how = { connections: 16, lastMs: 1_500 };

/** The webhook beside a function that does nothing and Microsoft's tutorial, on one host: each answers a round of load. */
export const webhookStage = async (does: StoreAs, seed: number, nodeFlags = '') => {
  const dps = { hostName: 'bench.azure-devices-provisioning.net', idScope: '0ne1' };
  const cloud = await startCloud({ hubs: hosts.map((hostName) => ({ hostName })), dps }, realWorld);
  const keys = newHostKeys();
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    REHOME_HUBS: JSON.stringify(hosts.map((hostName) => ({ hostName }))),
    ...(does === undefined ? {} : { ...cloud.settings, ...reaching(cloud.azure) }),
  };
  environment['NODE_OPTIONS'] = `${environment['NODE_OPTIONS'] ?? ''} ${nodeFlags}`;
  const app = await startApp({ appFolder, port: 0, keys, environment }, () => undefined);
  const ask = (route: string, bodyOf: (index: number) => string, as = how): Promise<Load> =>
    load(app, `${route}?code=${keys.host}`, bodyOf, as);
  const webhook = '/api/dps/main/allocate';
  const resident = (index: number) => bodyOf(`${seed}-${index % residentCount}`, hosts[index % 2]);
  await ask(webhook, resident, { ...how, lastMs: 3_000 }); // every resident has a record, where there is a store
  if (does !== undefined && does !== 'healthy')
    cloud.cosmos.faults.push({ count: Number.POSITIVE_INFINITY, matches: () => true, does });
  let newcomers = 0;
  const newcomer = (): string => {
    newcomers += 1;
    return bodyOf(`${seed}-${newcomers}-new`, undefined);
  };
  return {
    works: {
      'does nothing': () => ask('/api/noOp', newcomer),
      'Microsoft’s tutorial': () => ask('/api/tutorial', newcomer),
      'a resident': () => ask(webhook, resident),
      'a newcomer': () => ask(webhook, newcomer),
    },
    stop: async (): Promise<void> => {
      await app.stop();
      await cloud.stop();
    },
  };
};

const bodyOf = (id: string, currentHub: string | undefined): string =>
  JSON.stringify({
    enrollmentGroup: { enrollmentGroupId: 'fleet', allocationPolicy: 'custom' },
    deviceRuntimeContext: {
      registrationId: `device-${id}`,
      ...(currentHub ? { currentIotHubHostName: currentHub } : {}),
      symmetricKey: {},
    },
    linkedHubs: hosts,
  });
