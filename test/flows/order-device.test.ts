import { expect, test } from 'vitest';
import { createIdentity, removeIdentity } from '../../local/iot-hub/registry.ts';
import { hostOf } from '../support/a-hub.ts';
import { aMoveOrder, at, east, host, west } from '../support/a-move.ts';
import { aMovingWorld } from '../support/a-moving-world.ts';
import { aPolicy } from '../support/a-policy.ts';
import { main } from '../support/a-question.ts';

const policy = aPolicy({ quarantine: hostOf('north') });
const exile = host('north');
const order = { scope: main, deviceId: 'device-1', because: 'odd traffic', by: 'Otto' };
const move = aMoveOrder();

test('quarantine marks the device and asks it to go, by one write', async () => {
  const world = await aMovingWorld(policy);
  expect(await world.order.quarantine(order)).toMatchObject({
    kind: 'marked',
    record: { quarantine: { because: 'odd traffic', by: 'Otto', returnTo: east } },
    move: { kind: 'triggered', move: { to: exile }, reply: { kind: 'offline' } },
  });
});

test('[M1] quarantine supersedes a move that was open elsewhere, and nobody is asked to go there any more', async () => {
  const world = await aMovingWorld(policy);
  await world.move(move);
  await world.order.quarantine(order);
  expect(await world.history()).toMatchObject([{ verdict: 'superseded', move: { to: west } }]);
  expect(await world.recordNow()).toMatchObject({ move: { to: exile } });
});

test('quarantine marks also what cannot be asked: it goes when it registers next', async () => {
  const world = await aMovingWorld(policy);
  createIdentity(world.northHub, { deviceId: 'device-1' });
  const ordered = await world.order.quarantine(order);
  expect(ordered).toMatchObject({ kind: 'marked', move: { kind: 'refused' } });
  expect(await world.recordNow()).toMatchObject({
    quarantine: { returnTo: east },
    move: undefined,
  });
});

test('twice is as once: the hub that it was on before stands', async () => {
  const world = await aMovingWorld(policy);
  await world.order.quarantine(order);
  const before = await world.recordNow();
  await world.order.quarantine({ ...order, because: 'again' });
  expect(await world.recordNow()).toMatchObject({
    quarantine: { because: 'again', returnTo: east },
    move: before?.move,
  });
});

test('[A2] given back before it went, it is not sent there any more', async () => {
  const world = await aMovingWorld(policy);
  await world.order.quarantine(order);
  expect(await world.order.giveBack(order, undefined)).toMatchObject({ kind: 'marked' });
  expect(await world.recordNow()).toMatchObject({ quarantine: undefined, move: undefined });
  expect(await world.history()).toMatchObject([{ verdict: 'cancelled', move: { to: exile } }]);
});

test('given back once it is there, it is asked to go to where it was', async () => {
  const world = await aMovingWorld(policy);
  await world.arriveIn(exile, order);
  expect(await world.order.giveBack(order, undefined)).toMatchObject({
    kind: 'marked',
    record: { quarantine: undefined },
    move: { kind: 'triggered', move: { from: exile, to: east } },
  });
});

test('what cannot be given back stays in quarantine, and can be given back another time', async () => {
  const world = await aMovingWorld(policy);
  await world.arriveIn(exile, order);
  expect(await world.order.giveBack(order, host('nowhere'))).toMatchObject({
    kind: 'not-movable',
    because: expect.stringContaining('not in the hub table'),
  });
  expect(await world.recordNow()).toMatchObject({ quarantine: { returnTo: east } });
  expect(await world.order.giveBack(order, west)).toMatchObject({ move: { move: { to: west } } });
});

test('it is given back only to a hub that the rules allow it: no other would be answered', async () => {
  const rules = [{ name: 'west', hubs: [hostOf('west')] }];
  const world = await aMovingWorld(aPolicy({ quarantine: hostOf('north'), rules }));
  await world.arriveIn(exile, order);
  expect(await world.order.giveBack(order, undefined)).toMatchObject({
    kind: 'not-movable',
    because: expect.stringContaining('rule west wants one of west'),
  });
  expect(await world.order.giveBack(order, west)).toMatchObject({ move: { kind: 'triggered' } });
});

test('nobody is moved to the hub of quarantine by hand', async () => {
  const world = await aMovingWorld(policy);
  expect(await world.move({ ...move, to: exile })).toMatchObject({
    because: expect.stringContaining('kept for quarantined devices'),
  });
});

test('what DPS has moved there already cannot be called off before it was heard from', async () => {
  const world = await aMovingWorld(policy);
  await world.order.quarantine(order);
  removeIdentity(world.eastHub, 'device-1');
  createIdentity(world.northHub, { deviceId: 'device-1' });
  world.time.now = at(1);
  expect(await world.order.giveBack(order, undefined)).toMatchObject({ kind: 'too-late' });
  expect(await world.recordNow()).toMatchObject({ quarantine: {}, move: { to: exile } });
});

test('what began in quarantine is given back only to a hub that is named', async () => {
  const world = await aMovingWorld(policy);
  await world.arriveIn(exile, order);
  await world.forgetReturn();
  expect(await world.order.giveBack(order, undefined)).toEqual({ kind: 'no-return' });
  expect(await world.order.giveBack(order, west)).toMatchObject({ kind: 'marked' });
});

test('a pin holds moves, and yields to quarantine', async () => {
  const world = await aMovingWorld(policy);
  await world.order.pin(order);
  expect(await world.move(move)).toMatchObject({ kind: 'refused', why: 'not-movable' });
  expect(await world.order.quarantine(order)).toMatchObject({ move: { kind: 'triggered' } });
  await world.order.unpin(order);
  expect((await world.recordNow())?.pin).toBeUndefined();
});

test('nobody pinned meanwhile is asked by the sweep', async () => {
  const world = await aMovingWorld(policy);
  world.online(() => undefined);
  await world.move(move);
  await world.order.pin(order);
  const before = (await world.recordNow())?.move?.sends;
  world.time.now = at(20);
  await world.sweep();
  expect((await world.recordNow())?.move?.sends).toBe(before);
});

test('what nobody knows, and what no policy names, is said', async () => {
  const world = await aMovingWorld(policy);
  const unknown = { ...order, deviceId: 'other' };
  expect(await world.order.quarantine(unknown)).toEqual({ kind: 'unknown-device' });
  expect(await world.order.giveBack(unknown, undefined)).toEqual({ kind: 'unknown-device' });
  expect(await world.order.giveBack(order, undefined)).toEqual({ kind: 'not-quarantined' });
  expect(await world.order.pin(unknown)).toEqual({ kind: 'unknown-device' });
  expect(await world.order.label(unknown, { tenant: 'a' })).toMatchObject({ kind: 'marked' });
  expect(await world.order.pin(unknown)).toEqual({ kind: 'never-seen' });
  expect(await (await aMovingWorld()).order.quarantine(order)).toEqual({ kind: 'no-quarantine' });
});
