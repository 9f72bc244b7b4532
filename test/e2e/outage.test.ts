import { expect, test, vi } from 'vitest';
import type { Fault } from '../../local/cosmos/faults.ts';
import { startVirtualDevice } from '../../local/devices/virtual-device.ts';
import { aFleet } from '../support/a-fleet.ts';

/** The store is gone while devices come, and the app dies before it is back. */

type Fleet = Awaited<ReturnType<typeof aFleet>>;

const patience = { timeout: 30_000, interval: 250 };
const ids = Array.from({ length: 20 }, (_, index) => `device-${index}`);

const dead: Fault = {
  count: Number.POSITIVE_INFINITY,
  matches: () => true,
  does: { kind: 'drop before' },
};

type Row = { readonly deviceId?: string; readonly observed?: object; readonly home?: string };

const recordsOf = ({ cosmos }: Fleet): ReadonlyMap<string, Row & { enrollment?: string }> => {
  const rows = cosmos.database.prepare('SELECT body FROM documents1').all();
  const stored = rows.map(({ body }) => JSON.parse(String(body)));
  const documents = stored.filter(({ decidedAt }) => decidedAt === undefined);
  return new Map(documents.map((document) => [document.deviceId, document]));
};

/** One registers before the store is lost, the others after: each is assigned, where it is does not change. */
const provisionWithout = async (fleet: Fleet): Promise<void> => {
  const register = async (id: string): Promise<string | undefined> => {
    const { registrationId, key } = fleet.identityOf(id);
    const { memory } = await startVirtualDevice(fleet.azure.dps, registrationId, key);
    return memory.assignment?.assignedHub;
  };
  const home = await register('resident');
  fleet.cosmos.faults.push(dead);
  const hubs = await Promise.all(ids.map(register));
  expect(hubs.every((hub) => hub !== undefined)).toBe(true);
  expect(await register('resident')).toBe(home);
};

const decisionsOf = ({ eventHubs }: Fleet) => {
  const hub = eventHubs.hubs.get('decisions');
  if (!hub) throw new Error('no hub for decisions');
  return hub;
};

const buffered = (fleet: Fleet): number =>
  decisionsOf(fleet).partitions.reduce((sum, { events }) => sum + events.length, 0);

const heal = ({ cosmos }: Fleet): void => {
  cosmos.faults.length = 0;
};

test('[A7] [R1] decisions wait in the Event Hub, outlive the app, and are recorded when the store is back', async () => {
  const fleet = await aFleet();
  await provisionWithout(fleet);
  await vi.waitFor(() => expect(buffered(fleet)).toBeGreaterThanOrEqual(ids.length), patience);
  fleet.kill();
  await fleet.restart();
  heal(fleet);
  await vi.waitFor(() => {
    const records = recordsOf(fleet);
    // Only a decision knows the enrollment: no event of a hub does.
    for (const id of ids)
      expect(records.get(id)).toMatchObject({
        enrollment: 'main:group:fleet',
        home: expect.any(String),
        observed: { hub: records.get(id)?.home },
      });
  }, patience);
}, 60_000);

test('[A7] with the Event Hub gone as well: answered, counted, and what is lost with the app is repaired by the hubs’ events', async () => {
  const fleet = await aFleet();
  Object.assign(decisionsOf(fleet), { isBusy: true });
  await provisionWithout(fleet);
  await vi.waitFor(
    () => expect(fleet.log.join('\n')).toContain('decisions-not-buffered'),
    patience,
  );
  fleet.kill();
  await fleet.restart();
  heal(fleet);
  await vi.waitFor(() => {
    const records = recordsOf(fleet);
    for (const id of ids) expect(records.get(id)?.observed).toBeDefined();
  }, patience);
  expect(recordsOf(fleet).get(ids[0] ?? '')?.enrollment).toBeUndefined();
}, 60_000);
