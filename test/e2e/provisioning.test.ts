import { expect, test, vi } from 'vitest';
import { startDevice } from '../../local/devices/device.ts';
import type { Assignment } from '../../local/devices/radio.ts';
import type { RehomedDevice } from '../../local/devices/rehomed-device.ts';
import type { Memory } from '../../local/devices/running.ts';
import { startVirtualDevice } from '../../local/devices/virtual-device.ts';
import { reachLocalAzure } from '../../local/network/reach-local-azure.ts';
import { realWorld } from '../../local/world.ts';
import { deviceKey } from '../../shared/domain/device.ts';
import { aFleet, answersIn } from '../support/a-fleet.ts';
import { main } from '../support/a-question.ts';

/** Real devices, DPS, hubs, store and app: a fleet provisions, whatever happens to the app and its store. */

type Fleet = Awaited<ReturnType<typeof aFleet>>;

const ids = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `device-${index}`);

const recordsOf = ({
  cosmos,
}: Fleet): ReadonlyMap<string, { home?: string; observed?: { hub: string } }> => {
  const rows = cosmos.database.prepare('SELECT body FROM documents1').all();
  const stored = rows.map(({ body }) => JSON.parse(String(body)));
  const documents = stored.filter(({ decidedAt }) => decidedAt === undefined);
  return new Map(documents.map((document) => [document.id, document]));
};

const assignmentOf = ({ assignment }: Memory): Assignment => {
  if (!assignment) throw new Error('It was not assigned.');
  return assignment;
};
const hubOf = ({ memory }: RehomedDevice): string => assignmentOf(memory).assignedHub;

const stopAll = (devices: readonly RehomedDevice[]) =>
  Promise.all(devices.map(({ stop }) => stop()));

test('devices on the genuine SDK land on the hub that the webhook named, connected, and their state stands in Cosmos', async () => {
  const fleet = await aFleet();
  reachLocalAzure(fleet.azure);
  const devices = await Promise.all(
    ids(12).map((id) => startDevice(fleet.identityOf(id), realWorld)),
  );
  const answers = answersIn(fleet.log);
  await vi.waitFor(() => expect(recordsOf(fleet).size).toBe(12), { timeout: 10_000 });
  const records = recordsOf(fleet);
  for (const { memory } of devices) {
    const { deviceId, assignedHub } = assignmentOf(memory);
    const there = fleet.azure.hubs.get(assignedHub)?.devices.get(deviceId);
    expect(there).toMatchObject({ reported: { properties: { hub: assignedHub } } });
    expect(there?.session).toBeDefined();
    expect(answers.get(deviceId)).toEqual([assignedHub]);
    expect(records.get(deviceKey(main, deviceId).id)?.home).toBe(assignedHub);
  }
  await stopAll(devices);
}, 20_000);

test('[R1] the app killed while devices register, and restarted: none is lost, each is where the webhook said', async () => {
  const fleet = await aFleet();
  reachLocalAzure(fleet.azure);
  const starting = ids(60).map((id) => startDevice(fleet.identityOf(id), realWorld));
  await vi.waitFor(() => expect(answersIn(fleet.log).size).toBeGreaterThan(5), {
    timeout: 5_000,
    interval: 5,
  });
  fleet.kill();
  await fleet.restart();
  const devices = await Promise.all(starting);
  const answers = answersIn(fleet.log);
  expect(devices).toHaveLength(60);
  for (const { memory } of devices) {
    const { deviceId, assignedHub } = assignmentOf(memory);
    const on = [...fleet.azure.hubs.values()].filter((hub) => hub.devices.has(deviceId));
    expect(on.map(({ hostName }) => hostName)).toEqual([assignedHub]);
    // An answer that was lost with the process may be missing in its log, but none that it gave is another hub.
    expect(new Set([...(answers.get(deviceId) ?? []), assignedHub]).size).toBe(1);
  }
  await stopAll(devices);
}, 40_000);

test.each<[string, Fleet['cosmos']['faults'][number]['does']]>([
  ['dead', { kind: 'drop before' }],
  ['slow', { kind: 'delay', delayMs: 2_000 }],
  ['throttling', { kind: 'answer', status: 429, retryAfterMs: 200 }],
])(
  '[A7] Cosmos DB %s while devices register: none fails, no resident moves, none is unrecorded once it is back',
  async (_name, does) => {
    const fleet = await aFleet();
    const start = (id: string) => {
      const { registrationId, key } = fleet.identityOf(id);
      return startVirtualDevice(fleet.azure.dps, registrationId, key);
    };
    const residents = await Promise.all(ids(10).map(start));
    await stopAll(residents);
    fleet.cosmos.faults.push({ count: Number.POSITIVE_INFINITY, matches: () => true, does });
    const [again, newcomers] = await Promise.all([
      Promise.all(ids(10).map(start)),
      Promise.all(ids(30).slice(10).map(start)),
    ]);
    expect(again.map(hubOf)).toEqual(residents.map(hubOf));
    expect(newcomers).toHaveLength(20);
    fleet.cosmos.faults.length = 0;
    const homes = () => {
      const records = recordsOf(fleet);
      return newcomers.map(({ memory }) => {
        const { deviceId } = assignmentOf(memory);
        return records.get(deviceKey(main, deviceId).id)?.home;
      });
    };
    // A hub's event may come before the decision, and knows no home.
    await vi.waitFor(() => expect(homes()).toEqual(newcomers.map(hubOf)), {
      timeout: 15_000,
      interval: 100,
    });
    expect(recordsOf(fleet).size).toBe(30);
  },
  30_000,
);
