import { expect, test } from 'vitest';
import { createIdentity, removeIdentity } from '../../local/iot-hub/registry.ts';
import { report } from '../../local/iot-hub/twins.ts';
import { requestId } from '../../shared/domain/move.ts';
import { aMoveOrder, at, east, west } from '../support/a-move.ts';
import { aMovingWorld, key, never } from '../support/a-moving-world.ts';
import { main } from '../support/a-question.ts';

const order = aMoveOrder();

test('[M2] the ledger says so before the device is told, at the first request and at every other', async () => {
  const { move, online, sweep, time, ports } = await aMovingWorld();
  const told: (string | undefined)[] = [];
  const look = async () => {
    const active = (await ports.records.read(key, never))?.record.move;
    told.push(active && `${requestId(active)} ${active.sends}`);
  };
  online(() => {
    void look();
    return { status: 200, payload: { answer: 'accepted' } };
  });
  expect(await move(order)).toMatchObject({ kind: 'triggered', reply: { kind: 'accepted' } });
  time.now = at(10);
  await sweep();
  expect(told).toEqual([`m-${'a'.repeat(20)}:1 1`, `m-${'a'.repeat(20)}:1 2`]);
});

test('a move that is proved is settled by the event that completes it, with its history', async () => {
  const { move, see, online, westHub, eastHub, time, recordNow, history } = await aMovingWorld();
  online(() => ({ status: 200, payload: { answer: 'accepted' } }));
  await move(order);
  time.now = at(0.1);
  removeIdentity(eastHub, 'device-1');
  createIdentity(westHub, { deviceId: 'device-1' });
  const early = { kind: 'created', hub: west, at: time.now } as const;
  await see(early);
  expect(await recordNow()).toMatchObject({ observed: { hub: east }, move: { to: west } });
  time.now = at(0.2);
  await see({ kind: 'active', hub: west, at: time.now });
  expect(await recordNow()).toMatchObject({ home: west, observed: { hub: west }, move: undefined });
  expect(await history()).toMatchObject([{ verdict: 'verified', settledAt: at(0.2) }]);
});

test('that a device accepts is not written, and costs no read', async () => {
  const { ports, online, move, recordNow } = await aMovingWorld();
  online(() => ({ status: 200, payload: { answer: 'accepted' } }));
  const { read } = ports.records;
  let reads = 0;
  Object.assign(ports.records, {
    read: (...asked: Parameters<typeof read>) => {
      reads += 1;
      return read(...asked);
    },
  });
  expect(await move(aMoveOrder())).toMatchObject({ reply: { kind: 'accepted' } });
  expect(reads).toBe(1);
  expect((await recordNow())?.move).toMatchObject({ ask: { kind: 'sent' } });
});

test('[M1] a second move of a device is refused while the first is open', async () => {
  const { move, online } = await aMovingWorld();
  online(() => undefined);
  online(() => ({ status: 200, payload: { answer: 'accepted' } }));
  await move(order);
  expect(await move(order)).toMatchObject({
    kind: 'refused',
    why: 'not-movable',
    because: expect.stringContaining('under way'),
  });
});

test('a device that nothing is known of, or not enough, is refused by name', async () => {
  const { move, eastHub } = await aMovingWorld();
  expect(await move({ ...order, deviceId: 'nobody' })).toMatchObject({ why: 'unknown-device' });
  const device = eastHub.devices.get('device-1');
  if (device) report(eastHub, device, { reprovision: null });
  expect(await move(order)).toMatchObject({ why: 'not-known-to-be-movable' });
  expect(await move({ ...order, unknownAllowed: true })).toMatchObject({ kind: 'triggered' });
});

test('an offline device is asked by its twin; when the move is called off, the request is gone from it', async () => {
  const { move, end, eastHub, recordNow, history, sweep, time } = await aMovingWorld();
  expect(await move(order)).toMatchObject({ reply: { kind: 'offline' } });
  const desired = () => eastHub.devices.get('device-1')?.desired.properties['reprovision'];
  expect(desired()).toMatchObject({ requestId: `m-${'a'.repeat(20)}:1` });
  expect(await recordNow()).toMatchObject({ move: { ask: { kind: 'parked' }, inTwin: true } });
  await end(main, 'device-1', 'called off');
  expect(await recordNow()).toMatchObject({ move: undefined, home: east });
  time.now = at(2);
  await sweep();
  expect(desired()).toBeUndefined();
  expect((await recordNow())?.leftover).toBeUndefined();
  expect(await history()).toMatchObject([{ verdict: 'cancelled', because: 'called off' }]);
});

test('[M2] the ledger knows of a request before it stands in a twin', async () => {
  const { move, eastHub, recordNow } = await aMovingWorld();
  const known: unknown[] = [];
  eastHub.faults.push({
    matches: ({ method }) => method === 'PATCH',
    count: 1,
    does: async (proper) => {
      known.push((await recordNow())?.move?.inTwin);
      return proper();
    },
  });
  await move(order);
  expect(known).toEqual([true]);
});

test('a move that is called off when its device has arrived is verified, and one on its way is followed', async () => {
  const arrived = await aMovingWorld();
  arrived.online(() => ({ status: 200, payload: { answer: 'accepted' } }));
  await arrived.move(order);
  arrived.time.now = at(1);
  removeIdentity(arrived.eastHub, 'device-1');
  const there = createIdentity(arrived.westHub, { deviceId: 'device-1' });
  report(arrived.westHub, there, { hub: west });
  expect(await arrived.end(main, 'device-1', 'off')).toMatchObject({
    settled: { settled: { verdict: 'verified' } },
  });

  const late = await aMovingWorld();
  late.online(() => ({ status: 200, payload: { answer: 'accepted' } }));
  await late.move(order);
  expect(await late.end(main, 'device-1', 'off')).toMatchObject({
    settled: { settled: { verdict: 'cancelled' } },
  });
  removeIdentity(late.eastHub, 'device-1'); // DPS had decided before
  createIdentity(late.westHub, { deviceId: 'device-1' });
  late.time.now = at(2);
  await late.sweep();
  expect(await late.recordNow()).toMatchObject({ observed: { hub: west }, leftover: undefined });
});

test('a request that could not be cleared stays in the record until it is', async () => {
  const { move, end, eastHub, recordNow, sweep, time } = await aMovingWorld();
  await move(order);
  await end(main, 'device-1', 'called off');
  expect(await recordNow()).toMatchObject({ leftover: { hubs: [east, west] } });
  eastHub.faults.push({ matches: () => true, count: 1, does: async () => 'dropped' });
  time.now = at(2);
  await sweep();
  expect(await recordNow()).toMatchObject({ leftover: { hubs: [east] } });
  time.now = at(10);
  await sweep();
  expect((await recordNow())?.leftover).toBeUndefined();
  expect(eastHub.devices.get('device-1')?.desired.properties['reprovision']).toBeUndefined();
});

test('[M7] a missing device is looked for, and found, or given up as decommissioned', async () => {
  const { see, eastHub, westHub, sweep, time, recordNow } = await aMovingWorld();
  removeIdentity(eastHub, 'device-1');
  await see({ kind: 'absent', hub: east, at: at(1) });
  expect(await recordNow()).toMatchObject({ finding: { kind: 'missing' } });
  time.now = at(10);
  await sweep();
  expect(await recordNow()).toMatchObject({ finding: { kind: 'missing' } });
  time.now = at(17);
  westHub.faults.push({ matches: () => true, count: 1, does: async () => 'dropped' });
  await sweep();
  expect(await recordNow()).toMatchObject({ finding: { kind: 'missing' } });
  time.now = at(17 + 24 * 60);
  await sweep();
  expect(await recordNow()).toMatchObject({ finding: { kind: 'decommissioned' } });
  createIdentity(westHub, { deviceId: 'device-1' });
  await see({ kind: 'created', hub: west, at: at(2_000) });
  expect(await recordNow()).toMatchObject({ finding: { kind: 'stray' }, observed: { hub: west } });
});

test('[M2] a late reply to one attempt puts no request of another into the twin', async () => {
  const { move, eastHub, ports, recordNow } = await aMovingWorld();
  const record = await recordNow();
  if (!record) throw new Error('no record');
  eastHub.faults.push({
    matches: ({ url }) => url.includes('/methods'),
    count: 1,
    does: async (proper) => {
      // Meanwhile another process has gone on to the next attempt.
      const kept = await ports.records.read(key, never);
      const open = kept?.record.move;
      if (kept && open) {
        const next = { ...kept.record, move: { ...open, attempt: 2 } };
        await ports.records.write(key, next, kept.version, never);
      }
      return proper();
    },
  });
  expect(await move(order)).toMatchObject({ reply: { kind: 'offline' } });
  expect(eastHub.devices.get('device-1')?.desired.properties).toEqual({});
});

test('a device that seems to have changed hubs is looked for on both: the newer event may come first', async () => {
  const { see, online, time, recordNow, westHub } = await aMovingWorld();
  online(() => undefined);
  time.now = at(20);
  await see({ kind: 'active', hub: west, at: at(5) }); // late; since then it is connected to east
  expect(await recordNow()).toMatchObject({ observed: { hub: east }, finding: undefined });
  createIdentity(westHub, { deviceId: 'device-1' });
  time.now = at(30);
  await see({ kind: 'created', hub: west, at: at(29) });
  expect(await recordNow()).toMatchObject({ observed: { hub: east }, ghosts: [west] });
  await see({ kind: 'absent', hub: west, at: at(31) });
  expect(await recordNow()).toMatchObject({ ghosts: [] });
});

test('what DPS has moved cannot be called off', async () => {
  const { move, online, end, eastHub, westHub, time, recordNow } = await aMovingWorld();
  expect(await end(main, 'nobody', 'off')).toEqual({ kind: 'unknown-device' });
  expect(await end(main, 'device-1', 'off')).toEqual({ kind: 'no-move' });
  online(() => ({ status: 200, payload: { answer: 'accepted' } }));
  await move(order);
  time.now = at(1);
  removeIdentity(eastHub, 'device-1');
  createIdentity(westHub, { deviceId: 'device-1' });
  expect(await end(main, 'device-1', 'off')).toMatchObject({ kind: 'too-late' });
  expect(await recordNow()).toMatchObject({ move: { to: west } });
});
