import { expect, test, vi } from 'vitest';
import { startDevice } from '../../local/devices/device.ts';
import type { Firmware } from '../../local/devices/running.ts';
import { realWorld } from '../../local/world.ts';
import { aFleet } from '../support/a-fleet.ts';
import { aDeviceIn, type Fleet, patience } from '../support/a-fleet-device.ts';

/** What the device container was written and charged since. */
const meter = ({ cosmos }: Fleet) => {
  const container = cosmos.containers.get('rehome/devices');
  const [lsn = 0, units = 0] = [container?.lsn, container?.budget.units];
  return () => ({
    writes: (container?.lsn ?? 0) - lsn,
    units: units - (container?.budget.units ?? 0),
  });
};

/** Devices on the genuine SDK are moved, through the app on its host, and everything that may go wrong with it. */

test('online, by method: moved, proved and settled, in the field’s own time; its twin is as before', async () => {
  const fleet = await aFleet();
  const { device, from, to, twinOn, settles, order, memory } = await aDeviceIn(fleet, 'device-1');
  const before = twinOn(from);
  before && Object.assign(before.tags, { site: 'north' });
  before && Object.assign(before.desired.properties, { interval: 5, nested: { deep: [1, 2] } });
  const contents = structuredClone([before?.tags, before?.desired.properties]);
  const spent = meter(fleet);
  const { status, body } = await order();
  expect([status, body.reply]).toEqual([202, 'accepted']);
  // The log tells, so that no question of ours is charged.
  await vi.waitFor(() => expect(fleet.log.join()).toContain('"verdict":"verified"'), patience);
  const { writes, units } = spent();
  // Two of the device, one of the history: by published prices, with every read.
  expect(writes).toBe(3);
  expect(units).toBeLessThanOrEqual(40);
  await settles('verified');
  expect(twinOn(from)).toBeUndefined();
  expect([twinOn(to)?.tags, twinOn(to)?.desired.properties]).toEqual(contents);
  expect(twinOn(to)?.session).toBeDefined();
  expect(memory.handled).toMatchObject([{ state: 'done', gapMs: expect.any(Number) }]);
  expect((await fleet.ask('GET', 'main/device-1')).body).toMatchObject({
    home: to,
    observed: { hub: to },
    move: null,
    finding: null,
  });
  await device.stop();
}, 40_000);

test('offline: asked by its twin when it returns, moved, and the request is gone from the twin', async () => {
  const fleet = await aFleet();
  const { device, memory, from, to, twinOn, settles, order } = await aDeviceIn(fleet, 'device-1');
  await device.stop();
  await vi.waitFor(() => expect(twinOn(from)?.session).toBeUndefined(), patience);
  expect((await order()).body.reply).toBe('offline');
  expect(twinOn(from)?.desired.properties).toMatchObject({
    reprovision: { campaignId: 'by-hand' },
  });
  const back = await startDevice(fleet.identityOf('device-1'), realWorld, memory);
  await settles('verified');
  await vi.waitFor(
    async () => {
      await fleet.sweep();
      expect(twinOn(to)?.desired.properties).toEqual({});
    },
    { timeout: 50_000, interval: 2_000 },
  );
  await back.stop();
}, 90_000);

test('refusing, and deferring: its word is heeded', async () => {
  const fleet = await aFleet();
  const refusing = await aDeviceIn(fleet, 'refusing', {
    mood: { kind: 'refuses', why: 'in surgery' },
    habit: 'keeps the contract',
  });
  expect((await refusing.order()).body.reply).toBe('refused');
  expect(await refusing.history()).toMatchObject([{ verdict: 'refused', because: 'in surgery' }]);
  const deferring = await aDeviceIn(fleet, 'deferring', {
    mood: { kind: 'defers', forMs: 3_600_000 },
    habit: 'keeps the contract',
  });
  expect((await deferring.order()).body.reply).toBe('deferred');
  expect((await fleet.ask('GET', 'main/deferring')).body.move).toMatchObject({ stage: 'deferred' });
  expect((await fleet.ask('DELETE', 'main/deferring/move?reason=enough')).body.move).toMatchObject({
    verdict: 'cancelled',
    because: 'enough (Otto)',
  });
  await Promise.all([refusing.device.stop(), deferring.device.stop()]);
}, 40_000);

test('accepted, moved by DPS, and dead: stranded, never verified', async () => {
  const fleet = await aFleet({ REHOME_SILENCE_SECONDS: '5' });
  const { from, to, twinOn, order, history, memory } = await aDeviceIn(fleet, 'device-1', {
    mood: { kind: 'accepts' },
    habit: 'dies',
  });
  expect((await order()).body.reply).toBe('accepted');
  await vi.waitFor(() => expect(memory.assignment?.assignedHub).toBe(to), patience);
  expect(twinOn(to)).toBeDefined();
  expect(twinOn(from)).toBeUndefined();
  expect(await history()).toEqual([]);
  await vi.waitFor(
    async () => {
      await fleet.sweep();
      expect(await history()).toMatchObject([
        { verdict: 'stranded', because: `moved to ${to}, and never heard from there` },
      ]);
    },
    { timeout: 40_000, interval: 1_000 },
  );
  expect((await fleet.ask('GET', 'main/device-1')).body).toMatchObject({ observed: { hub: to } });
}, 60_000);

test('accepted, and mute: asked again by the same request, which it answers as before', async () => {
  const fleet = await aFleet();
  const { device, order, memory } = await aDeviceIn(fleet, 'device-1', {
    mood: { kind: 'accepts' },
    habit: 'is mute',
  });
  expect((await order()).body.reply).toBe('accepted');
  await vi.waitFor(
    async () => {
      await fleet.sweep();
      const { move } = (await fleet.ask('GET', 'main/device-1')).body;
      expect(move).toMatchObject({ stage: 'acknowledged', requestsSent: 2 });
      expect(move?.requestId).toMatch(/:1$/);
    },
    { timeout: 20_000, interval: 1_000 },
  );
  expect(memory.handled).toHaveLength(1);
  await device.stop();
}, 40_000);

test('never answering: the outcome is unknown, and the same request finds it when it answers again', async () => {
  const fleet = await aFleet();
  const firmware: Firmware = { mood: { kind: 'is silent' }, habit: 'keeps the contract' };
  const { device, order, memory, settles } = await aDeviceIn(fleet, 'device-1', firmware);
  const { body } = await order(); // as long as a method may take
  expect(body).toMatchObject({ reply: 'unknown', move: { stage: 'triggered' } });
  firmware.mood = { kind: 'accepts' };
  await vi.waitFor(
    async () => {
      await fleet.sweep();
      expect(memory.handled).toMatchObject([{ requestId: body.move?.requestId }]);
    },
    { timeout: 90_000, interval: 2_000 },
  );
  await settles('verified');
  await device.stop();
}, 130_000);

test('a fleet of IoT Central’s: DeviceMove with the id scope, proved by the hubs alone', async () => {
  const fleet = await aFleet({ REHOME_DEVICE_PROFILE: 'deviceMove' });
  const { device, to, twinOn, settles, order } = await aDeviceIn(fleet, 'device-1', {
    mood: { kind: 'accepts' },
    habit: 'knows DeviceMove',
  });
  expect((await order()).body.reply).toBe('accepted');
  await settles('verified');
  expect(twinOn(to)?.session).toBeDefined();
  await device.stop();
}, 40_000);

test('old firmware that knows no method: not known to be movable, and asked all the same, its outcome is unknown', async () => {
  const fleet = await aFleet();
  const { device, order } = await aDeviceIn(fleet, 'device-1', {
    mood: { kind: 'accepts' },
    habit: 'knows nothing',
  });
  expect(await order()).toMatchObject({
    status: 409,
    body: { type: 'urn:rehome:not-known-to-be-movable' },
  });
  expect((await order({ allowUnknown: true })).body.reply).toBe('offline'); // no method: as if it were away
  await device.stop();
}, 40_000);

test('a hub that throttles is waited for, and was sent nothing', async () => {
  const fleet = await aFleet();
  const { device, memory, from, order } = await aDeviceIn(fleet, 'device-1');
  fleet.azure.hubs.get(from)?.faults.push({
    matches: ({ url }) => url.includes('/methods'),
    count: 1,
    does: async () => ({
      status: 429,
      headers: { 'iothub-errorcode': 'ThrottlingException', 'retry-after': '1' },
    }),
  });
  expect((await order()).body.reply).toBe('throttled');
  expect(memory.handled).toEqual([]);
  expect((await fleet.ask('GET', 'main/device-1')).body.move).toMatchObject({ stage: 'triggered' });
  await device.stop();
}, 40_000);

test('an enrollment that never moves a device is named', async () => {
  const fleet = await aFleet();
  const { device, order } = await aDeviceIn(fleet, 'device-1');
  for (const [key, enrollment] of fleet.azure.dps.enrollments)
    fleet.azure.dps.enrollments.set(key, {
      ...enrollment,
      reprovisionPolicy: { updateHubAssignment: false, migrateDeviceData: false },
    });
  await device.stop();
  const again = await startDevice(fleet.identityOf('device-1'), realWorld); // the webhook hears of it
  expect(await order()).toMatchObject({
    status: 409,
    body: {
      type: 'urn:rehome:not-movable',
      detail: 'its enrollment fleet never moves a device',
    },
  });
  await again.stop();
}, 40_000);

test('[R5] who may what: nobody, a reader, an operator; and what is wrong is named', async () => {
  const fleet = await aFleet();
  const { device } = await aDeviceIn(fleet, 'device-1');
  const path = 'main/device-1';
  expect(await fleet.ask('GET', path, undefined, 'nobody')).toMatchObject({ status: 401 });
  expect(
    await fleet.ask('POST', `${path}/moves`, { to: 'x', reason: 'y' }, 'a-reader'),
  ).toMatchObject({
    status: 403,
  });
  expect(await fleet.ask('GET', path, undefined, 'a-reader')).toMatchObject({ status: 200 });
  const forged = await fetch(`${fleet.appUrl()}/api/devices/${path}`, {
    headers: {
      'x-ms-client-principal': Buffer.from('{"claims":[{"typ":"roles","val":"Admin"}]}').toString(
        'base64',
      ),
    },
  });
  expect(forged.status).toBe(401);
  expect(await fleet.ask('POST', `${path}/moves`, { to: 'no host', bad: 1 })).toMatchObject({
    status: 400,
    body: { errors: expect.arrayContaining([{ field: 'to', detail: expect.any(String) }]) },
  });
  expect(await fleet.ask('GET', 'other/device-1')).toMatchObject({ status: 404 });
  expect(await fleet.ask('GET', 'main/nobody')).toMatchObject({ status: 404 });
  expect(await fleet.ask('DELETE', `${path}/move?reason=x`)).toMatchObject({ status: 409 });
  expect(await fleet.ask('GET', 'main?limit=0')).toMatchObject({ status: 400 });
  expect(await fleet.ask('GET', 'main')).toMatchObject({
    status: 200,
    body: { devices: [], after: null },
  });
  await device.stop();
}, 40_000);
