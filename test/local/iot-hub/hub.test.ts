import azureIothub from 'azure-iothub';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Azure, startAzure } from '../../../local/azure.ts';
import type { HubDevice, Session } from '../../../local/iot-hub/device.ts';
import { connectionString, type IotHub } from '../../../local/iot-hub/hub.ts';
import type { HubEvent } from '../../../local/iot-hub/hub-event.ts';
import { connect, disconnect } from '../../../local/iot-hub/links.ts';
import { report } from '../../../local/iot-hub/twins.ts';
import { reachLocalAzure } from '../../../local/network/reach-local-azure.ts';
import { realWorld } from '../../../local/world.ts';

/** The local hub through the genuine service SDK, over TLS, under its real name. */
const { Registry } = azureIothub;

let azure: Azure;
let hub: IotHub;
let registry: InstanceType<typeof Registry>;
const events: HubEvent[] = [];

beforeAll(async () => {
  const hubs = [
    { hostName: 'east.azure-devices.net', onEvent: (event: HubEvent) => events.push(event) },
    { hostName: 'full.azure-devices.net', deviceCountMax: 1 },
  ];
  const dps = { hostName: 'test.azure-devices-provisioning.net', idScope: '0ne1' };
  azure = await startAzure({ hubs, dps }, realWorld);
  reachLocalAzure(azure);
  hub = azure.hubs.get('east.azure-devices.net') as IotHub;
  registry = Registry.fromConnectionString(connectionString(hub));
});
afterAll(() => azure.stop());

const session = (closed: (why: string) => void = () => undefined): Session => ({
  close: closed,
  takesMethods: () => false,
  invoke: () => undefined,
  notify: () => undefined,
});

test('an identity is created, read, changed and removed, and each is told as an event', async () => {
  events.length = 0;
  const { responseBody: made } = await registry.create({ deviceId: 'pump' });
  expect(made).toMatchObject({
    deviceId: 'pump',
    status: 'enabled',
    connectionState: 'Disconnected',
  });
  expect((await registry.get('pump')).responseBody.authentication?.symmetricKey?.primaryKey).toBe(
    made.authentication?.symmetricKey?.primaryKey,
  );
  const { responseBody: changed } = await registry.update({ ...made, status: 'disabled' });
  expect(changed).toMatchObject({ status: 'disabled' });
  await registry.delete('pump');
  await expect(registry.get('pump')).rejects.toMatchObject({ name: 'DeviceNotFoundError' });
  expect(events.map(({ opType, hubName, deviceId }) => ({ opType, hubName, deviceId }))).toEqual([
    { opType: 'createDeviceIdentity', hubName: 'east', deviceId: 'pump' },
    { opType: 'deleteDeviceIdentity', hubName: 'east', deviceId: 'pump' },
  ]);
});

test('an identity that exists is not made again, and a full hub takes none', async () => {
  await registry.create({ deviceId: 'once' });
  await expect(registry.create({ deviceId: 'once' })).rejects.toMatchObject({
    name: 'DeviceAlreadyExistsError',
  });
  const full = Registry.fromConnectionString(
    connectionString(azure.hubs.get('full.azure-devices.net') as IotHub),
  );
  await full.create({ deviceId: 'first' });
  await expect(full.create({ deviceId: 'second' })).rejects.toMatchObject({
    name: 'TooManyDevicesError',
  });
});

test('deviceIds keep their case', async () => {
  await registry.create({ deviceId: 'Case' });
  await expect(registry.get('case')).rejects.toMatchObject({ name: 'DeviceNotFoundError' });
});

test('a twin is patched under its etag', async () => {
  await registry.create({ deviceId: 'twin' });
  const patch = { tags: { site: 'A' }, properties: { desired: { speed: 3, fan: { on: true } } } };
  const { responseBody: first } = await registry.updateTwin('twin', patch as never, '*');
  expect(first).toMatchObject({
    tags: { site: 'A' },
    properties: { desired: { speed: 3, fan: { on: true }, $version: 2 } },
  });
  const erase = { properties: { desired: { fan: null } } };
  await registry.updateTwin('twin', erase as never, first.etag);
  await expect(registry.updateTwin('twin', erase as never, first.etag)).rejects.toMatchObject({
    response: { statusCode: 412 },
  });
  const { responseBody: read } = await registry.getTwin('twin');
  expect(read.properties.desired).toMatchObject({ speed: 3, $version: 3 });
  expect(read.properties.desired).not.toHaveProperty('fan');
  const told = events.filter(({ deviceId }) => deviceId === 'twin');
  expect(told.map(({ opType }) => opType)).toEqual([
    'createDeviceIdentity',
    'updateTwin',
    'updateTwin',
  ]);
});

test('what the device reports stands in its twin, with when', async () => {
  await registry.create({ deviceId: 'reporter' });
  report(hub, hub.devices.get('reporter') as HubDevice, { reprovision: { state: 'done' } });
  const { responseBody } = await registry.getTwin('reporter');
  expect(responseBody.properties.reported).toMatchObject({
    reprovision: { state: 'done' },
    $version: 2,
    $metadata: {
      reprovision: {
        $lastUpdated: expect.stringMatching(/Z$/),
        state: { $lastUpdated: expect.any(String) },
      },
    },
  });
});

test('links are told as events, and a second closes the first', async () => {
  await registry.create({ deviceId: 'linked' });
  const device = hub.devices.get('linked') as HubDevice;
  events.length = 0;
  const closed: string[] = [];
  const first = session((why) => closed.push(why));
  const second = session();
  connect(hub, device, first);
  connect(hub, device, second);
  disconnect(hub, device, first);
  expect(closed).toEqual(['another link of the same device']);
  expect((await registry.getTwin('linked')).responseBody).toMatchObject({
    connectionState: 'Connected',
  });
  disconnect(hub, device, second);
  expect(events.map(({ opType }) => opType)).toEqual([
    'deviceConnected',
    'deviceConnected',
    'deviceDisconnected',
  ]);
  const numbers = events.map(({ body }) => String(body['sequenceNumber']));
  expect(numbers).toEqual(numbers.toSorted());
  expect(numbers.every((number) => /^[0-9A-F]{64}$/.test(number))).toBe(true);
});

test('statistics count devices', async () => {
  const { responseBody } = await registry.getRegistryStatistics();
  expect(responseBody).toMatchObject({ totalDeviceCount: hub.devices.size });
});

describe('queries', () => {
  test('all twins come in pages, each once', async () => {
    for (let index = 0; index < 25; index += 1) await registry.create({ deviceId: `q-${index}` });
    const query = registry.createQuery('SELECT * FROM devices', 10);
    const found: string[] = [];
    while (query.hasMoreResults) {
      const { result } = await query.nextAsTwin();
      expect(result.length).toBeLessThanOrEqual(10);
      found.push(...result.map(({ deviceId }) => deviceId));
    }
    expect(found.sort()).toEqual([...hub.devices.keys()].sort());
  });

  test('they are counted', async () => {
    const query = registry.createQuery('SELECT COUNT() AS count FROM devices');
    expect((await query.next('')).result).toEqual([{ count: hub.devices.size }]);
  });

  test('another query is refused by its text', async () => {
    const query = registry.createQuery('SELECT deviceId FROM devices');
    await expect(query.nextAsTwin()).rejects.toMatchObject({
      responseBody: expect.stringContaining(
        'does not know the query: SELECT deviceId FROM devices',
      ),
    });
  });
});

test('a wrong key is refused, and so is what the hub does not have', async () => {
  const other = connectionString(azure.hubs.get('full.azure-devices.net') as IotHub).replace(
    'full',
    'east',
  );
  await expect(Registry.fromConnectionString(other).get('pump')).rejects.toMatchObject({
    name: 'UnauthorizedError',
  });
  await expect(
    registry.addConfiguration({ id: 'c', schemaVersion: '1.0', content: {} } as never),
  ).rejects.toMatchObject({
    responseBody: expect.stringContaining('The local hub has no PUT configurations'),
  });
});
