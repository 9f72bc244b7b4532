import { describe, expect, test } from 'vitest';
import { createIdentity, removeIdentity } from '../../local/iot-hub/registry.ts';
import { deviceKey } from '../../shared/domain/device.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { InventoryLimits } from '../../shared/flows/inventory-pages.ts';
import { takeInventory } from '../../shared/flows/take-inventory.ts';
import type { Inventory } from '../../shared/ports/inventories.ts';
import { aFleetOnCores, never } from '../support/a-fleet-on-cores.ts';
import { aHub } from '../support/a-hub.ts';
import { aMove, east, host, west } from '../support/a-move.ts';
import { main } from '../support/a-question.ts';
import { anEnrollment } from '../support/a-request.ts';

const hour = 3_600_000;
const limits: InventoryLimits = {
  dpsOperations: 100,
  hubQueries: () => 100,
  budgetMs: 60_000,
  everyMs: 24 * hour,
  atOnceMax: 8,
  isOnlyScope: true,
};

/** 250 devices of the fleet on east, 30 on west; 20 that DPS places by itself; 5 that no DPS knows. */
const aBrownfield = (but: Partial<InventoryLimits> = {}) => {
  const fleet = aFleetOnCores();
  for (let index = 0; index < 250; index += 1) fleet.add(`Device-${index}`, 'east', 'fleet');
  for (let index = 0; index < 30; index += 1) fleet.add(`west-${index}`, 'west', 'fleet');
  for (let index = 0; index < 20; index += 1) fleet.add(`plain-${index}`, 'west', 'plain');
  for (let index = 0; index < 5; index += 1) fleet.add(`stranger-${index}`, 'north');
  const run = takeInventory(fleet.ports, { ...limits, ...but });
  const record = async (deviceId: string) =>
    (await fleet.ports.records.read(deviceKey(main, deviceId), never))?.record;
  return { ...fleet, run: async () => (await run(main)).inventory, record };
};

const throughout = async (run: () => Promise<Inventory>, runsMax = 50): Promise<number> => {
  for (let runs = 1; runs <= runsMax; runs += 1) if ((await run()).phase === 'done') return runs;
  throw new Error('it does not end');
};

test('a fleet that was there before is taken in: where it is, by whom it was enrolled, and what its twins show', async () => {
  const { run, record, ports } = aBrownfield();
  const inventory = await run();
  expect(inventory).toMatchObject({
    pass: 1,
    phase: 'done',
    counts: {
      enrollments: 2,
      registered: 300,
      identities: 305,
      takenIn: 305,
      updated: 300, // their twins
      ghosts: 0,
      missing: 0,
      faults: 0,
    },
  });
  expect(await record('device-7')).toMatchObject({
    deviceId: 'Device-7',
    registrationId: 'device-7',
    home: east,
    observed: { hub: east },
    enrollment: 'main:group:fleet',
    traits: { enabled: true, iotEdge: false, advertises: true },
  });
  expect(await record('stranger-1')).toMatchObject({ home: host('north'), enrollment: undefined });
  const group = await ports.enrollments.read('main:group:plain', never);
  expect(group).toMatchObject({ asksUs: false, reprovision: 'migrate' });
});

test('[R1] a second pass writes nothing, where nothing is new', async () => {
  const { run, time, ports } = aBrownfield();
  await run();
  const { write } = ports.records;
  let writes = 0;
  Object.assign(ports.records, {
    write: (...given: Parameters<typeof write>) => {
      writes += 1;
      return write(...given);
    },
  });
  time.now += 25 * hour;
  const again = await run();
  expect(again).toMatchObject({ pass: 2, phase: 'done', counts: { takenIn: 0, updated: 0 } });
  expect(writes).toBe(0);
});

test('until the next pass is due it rests', async () => {
  const { run, time } = aBrownfield();
  await run();
  time.now += 23 * hour;
  expect((await run()).pass).toBe(1);
});

test('it keeps to its pace: so many operations a run, so many queries of each hub', async () => {
  const { run } = aBrownfield({ dpsOperations: 1, hubQueries: () => 1 });
  const first = await run();
  expect(first.phase).toBe('individuals');
  const runs = await throughout(run);
  expect(runs).toBeGreaterThan(6);
});

describe('[R1] killed at any write and restarted, it comes to the same', () => {
  test.each([1, 7, 40, 311, 400])('after write %i', async (deadAfter) => {
    const { run, ports, record } = aBrownfield();
    const { write } = ports.records;
    let writes = 0;
    Object.assign(ports.records, {
      write: (...given: Parameters<typeof write>) => {
        writes += 1;
        if (writes === deadAfter) throw new Error('the process ends');
        return write(...given);
      },
    });
    await run().catch(() => undefined);
    await throughout(run);
    expect((await record('device-249'))?.traits).toBeDefined();
    const page = await ports.records.all(main, 1_000, undefined, never);
    expect(page !== 'bad-after' && page.records.length).toBe(305);
  });
});

test('[R4] two at once: nobody is taken in twice, and both go on', async () => {
  const { run, ports } = aBrownfield();
  await Promise.all([run(), run()]);
  await throughout(run);
  const page = await ports.records.all(main, 1_000, undefined, never);
  expect(page !== 'bad-after' && page.records.length).toBe(305);
});

test('an identity that was left behind is a ghost; one that is gone makes its device missing', async () => {
  const { run, time, coreOf, record } = aBrownfield();
  await run();
  createIdentity(coreOf('west'), { deviceId: 'Device-1' }); // nobody is at work there
  removeIdentity(coreOf('east'), 'Device-2');
  time.now += 25 * hour;
  const again = await run();
  expect(again.counts).toMatchObject({ ghosts: 1, missing: 1 });
  expect(await record('device-1')).toMatchObject({ observed: { hub: east }, ghosts: [west] });
  expect(await record('device-2')).toMatchObject({ finding: { kind: 'missing', hub: east } });
});

test('[M4] a device that went elsewhere behind our back is found there', async () => {
  const { run, time, coreOf, record, add } = aBrownfield();
  await run();
  removeIdentity(coreOf('east'), 'Device-3');
  add('Device-3', 'west');
  time.now += 25 * hour;
  await run();
  expect(await record('device-3')).toMatchObject({
    home: east,
    observed: { hub: west },
    finding: { kind: 'stray', hub: west },
  });
});

test('two devices whose ids differ in case alone are told of each other', async () => {
  const { run, record, add } = aBrownfield();
  add('DEVICE-4', 'north');
  await run();
  expect((await record('device-4'))?.conflictsWith).toBe('DEVICE-4');
});

test('a hub that gives no answer holds nobody up, and in the end is passed over', async () => {
  const { run, coreOf, complaints, record } = aBrownfield();
  const away = { status: 503, body: {} };
  const count = Number.POSITIVE_INFINITY;
  coreOf('north').faults.push({ matches: () => true, does: async () => away, count });
  const first = await run();
  expect(first).toMatchObject({
    phase: 'registries',
    hubs: [{ hub: host('north'), silentRuns: 1 }],
  });
  expect((await record('device-7'))?.traits).toBeDefined();
  const runs = await throughout(run);
  expect(runs).toBe(5);
  expect(complaints[0]).toContain('"hub":"north.azure-devices.net"');
  expect((await run()).counts.faults).toBe(1);
});

test('where there are several scopes, an identity that no DPS told of is left to the others', async () => {
  const { run, record } = aBrownfield({ isOnlyScope: false });
  expect((await run()).counts.takenIn).toBe(300);
  expect(await record('stranger-1')).toBeUndefined();
});

test('a record of its own that is newer than what DPS says stands', async () => {
  const { run, record, ports, time } = aBrownfield();
  const key = deviceKey(main, 'device-9');
  const { newDeviceRecord } = await import('../../shared/domain/device.ts');
  const seen = { hub: west, at: time.now as never };
  const labels = { tenant: 'contoso' };
  const own = { ...newDeviceRecord(main, 'Device-9'), home: west, observed: seen, labels };
  await ports.records.write(key, own, undefined, never);
  await run();
  expect(await record('device-9')).toMatchObject({
    labels,
    home: west,
    enrollment: 'main:group:fleet',
  });
});

test('that an enrollment asked us stays known while it is the same, under whatever address', async () => {
  const { run, ports, dps, time } = aBrownfield();
  const { etag = '' } = dps.enrollments.get('group/plain') ?? {};
  const heard = anEnrollment({ id: 'plain', etag, linked: [east, west] });
  await ports.enrollments.learn(main, heard, never);
  await run();
  const learnt = () => ports.enrollments.read('main:group:plain', never);
  expect(await learnt()).toMatchObject({ asksUs: true, linked: [east, west] });
  await ports.enrollments.learn(main, { ...heard, etag: '"another"' }, never);
  time.now += 25 * hour;
  await run();
  expect(await learnt()).toMatchObject({ asksUs: false, linked: [east, west] });
});

test('a query that is minutes behind makes no ghost, and takes no device back', async () => {
  const { run, time, coreOf, record, ports } = aBrownfield();
  await run();
  const { page } = ports.registries;
  const old = await page(east, undefined); // as it was then
  removeIdentity(coreOf('east'), 'Device-5');
  createIdentity(coreOf('west'), { deviceId: 'Device-5' });
  const key = deviceKey(main, 'device-5');
  const kept = await ports.records.read(key, never);
  if (!kept) throw new Error('no record');
  const moved = { ...kept.record, home: west, observed: { hub: west, at: instant(time.now) } };
  await ports.records.write(key, moved, kept.version, never);
  Object.assign(ports.registries, {
    page: async (...given: Parameters<typeof page>) => (given[0] === east ? old : page(...given)),
  });
  time.now += 25 * hour;
  await run();
  expect(await record('device-5')).toMatchObject({
    home: west,
    observed: { hub: west },
    ghosts: [],
  });
});

test('a hub that gives no answer on where a device is said to be leaves it where it is said to be', async () => {
  const { run, time, coreOf, record } = aBrownfield();
  await run();
  createIdentity(coreOf('west'), { deviceId: 'Device-6' });
  const away = { status: 503, body: {} };
  const isTwin = ({ url }: { readonly url: string }) => url.includes('Device-6');
  coreOf('east').faults.push({ matches: isTwin, does: async () => away, count: 9 });
  time.now += 25 * hour;
  const again = await run();
  expect(again.counts.faults).toBe(1);
  expect(await record('device-6')).toMatchObject({ observed: { hub: east }, ghosts: [] });
});

test('a ghost that is gone by the next day is forgotten', async () => {
  const { run, time, coreOf, record } = aBrownfield();
  await run();
  createIdentity(coreOf('west'), { deviceId: 'Device-1' });
  time.now += 25 * hour;
  await run();
  expect(await record('device-1')).toMatchObject({ ghosts: [west] });
  removeIdentity(coreOf('west'), 'Device-1');
  time.now += 25 * hour;
  await run();
  expect(await record('device-1')).toMatchObject({ ghosts: [], observed: { hub: east } });
});

test('names that differ in case alone: the one that is known stays as it is, day after day', async () => {
  const { run, time, record, add } = aBrownfield();
  await run();
  add('DEVICE-8', 'west', 'plain');
  for (let day = 0; day < 3; day += 1) {
    time.now += 25 * hour;
    await run();
    expect(await record('device-8')).toMatchObject({
      deviceId: 'Device-8',
      observed: { hub: east },
      conflictsWith: 'DEVICE-8',
      finding: undefined,
    });
  }
});

test('a group that is deleted meanwhile holds nobody up', async () => {
  const { run, dps } = aBrownfield({ dpsOperations: 2 });
  await run(); // the groups are known
  dps.enrollments.delete('group/plain');
  await throughout(run);
});

test('a device that is being moved is left to its move', async () => {
  const { run, time, record, ports, coreOf } = aBrownfield();
  await run();
  const key = deviceKey(main, 'device-10');
  const kept = await ports.records.read(key, never);
  if (!kept) throw new Error('no record');
  const moving = { ...kept.record, move: aMove() };
  await ports.records.write(key, moving, kept.version, never);
  removeIdentity(coreOf('east'), 'Device-10');
  createIdentity(coreOf('west'), { deviceId: 'Device-10' });
  time.now += 25 * hour;
  await run();
  expect(await record('device-10')).toEqual(moving);
});

test('a hub that is closed is not asked', async () => {
  const hubs = [aHub('east'), aHub('west'), aHub('north', { state: 'closed' })];
  const fleet = aFleetOnCores(hubs);
  fleet.add('stranger', 'north');
  const { inventory } = await takeInventory(fleet.ports, limits)(main);
  expect(inventory).toMatchObject({ phase: 'done', counts: { identities: 0, faults: 0 } });
});

test('a device that left between the page and the look is not missing', async () => {
  const { run, time, record, ports, coreOf } = aBrownfield();
  await run();
  removeIdentity(coreOf('east'), 'Device-11');
  const key = deviceKey(main, 'device-11');
  const { among } = ports.registries;
  Object.assign(ports.registries, {
    among: async (...given: Parameters<typeof among>) => {
      const kept = await ports.records.read(key, never);
      const observed = { hub: west, at: instant(time.now) };
      if (kept && kept.record.observed?.hub === east)
        await ports.records.write(
          key,
          { ...kept.record, home: west, observed },
          kept.version,
          never,
        );
      return among(...given);
    },
  });
  time.now += 25 * hour;
  await run();
  expect(await record('device-11')).toMatchObject({ observed: { hub: west }, finding: undefined });
});
