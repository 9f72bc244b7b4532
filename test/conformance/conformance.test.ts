import { onTestFinished } from 'vitest';
import { startAzure } from '../../local/azure.ts';
import { startDevice } from '../../local/devices/device.ts';
import { blankMemory } from '../../local/devices/running.ts';
import { startVirtualDevice } from '../../local/devices/virtual-device.ts';
import type { Dps } from '../../local/dps/dps.ts';
import { readEnrollment } from '../../local/dps/enrollment.ts';
import { createHub } from '../../local/iot-hub/hub.ts';
import { reachLocalAzure } from '../../local/network/reach-local-azure.ts';
import { derivedKey } from '../../local/sas.ts';
import { realWorld } from '../../local/world.ts';
import { conformance, groupKey, type Rig, rigDps } from './contract.ts';

const deviceId = 'device-1';
const hosts = ['east', 'west'].map((name) => `${name}.azure-devices.net`);
const dps = { hostName: 'test.azure-devices-provisioning.net', idScope: '0ne1' };

const enroll = ({ enrollments }: Dps): string => {
  const body = {
    attestation: { type: 'symmetricKey' },
    allocationPolicy: 'custom',
    customAllocationDefinition: { webhookUrl: 'https://app/api', apiVersion: '2021-10-01' },
  };
  const group = readEnrollment('group', 'fleet', body, undefined, realWorld);
  enrollments.set(groupKey, group);
  return derivedKey(group.primaryKey, deviceId);
};

conformance('the reference device, on the cores', async () => {
  const hubs = new Map(hosts.map((hostName) => [hostName, createHub({ hostName }, realWorld)]));
  const made = rigDps({ ...dps, hubs: [...hubs.values()] }, realWorld, () => rig);
  const rig: Rig = { deviceId, dps: made, hubs, answer: hosts[0] ?? '', payloads: [] };
  const key = enroll(made);
  const memory = blankMemory();
  const switchOn = async () => {
    const device = await startVirtualDevice(made, deviceId, key, memory);
    return { cut: device.stop };
  };
  return { rig, switchOn };
});

conformance('the reference device, on Microsoft’s device SDK', async () => {
  const azure = await startAzure(
    {
      hubs: hosts.map((hostName) => ({ hostName })),
      dps: { ...dps, retryAfterSeconds: 1 },
      callWebhook: async (_url, body) => {
        const { payload } = body['deviceRuntimeContext'] as { readonly payload?: never };
        rig.payloads.push(payload);
        return { status: 200, body: { iotHubHostName: rig.answer } };
      },
    },
    realWorld,
  );
  onTestFinished(() => azure.stop());
  reachLocalAzure(azure);
  const { dps: made, hubs } = azure;
  const rig: Rig = { deviceId, dps: made, hubs, answer: hosts[0] ?? '', payloads: [] };
  const key = enroll(made);
  const memory = blankMemory();
  const identity = { idScope: dps.idScope, registrationId: deviceId, key };
  const switchOn = async () => {
    const device = await startDevice(identity, realWorld, memory);
    return { cut: device.stop };
  };
  return { rig, switchOn };
});
