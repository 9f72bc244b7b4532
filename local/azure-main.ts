import { CosmosClient } from '@azure/cosmos';
import { type Azure, startAzure } from './azure.ts';
import type { FromAzure, ToAzure } from './azure-process.ts';
import { untilLeft } from './child.ts';
import { createCosmos } from './cosmos/cosmos.ts';
import { listenCosmos } from './cosmos/cosmos-front.ts';
import { createContainers } from './cosmos/create-containers.ts';
import { type Progress, startFleet } from './devices/fleet.ts';
import { startVirtualDevice } from './devices/virtual-device.ts';
import { enrollmentKey } from './dps/dps.ts';
import { readEnrollment } from './dps/enrollment.ts';
import { dpsQuotas } from './dps/quota.ts';
import { derivedKey } from './sas.ts';
import { realWorld } from './world.ts';

/** The azure process: started by `startAzureProcess`, asked over its channel. */
const whenLeft = untilLeft();

const idScope = '0ne000REHOME';
const groupId = 'fleet';
/** A webhook that takes 10 ms is then asked about 3,000 times a second. */
const virtualAtOnceMax = 32;
const progressEveryMs = 250;

const tell = (message: FromAzure): void => {
  process.send?.(message);
};

const complain = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

let azure: Azure;

const answer = async (asked: ToAzure): Promise<FromAzure> => {
  switch (asked.kind) {
    case 'start':
      return start(asked.hubs, asked.registrationsPerMinute);
    case 'enroll':
      return { kind: 'enrolled', groupKey: enroll(asked.webhookUrl) };
    case 'provision virtual devices':
      return { kind: 'provisioned', progress: await provision(asked.count) };
    case 'count devices':
      return { kind: 'counted', deviceCounts: countDevices() };
  }
};

const start = async (
  hubs: readonly string[],
  registrationsPerMinute: number,
): Promise<FromAzure> => {
  const registrations = { ...dpsQuotas.registrations, countMax: registrationsPerMinute };
  const options = {
    hubs: hubs.map((hostName) => ({ hostName })),
    dps: {
      hostName: 'rehome-local.azure-devices-provisioning.net',
      idScope,
      quotas: { registrations },
      retryAfterSeconds: 1,
    },
  };
  azure = await startAzure(options, realWorld);
  const cosmos = createCosmos({}, realWorld);
  const front = await listenCosmos(cosmos);
  await createContainers(new CosmosClient({ endpoint: front.endpoint, key: cosmos.key }));
  whenLeft(async () => {
    await Promise.all([azure.stop(), front.stop()]);
  });
  return {
    kind: 'started',
    idScope,
    cosmos: `AccountEndpoint=${front.endpoint};AccountKey=${cosmos.key};`,
    redirects: azure.redirects,
    authority: azure.authority,
  };
};

const enroll = (webhookUrl: string): string => {
  const body = {
    attestation: { type: 'symmetricKey' },
    allocationPolicy: 'custom',
    customAllocationDefinition: { webhookUrl, apiVersion: '2021-10-01' },
  };
  const enrollment = readEnrollment('group', groupId, body, undefined, realWorld);
  azure.dps.enrollments.set(enrollmentKey('group', groupId), enrollment);
  return enrollment.primaryKey;
};

const provision = async (count: number): Promise<Progress> => {
  const groupKey = azure.dps.enrollments.get(enrollmentKey('group', groupId))?.primaryKey ?? '';
  let last: Progress = { landed: 0, failed: 0, total: count };
  const timer = setInterval(() => tell({ kind: 'progress', progress: last }), progressEveryMs);
  const startOne = (index: number) => {
    const registrationId = `virtual-${index}`;
    return startVirtualDevice(azure.dps, registrationId, derivedKey(groupKey, registrationId));
  };
  const note = (progress: Progress): void => {
    last = progress;
  };
  await startFleet(count, virtualAtOnceMax, startOne, note, complain);
  clearInterval(timer);
  return last;
};

const countDevices = (): Record<string, number> =>
  Object.fromEntries([...azure.hubs].map(([hostName, { devices }]) => [hostName, devices.size]));

process.on('message', (message: ToAzure | { readonly kind: 'stop' }) => {
  if (message.kind === 'stop') return;
  void answer(message).then(tell);
});
