import azureIotDevice from 'azure-iot-device';
import azureIotDeviceMqtt from 'azure-iot-device-mqtt';
import azureIothub from 'azure-iothub';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Azure, startAzure } from '../../../local/azure.ts';
import type { HubDevice } from '../../../local/iot-hub/device.ts';
import { connectionString, createHub, type IotHub } from '../../../local/iot-hub/hub.ts';
import { connect } from '../../../local/iot-hub/links.ts';
import { answerMethod, invokeMethod } from '../../../local/iot-hub/methods.ts';
import { createIdentity } from '../../../local/iot-hub/registry.ts';
import { reachLocalAzure } from '../../../local/network/reach-local-azure.ts';
import { realWorld, type World } from '../../../local/world.ts';

/** Direct methods: the genuine service SDK calls, the genuine device SDK answers. */
const { Client: Service } = azureIothub;
const { Client: Device } = azureIotDevice;
const { Mqtt } = azureIotDeviceMqtt;

let azure: Azure;
let hub: IotHub;
beforeAll(async () => {
  const dps = { hostName: 'test.azure-devices-provisioning.net', idScope: '0ne1' };
  azure = await startAzure({ hubs: [{ hostName: 'east.azure-devices.net' }], dps }, realWorld);
  reachLocalAzure(azure);
  hub = azure.hubs.get('east.azure-devices.net') as IotHub;
});
afterAll(() => azure.stop());

const call = async (deviceId: string, methodName: string, more: object = {}) => {
  const service = Service.fromConnectionString(connectionString(hub));
  const { result } = await service.invokeDeviceMethod(deviceId, {
    methodName,
    payload: { a: 1 },
    ...more,
  });
  return result;
};

const aDevice = async (deviceId: string) => {
  const { keys } = hub.devices.get(deviceId) ?? createIdentity(hub, { deviceId });
  const device = Device.fromConnectionString(
    `HostName=${hub.hostName};DeviceId=${deviceId};SharedAccessKey=${keys.primaryKey}`,
    Mqtt,
  );
  device.onDeviceMethod('echo', (request, response) => {
    response.send(202, { echoed: request.payload }).catch(() => undefined);
  });
  await device.open();
  onTestFinished(async () => {
    await device.close();
    device.removeAllListeners();
  });
};

test('a device that is online answers, with its status and payload', async () => {
  await aDevice('pump');
  expect(await call('pump', 'echo', { connectTimeoutInSeconds: 5 })).toEqual({
    status: 202,
    payload: { echoed: { a: 1 } },
  });
});

test('a device that comes in time is waited for', async () => {
  createIdentity(hub, { deviceId: 'late' });
  const calling = call('late', 'echo', { connectTimeoutInSeconds: 10 });
  await aDevice('late');
  expect(await calling).toMatchObject({ status: 202 });
});

const refusal = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => new Error('It was answered.'),
    (refused) => refused,
  );
  return {
    statusCode: error.response?.statusCode,
    inner: JSON.parse(JSON.parse(error.responseBody).Message).errorCode,
  };
};

test('a device that is not online is 404103, one that is not there 404001, a bad request 400027', async () => {
  createIdentity(hub, { deviceId: 'offline' });
  expect(await refusal(call('offline', 'echo'))).toEqual({ statusCode: 404, inner: 404103 });
  expect(await refusal(call('nobody', 'echo'))).toEqual({ statusCode: 404, inner: 404001 });
  expect(await refusal(call('offline', 'echo', { responseTimeoutInSeconds: 4 }))).toEqual({
    statusCode: 400,
    inner: 400027,
  });
});

test('a device that does not answer is 504101 when its time is over, and a late answer goes nowhere', async () => {
  let nowMs = 0;
  const due: { atMs: number; then: () => void }[] = [];
  const world: World = {
    now: () => nowMs,
    random: Math.random,
    after: (delayMs, then) => void due.push({ atMs: nowMs + delayMs, then }),
  };
  const silent = createHub({ hostName: 'silent.azure-devices.net' }, world);
  const device: HubDevice = createIdentity(silent, { deviceId: 'pump' });
  const asked: string[] = [];
  const invoke = (_name: string, requestId: string) => void asked.push(requestId);
  connect(silent, device, {
    close: () => undefined,
    notify: () => undefined,
    takesMethods: () => true,
    invoke,
  });
  const calling = invokeMethod(silent, 'pump', { methodName: 'echo', responseTimeoutInSeconds: 5 });
  const failing = expect(calling).rejects.toMatchObject({ reply: { status: 504 } });
  await Promise.resolve();
  nowMs = 5_000;
  for (const { then } of due) then();
  await failing;
  answerMethod(silent, device, asked[0] ?? '', { status: 200, payload: null });
  expect(silent.calls.size).toBe(0);
});
