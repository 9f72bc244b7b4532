import { expect, test, vi } from 'vitest';
import { cosmosHubTables } from '../../shared/adapters/cosmos/hub-tables.ts';
import { cosmosIntakes } from '../../shared/adapters/cosmos/intakes.ts';
import { memoryIntakes } from '../../shared/adapters/memory/intakes.ts';
import { systemDeadline } from '../../shared/adapters/system/deadline.ts';
import type { Hub } from '../../shared/domain/hub.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { HubTables } from '../../shared/ports/hub-tables.ts';
import { toHubDocument } from '../../shared/wire/hub-document.ts';
import { aHub, aRoster } from '../support/a-hub.ts';
import { aStore } from '../support/a-store.ts';

const seeds = [aHub('east', { weight: 3 }), aHub('west')] as const;
/** Long enough on a busy machine. */
const patience = { timeout: 10_000 };
const limits = { ageMsMax: 10_000, staleMsMax: 30_000, timeoutMs: 200 };

const hubTables = async () => {
  const { database, ...store } = await aStore();
  let now = 0;
  const complaints: string[] = [];
  const make = (hubs: readonly Hub[] = seeds): HubTables =>
    cosmosHubTables(database, hubs, { now: () => instant(now) }, systemDeadline, limits, (line) =>
      complaints.push(line),
    );
  const tables = make();
  return {
    ...store,
    database,
    items: (await database()).container('hubs').items,
    make,
    complaints,
    hubs: () => [...tables.latest().hubs.values()],
    takenAt: () => tables.latest().takenAt,
    pass: (ms: number) => {
      now += ms;
    },
  };
};

const east = (hubs: ReturnType<Awaited<ReturnType<typeof hubTables>>['hubs']>) =>
  hubs.find(({ hostName }) => hostName.startsWith('east'));

test('the settings’ hubs stand at once, and are put into the store where it does not have them', async () => {
  const { hubs, items } = await hubTables();
  expect(hubs()).toEqual(seeds);
  await vi.waitFor(async () => {
    const { resources } = await items.query('SELECT * FROM c').fetchAll();
    expect(resources.map(({ id, weight }) => [id, weight])).toEqual([
      ['east.azure-devices.net', 3],
      ['west.azure-devices.net', 1],
    ]);
  });
});

test('what the store says of a hub stands before the settings, and is seen within the age', async () => {
  const { hubs, items, pass, takenAt } = await hubTables();
  hubs();
  await items.upsert(toHubDocument(aHub('east', { state: 'draining', deviceCount: 7 })));
  await items.upsert(toHubDocument(aHub('north')));
  pass(10_000);
  await vi.waitFor(() => expect(hubs()).toHaveLength(3), patience);
  expect(east(hubs())).toMatchObject({ state: 'draining', deviceCount: 7, weight: 1 });
  expect(takenAt()).toBe(10_000);
});

test('[R2] [M7] until the store has been read, nobody takes the settings for all there is', async () => {
  const { make, items, fault, heal } = await hubTables();
  await items.upsert(toHubDocument(aHub('north')));
  const tables = make();
  expect([...tables.latest().hubs.values()]).toEqual(seeds);
  expect((await tables.known()).hubs.size).toBe(3);
  const late = make();
  fault({ kind: 'answer', status: 503 }, () => true, Number.POSITIVE_INFINITY);
  await expect(late.known()).rejects.toThrow();
  heal();
  expect((await late.known()).hubs.size).toBe(3);
});

test('[A3] after a quiet hour the table is waited for, before anybody is answered by it', async () => {
  const { make, items, pass, fault, heal } = await hubTables();
  const tables = make();
  await tables.known();
  await items.upsert(toHubDocument(aHub('east', { state: 'closed' })));
  pass(3_600_000);
  expect(east([...(await tables.known()).hubs.values()])).toMatchObject({ state: 'closed' });
  pass(3_600_000);
  fault({ kind: 'answer', status: 503 }, () => true, Number.POSITIVE_INFINITY);
  expect((await tables.known()).hubs.size).toBe(2); // the last good one
  heal();
});

test('a hub that finds others at work joins them; the first do not', async () => {
  const { make, items, pass } = await hubTables();
  const first = await make().known();
  expect([...first.hubs.values()].map(({ joinedAt }) => joinedAt)).toEqual([0, 0]);
  await items.query('SELECT * FROM c').fetchAll();
  pass(3_600_000);
  const more = await make([...seeds, aHub('north')]).known();
  expect(aRoster(more).order.map(({ share }) => share)).toEqual([3, 1, 0.05]);
});

test('what instances counted of a hub comes back with the table, all of it, and once', async () => {
  const { make, database } = await hubTables();
  const counting = (instance: string) => {
    const counts = memoryIntakes({ now: () => instant(0) });
    const flush = { everyMs: 1, timeoutMs: 1_000 };
    return cosmosIntakes(database, instance, counts, systemDeadline, flush, () => undefined);
  };
  const [one, other] = [counting('one'), counting('other')];
  one.note(seeds[0].hostName, 'answered');
  await vi.waitFor(async () => expect((await make().known()).intakes.size).toBe(1), patience);
  one.note(seeds[0].hostName, 'answered');
  other.note(seeds[0].hostName, 'inVain');
  await vi.waitFor(async () => {
    const { intakes } = await make().known();
    expect(intakes.get(seeds[0].hostName)).toMatchObject({ answeredPerMinute: 2, inVain: 1 });
  }, patience);
});

test('many instances that seed at once agree', async () => {
  const { make, items, complaints } = await hubTables();
  const many = Array.from({ length: 5 }, () => make());
  for (const tables of many) tables.latest();
  await vi.waitFor(async () =>
    expect((await items.query('SELECT * FROM c').fetchAll()).resources).toHaveLength(2),
  );
  expect(complaints).toEqual([]);
});

test('while the store is gone the last good table stands, older and older, and that is said', async () => {
  const { hubs, items, pass, fault, heal, takenAt, complaints } = await hubTables();
  hubs();
  await items.upsert(toHubDocument(aHub('east', { state: 'closed' })));
  pass(10_000);
  await vi.waitFor(() => expect(east(hubs())).toMatchObject({ state: 'closed' }), patience);
  fault({ kind: 'hang' }, () => true, Number.POSITIVE_INFINITY);
  pass(10_000);
  hubs();
  await vi.waitFor(() =>
    expect(complaints.map((line) => JSON.parse(line))).toEqual([
      { event: 'hub-table-not-renewed', because: 'no answer within 200 ms' },
    ]),
  );
  expect(east(hubs())).toMatchObject({ state: 'closed' });
  expect(takenAt()).toBe(10_000);
  heal();
  pass(10_000);
  await vi.waitFor(() => expect(takenAt()).toBe(30_000), patience);
});

test('a document that is none of ours leaves the last good table, and names the field', async () => {
  const { hubs, items, pass, complaints } = await hubTables();
  hubs();
  await items.upsert({
    id: 'east.azure-devices.net',
    schemaVersion: 1,
    state: 'shut',
    weight: 1,
    capacity: 1,
  });
  pass(10_000);
  await vi.waitFor(() => {
    hubs();
    expect(complaints).toEqual([expect.stringContaining('state')]);
  }, patience);
  expect(hubs()).toMatchObject(seeds.map(({ hostName, state }) => ({ hostName, state })));
});
