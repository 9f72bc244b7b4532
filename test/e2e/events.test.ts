import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { eventProducer } from '../../local/event-hubs/sdk.ts';
import { toRoutedMessage } from '../../local/iot-hub/routing.ts';
import { realWorld } from '../../local/world.ts';
import { aFleet } from '../support/a-fleet.ts';
import { aDeviceIn, type Fleet, patience } from '../support/a-fleet-device.ts';

/** What happens to events, and to the app, on the way to a proof. */

const send = async (fleet: Fleet, messages: readonly object[]) => {
  const { REHOME_EVENTS = '', REHOME_EVENTS_HUB = '' } = fleet.settings;
  const producer = eventProducer(REHOME_EVENTS, REHOME_EVENTS_HUB);
  for (const message of messages) {
    const one = { bodyType: 'data', ...message } as never;
    await producer.sendBatch([one], { partitionKey: 'device-1' });
  }
  await producer.close();
};

const twinEvent = { 'iothub-message-source': 'twinChangeEvents' };

test('[R3] what cannot be parsed is kept whole, and what comes behind it is heard', async () => {
  const fleet = await aFleet();
  const { device, settles, order, from } = await aDeviceIn(fleet, 'device-1');
  const [hubName] = from.split('.');
  await send(fleet, [
    {
      body: Buffer.from('telemetry'),
      messageAnnotations: { 'iothub-message-source': 'Telemetry' },
    },
    { body: Buffer.from('{}'), messageAnnotations: twinEvent, applicationProperties: { hubName } },
    {
      body: Buffer.from([0, 255]),
      messageAnnotations: twinEvent,
      applicationProperties: {
        hubName,
        deviceId: 'device-1',
        opType: 'updateTwin',
        operationTimestamp: '2026-01-01T00:00:00Z',
      },
    },
  ]);
  await order();
  await settles('verified');
  const folder = path.join(fleet.stateFolder, 'blobs/dead-letters/on-hub-event');
  const files = (await readdir(folder, { recursive: true })).filter((file) =>
    file.endsWith('.json'),
  );
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  const letters = texts.flatMap((text) => JSON.parse(text));
  expect(letters).toHaveLength(2);
  expect(letters).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ because: expect.stringContaining('deviceId') }),
      expect.objectContaining({
        body: Buffer.from([0, 255]).toString('base64'),
        properties: expect.objectContaining({ opType: 'updateTwin' }),
        systemProperties: expect.objectContaining(twinEvent),
      }),
    ]),
  );
  expect(fleet.log.join('\n')).toContain('dead-lettered');
  await device.stop();
}, 60_000);

test('[R2] a store that is gone holds the partition, and nothing is lost', async () => {
  const fleet = await aFleet();
  const { device, settles, order, to, twinOn } = await aDeviceIn(fleet, 'device-1');
  let [isGone, isOver] = [false, false];
  const [heard, left] = [fleet.events.length, 'deviceDisconnected'];
  fleet.cosmos.faults.push({
    count: Number.POSITIVE_INFINITY,
    matches: ({ url }) => {
      // Before it registers, the device leaves its hub.
      isGone ||= !isOver && fleet.events.slice(heard).some(({ opType }) => opType === left);
      return isGone && url.includes('/docs');
    },
    does: { kind: 'answer', status: 503 },
  });
  await order(); // whether that it accepts could still be written, or not
  // The webhook needs the store to know of the move: without it a resident stays.
  await vi.waitFor(() => expect(fleet.log.join('\n')).toContain('"degraded":true'), patience);
  await vi.waitFor(
    () => expect(fleet.log.join('\n')).toContain('Function.onHubEvent failed'),
    patience,
  );
  isOver = true;
  isGone = false;
  await vi.waitFor(
    async () => {
      await fleet.sweep();
      expect(twinOn(to)).toBeDefined();
    },
    { timeout: 40_000, interval: 1_000 },
  );
  await settles('verified');
  await device.stop();
}, 90_000);

test('[M4] every event three times more, backwards: the verdict stands, and so does the hub', async () => {
  const fleet = await aFleet();
  const { device, settles, order, to, history } = await aDeviceIn(fleet, 'device-1');
  await order();
  await settles('verified');
  const before = await history();
  const again = fleet.events
    .filter(({ deviceId }) => deviceId === 'device-1')
    .toReversed()
    .flatMap((event) => [event, event, event]);
  await send(
    fleet,
    again.map((event) => {
      const { body, properties, annotations } = toRoutedMessage(event, realWorld);
      return {
        body: Buffer.from(body),
        applicationProperties: properties,
        messageAnnotations: annotations,
      };
    }),
  );
  // What is sent last has been heard when a device that is new in it is known.
  const other = await aDeviceIn(fleet, 'device-2');
  expect(await history()).toEqual(before);
  expect((await fleet.ask('GET', 'main/device-1')).body).toMatchObject({
    observed: { hub: to },
    home: to,
    move: null,
    finding: null,
  });
  await Promise.all([device.stop(), other.device.stop()]);
}, 60_000);

test('[R1] [M5] killed at each of ten calls of store and hubs, and restarted: no move lost, none doubled', async () => {
  const fleet = await aFleet();
  const ids = Array.from({ length: 10 }, (_, index) => `device-${index}`);
  const devices = await Promise.all(ids.map((id) => aDeviceIn(fleet, id)));
  for (const [index, { order, history, id, memory }] of devices.entries()) {
    let calls = 0;
    const died = Promise.withResolvers<void>();
    const count = (): boolean => {
      calls += 1;
      if (calls === index + 1) {
        fleet.kill();
        died.resolve();
      }
      return false;
    };
    const fault = { count: 1, matches: count };
    fleet.cosmos.faults.push({ ...fault, does: { kind: 'hang' } });
    for (const hub of fleet.azure.hubs.values())
      hub.faults.push({ ...fault, does: (proper) => proper() });
    const ordered = order().catch(() => undefined);
    await died.promise;
    fleet.cosmos.faults.length = 0;
    for (const hub of fleet.azure.hubs.values()) hub.faults.length = 0;
    await ordered;
    await fleet.restart();
    const verified = async () => {
      const found = await fleet.ask('GET', `main/${id}`);
      const settled = await history();
      if (!found.body.move && settled.length === 0)
        await order(); // it never came to the ledger
      else await fleet.sweep();
      expect(settled).toMatchObject([{ verdict: 'verified' }]);
    };
    await vi.waitFor(verified, { timeout: 30_000, interval: 500 });
    expect(memory.handled.filter(({ state }) => state === 'done')).toHaveLength(1);
  }
  for (const { history } of devices) expect(await history()).toHaveLength(1);
  await Promise.all(devices.map(({ device }) => device.stop()));
}, 150_000);

test('Event Grid instead of Event Hubs: the handshake, and a device that is told of', async () => {
  const fleet = await aFleet();
  const { device, to } = await aDeviceIn(fleet, 'device-1');
  const url = `${fleet.appUrl()}/runtime/webhooks/eventgrid?functionName=onGridEvent&code=${fleet.keys.eventGrid}`;
  const post = (type: string, body: unknown, address = url) =>
    fetch(address, {
      method: 'POST',
      headers: { 'aeg-event-type': type },
      body: JSON.stringify(body),
    });
  const handshake = await post('SubscriptionValidation', [{ data: { validationCode: 'abc' } }]);
  expect(await handshake.json()).toEqual({ validationResponse: 'abc' });
  const told = {
    id: '1',
    eventType: 'Microsoft.Devices.DeviceConnected',
    eventTime: new Date(Date.now() + 1_000).toISOString(),
    data: { hubName: to.split('.')[0], deviceId: 'device-1' },
  };
  expect((await post('Notification', [told])).status).toBe(202);
  expect((await fleet.ask('GET', 'main/device-1')).body).toMatchObject({
    observed: { hub: to },
    finding: { kind: 'stray', hub: to },
  });
  expect(
    (await post('Notification', { eventType: 'Microsoft.Devices.DeviceCreated' })).status,
  ).toBe(202);
  expect(fleet.log.join('\n')).toContain('"source":"onGridEvent"');
  expect((await post('Notification', [], url.replace(/code=.*/, 'code=x'))).status).toBe(401);
  expect((await post('Notification', [], url.replace('onGridEvent', 'none'))).status).toBe(404);
  expect((await post('Other', [])).status).toBe(400);
  expect((await post('Unsubscribe', [])).status).toBe(202);
  await device.stop();
}, 40_000);
