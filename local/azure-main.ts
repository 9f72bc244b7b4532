import type { FromAzure, ToAzure } from './azure-process.ts';
import { untilLeft } from './child.ts';
import { type Cloud, fleetDevice, startCloud } from './cloud.ts';
import { type Progress, startFleet } from './devices/fleet.ts';
import { startVirtualDevice } from './devices/virtual-device.ts';
import { dpsQuotas } from './dps/quota.ts';
import { enforceQuotas, killHub, refusedBy, registerOrganically } from './hardship.ts';
import { realWorld } from './world.ts';

/** The azure process: started by `startAzureProcess`, asked over its channel. */
const whenLeft = untilLeft();

const idScope = '0ne000REHOME';
/** A webhook that takes 10 ms is then asked about 3,000 times a second. */
const virtualAtOnceMax = 32;
const progressEveryMs = 250;

const tell = (message: FromAzure): void => {
  process.send?.(message);
};

const complain = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

let cloud: Cloud;
let groupKey = '';

const answer = async (asked: ToAzure): Promise<FromAzure> => {
  switch (asked.kind) {
    case 'start':
      return start(asked.hubs, asked.registrationsPerMinute);
    case 'enroll':
      groupKey = cloud.enrollFleet(asked.webhookUrl);
      return { kind: 'enrolled', groupKey };
    case 'provision virtual devices':
      return { kind: 'provisioned', progress: await provision(asked.count) };
    case 'count devices':
      return { kind: 'counted', deviceCounts: countDevices() };
    case 'enforce quotas':
      enforceQuotas(cloud.azure, asked.times);
      return { kind: 'done' };
    case 'tell quotas':
      return { kind: 'quotas', refused: refusedBy(cloud.azure) };
    case 'register organically':
      await registerOrganically(cloud, groupKey, asked.perMinute);
      return { kind: 'done' };
    case 'kill hub':
      killHub(cloud.azure, asked.hub);
      return { kind: 'done' };
  }
};

const start = async (
  hubs: readonly string[],
  registrationsPerMinute: number,
): Promise<FromAzure> => {
  const registrations = { ...dpsQuotas.registrations, countMax: registrationsPerMinute };
  const dps = {
    hostName: 'rehome-local.azure-devices-provisioning.net',
    idScope,
    quotas: { registrations },
    retryAfterSeconds: 1,
  };
  cloud = await startCloud({ hubs: hubs.map((hostName) => ({ hostName })), dps }, realWorld);
  whenLeft(cloud.stop);
  const { redirects, authority } = cloud.azure;
  return { kind: 'started', idScope, settings: cloud.settings, redirects, authority };
};

const provision = async (count: number): Promise<Progress> => {
  let last: Progress = { landed: 0, failed: 0, total: count };
  const timer = setInterval(() => tell({ kind: 'progress', progress: last }), progressEveryMs);
  const startOne = (index: number) => {
    const { registrationId, key } = fleetDevice(cloud, groupKey, `virtual-${index}`);
    return startVirtualDevice(cloud.azure.dps, registrationId, key);
  };
  const note = (progress: Progress): void => {
    last = progress;
  };
  await startFleet(count, virtualAtOnceMax, startOne, note, complain);
  clearInterval(timer);
  return last;
};

const countDevices = (): Record<string, number> =>
  Object.fromEntries(
    [...cloud.azure.hubs].map(([hostName, { devices }]) => [hostName, devices.size]),
  );

process.on('message', (message: ToAzure | { readonly kind: 'stop' }) => {
  if (message.kind === 'stop') return;
  void answer(message).then(tell);
});
