import { randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { startVirtualDevice } from '../../local/devices/virtual-device.ts';
import { hostOf } from '../support/a-hub.ts';
import { aSmallFleet, hashOf } from '../support/a-small-fleet.ts';

/** What becomes of moves under way when the app is replaced, when its newer version is taken back, and when its store is lost. */

const patience = { timeout: 30_000, interval: 250 };

const settings = {
  REHOME_SNAPSHOT_MS: '200',
  REHOME_CAMPAIGN: JSON.stringify({ bakeMinutes: 0 }),
  // They run when the test says so.
  'AzureWebJobs.takeInventory.Disabled': 'true',
  'AzureWebJobs.rebalance.Disabled': 'true',
};

type Fleet = Awaited<ReturnType<typeof aSmallFleet>>;

const homeOf = ({ azure }: Fleet, id: string): string | undefined =>
  [...azure.hubs.values()].find((hub) => hub.devices.has(id))?.hostName;

const elsewhere = (hub: string | undefined): string =>
  ['east', 'west'].map(hostOf).find((other) => other !== hub) ?? '';

/** The table of a container. */
const tableOf = ({ cosmos }: Fleet, id: string): string =>
  cosmos.containers.get(`rehome/${id}`)?.table ?? '';

const documentOf = (fleet: Fleet, deviceId: string): string => {
  const rows = fleet.cosmos.database.prepare(`SELECT body FROM ${tableOf(fleet, 'devices')}`).all();
  const bodies = rows.map(({ body }) => String(body));
  const found = bodies.find((body) => {
    const { deviceId: id, slice, decidedAt, historyOf } = JSON.parse(body);
    return id === deviceId && slice !== undefined && !decidedAt && !historyOf;
  });
  if (found === undefined) throw new Error(`${deviceId} has no document.`);
  return found;
};

/** By another hand. */
const write = (fleet: Fleet, before: string, after: object): void => {
  const etag = `"${randomUUID()}"`;
  const { changes } = fleet.cosmos.database
    .prepare(`UPDATE ${tableOf(fleet, 'devices')} SET body = ?, etag = ? WHERE body = ?`)
    .run(JSON.stringify({ ...after, _etag: etag }), etag, before);
  if (changes !== 1) throw new Error('It was written meanwhile.');
};

const powerless = async (fleet: Fleet, ...indices: readonly number[]): Promise<void> => {
  for (const index of indices) await fleet.devices[index]?.stop();
};

/** It comes back where it was. */
const powered = async ({ azure, identityOf, devices }: Fleet, index: number): Promise<void> => {
  const { registrationId, key } = identityOf(`device-${index}`);
  await startVirtualDevice(azure.dps, registrationId, key, devices[index]?.memory);
};

const verdictsOf = async ({ ask }: Fleet, id: string) =>
  (await ask('GET', `main/${id}/moves`)).body.moves.map(({ verdict }) => verdict);

test('[R1] replaced with moves and a campaign under way: the version that follows carries them to their end', async () => {
  const fleet = await aSmallFleet(settings, 8);
  await fleet.settled();
  const from = homeOf(fleet, 'device-0');
  await powerless(fleet, 0);
  const order = { to: elsewhere(from), reason: 'a test' };
  expect((await fleet.ask('POST', 'main/device-0/moves', order)).body.reply).toBe('offline');
  const plan = await fleet.planned('plans/main', { goal: 'drain', hub: hostOf('north') });
  const moving = plan.plan?.moveCount ?? 0;
  const campaign = { plan: plan.id, hash: hashOf(plan), reason: 'a test' };
  const approved = await fleet.call('POST', 'campaigns/main', campaign);
  expect([moving > 0, approved.status]).toEqual([true, 201]);
  fleet.kill();
  await fleet.restart();
  await powered(fleet, 0);
  const { id } = approved.body as { readonly id: string };
  await vi.waitFor(
    async () => {
      await fleet.sweep();
      expect(await verdictsOf(fleet, 'device-0')).toEqual(['verified']);
      await fleet.runTimer('advanceCampaigns');
      const { body } = await fleet.call('GET', `campaigns/main/${id}`);
      expect(body).toMatchObject({ state: 'ended', outcome: 'completed' });
    },
    { timeout: 120_000, interval: 1_000 },
  );
  expect(fleet.on('north')).toBe(0);
}, 180_000);

test('[M2] a newer version is taken back: what it wrote is left whole, its device stays where it is, and it is named', async () => {
  const fleet = await aSmallFleet(settings, 1);
  await fleet.settled();
  const from = homeOf(fleet, 'device-0');
  await powerless(fleet, 0);
  const to = elsewhere(from);
  const order = { to, reason: 'a test' };
  expect((await fleet.ask('POST', 'main/device-0/moves', order)).body.reply).toBe('offline');
  const before = documentOf(fleet, 'device-0');
  write(fleet, before, { ...JSON.parse(before), schemaVersion: 2, unheardOf: { a: 1 } });
  const newer = documentOf(fleet, 'device-0');
  await powered(fleet, 0); // it has the request in its twin, and registers: the valve is shut to what nobody understands
  await vi.waitFor(() => expect(fleet.log.join()).toContain('"storeFault":'), patience);
  await vi.waitFor(
    () => expect(fleet.log.join()).toContain('"event":"record-unreadable"'),
    patience,
  );
  expect(homeOf(fleet, 'device-0')).toBe(from);
  const { status } = await fleet.call('GET', 'devices/main/device-0');
  expect(status).toBe(503);
  await fleet.sweep();
  expect(documentOf(fleet, 'device-0')).toBe(newer);
  // The newer version is back, or its document is mended: nothing of the move is lost, and it can be called off and asked for again.
  write(fleet, newer, JSON.parse(before));
  expect((await fleet.ask('GET', 'main/device-0')).body.move).toMatchObject({ to });
  const off = await fleet.ask('DELETE', 'main/device-0/move?reason=a%20test');
  expect(off.status).toBe(200);
  expect((await fleet.ask('POST', 'main/device-0/moves', order)).body.reply).toBe('accepted');
  await vi.waitFor(async () => {
    await fleet.sweep();
    expect(await verdictsOf(fleet, 'device-0')).toEqual(['cancelled', 'verified']);
  }, patience);
  expect(homeOf(fleet, 'device-0')).toBe(to);
}, 90_000);

test('the store is lost: hubs from settings, devices from DPS and registries; nobody is moved by it, and moves go on anew', async () => {
  const fleet = await aSmallFleet(settings, 9);
  await fleet.settled();
  const ids = fleet.devices.map((_, index) => `device-${index}`);
  const homes = ids.map((id) => homeOf(fleet, id));
  await powerless(fleet, 0);
  const lost = { to: elsewhere(homes[0]), reason: 'a test' };
  expect((await fleet.ask('POST', 'main/device-0/moves', lost)).body.reply).toBe('offline');
  fleet.kill();
  for (const { table } of fleet.cosmos.containers.values())
    fleet.cosmos.database.exec(`DELETE FROM ${table}`);
  await fleet.restart();
  // It carries the request of a move that nobody remembers: it is answered where it is.
  await powered(fleet, 0);
  await fleet.settled();
  await vi.waitFor(async () => {
    for (const [index, id] of ids.entries())
      expect((await fleet.ask('GET', `main/${id}`)).body).toMatchObject({
        observed: { hub: homes[index] },
        move: null,
      });
  }, patience);
  expect(ids.map((id) => homeOf(fleet, id))).toEqual(homes);
  await vi.waitFor(async () => {
    const { body } = await fleet.call('GET', 'hubs');
    expect(body).toMatchObject({ hubs: [{ deviceCount: fleet.on('east') }, {}, {}] });
  }, patience);
  // And from here on as ever.
  const id = ids[1] ?? '';
  const again = { to: elsewhere(homes[1]), reason: 'a test' };
  expect((await fleet.ask('POST', `main/${id}/moves`, again)).status).toBe(202);
  await vi.waitFor(
    async () => {
      await fleet.sweep();
      expect(await verdictsOf(fleet, id)).toEqual(['verified']);
    },
    { timeout: 60_000, interval: 500 },
  );
}, 150_000);
