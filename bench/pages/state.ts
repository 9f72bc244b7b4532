import { readFileSync } from 'node:fs';
import { createCosmos } from '../../local/cosmos/cosmos.ts';
import { coreRadio } from '../../local/devices/core-radio.ts';
import { eventProducer } from '../../local/event-hubs/sdk.ts';
import type { HubEvent } from '../../local/iot-hub/hub-event.ts';
import { isoTime, realWorld } from '../../local/world.ts';
import { type BenchFleet, beginDrain, benchFleet, takenIn, until } from '../bench-fleet.ts';
import { hubEvent, sendTo } from '../hub-events.ts';
import { naiveStore } from '../naive-store.ts';
import { column, type Page, type Row, type Table } from '../page.ts';
import { meterStore, type Spent } from '../store-meter.ts';

const prices = JSON.parse(readFileSync(new URL('../prices.json', import.meta.url), 'utf8')) as {
  readonly currency: string;
  readonly perMillionRequestUnits: number;
  readonly perThousandRegistrations: number;
  readonly perMillionEvents: number;
  readonly perGigabyteMonth: number;
};

const moveCount = 40;
const campaignCount = 200;

/** What the store is asked and charged, for a device, a move and an event; beside the design that one writes first. */
export const measureState = async (): Promise<Page> => {
  const fleet = await benchFleet(moveCount * 2);
  const spent = meterStore(fleet.cosmos, 'devices');
  const rows: Row[] = [];
  const measure = async (name: string, count: number, work: () => Promise<void>): Promise<void> => {
    spent();
    await work();
    rows.push(rowOf(name, spent(), count));
  };
  await heard(fleet);
  await measure('a newcomer, with all that its hub tells', moveCount, async () => {
    await Promise.all(ids('late', moveCount).map((id) => fleet.start(id)));
    await heard(fleet);
  });
  await measure('a device at home that connects again', moveCount * 5, () => connectAgain(fleet));
  await measure('the same events once more', moveCount * 5, () => connectAgain(fleet));
  await measure('a device at home that registers again', moveCount, async () => {
    for (const id of ids('device', moveCount)) await register(fleet, id);
  });
  await fleet.open('west', 'north');
  const toldBefore = fleet.events.length;
  await measure('a move by method, to its proof', moveCount, () => moveAll(fleet));
  const told = fleet.events.slice(toldBefore);
  await measure('a move of a device that is offline, to its proof', moveCount, () =>
    moveParked(fleet),
  );
  const bytes = bytesOf(fleet);
  const { stop } = fleet;
  await stop();
  const campaign = await ofCampaign();
  const naive = await naively(told);
  return pageOf([...rows, ...campaign, ...naive], bytes, told.length / moveCount);
};

const ids = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${name}-${index}`);

/** All that hubs have told has been taken: nothing was asked of the store for so long. */
const heard = async ({ cosmos }: BenchFleet): Promise<void> => {
  const container = cosmos.containers.get('rehome/devices');
  let [units, since] = [0, performance.now()];
  await until('the store is quiet', () => {
    const now = container?.budget.units ?? 0;
    if (now !== units) [units, since] = [now, performance.now()];
    return performance.now() - since > 1_500;
  });
};

const connectAgain = async (fleet: BenchFleet): Promise<void> => {
  const { REHOME_EVENTS = '', REHOME_EVENTS_HUB = '' } = fleet.settings;
  const producer = eventProducer(REHOME_EVENTS, REHOME_EVENTS_HUB);
  for (let round = 0; round < 5; round += 1) {
    const events = ids('device', moveCount).map((id) =>
      hubEvent('east', id, 'deviceConnected', Date.now()),
    );
    await sendTo(producer, '0', events);
  }
  await producer.close();
  await heard(fleet);
};

const register = async (fleet: BenchFleet, id: string): Promise<void> => {
  const { registrationId, key } = fleet.identityOf(id);
  await coreRadio(fleet.azure.dps, registrationId, key).register(undefined);
};

const order = { to: 'west.azure-devices.net', reason: 'a bench' };

const moved = async (fleet: BenchFleet, devices: readonly string[]): Promise<void> => {
  for (const id of devices) {
    const { status, body } = await fleet.ask('POST', `main/${id}/moves`, order);
    if (status !== 202) throw new Error(`${id} is not moved: ${status} ${JSON.stringify(body)}`);
  }
};

const moveAll = async (fleet: BenchFleet): Promise<void> => {
  const before = verifiedIn(fleet);
  await moved(fleet, ids('device', moveCount));
  await until('all are moved', () => verifiedIn(fleet) >= before + moveCount);
  await heard(fleet);
};

const verifiedIn = ({ log }: BenchFleet): number =>
  log.filter((line) => line.includes('"verdict":"verified"')).length;

/** They are offline when they are asked, and back a second later. */
const moveParked = async (fleet: BenchFleet): Promise<void> => {
  const parked = ids('late', moveCount);
  for (const id of parked) await fleet.stopDevice(id);
  await heard(fleet);
  const before = verifiedIn(fleet);
  await moved(fleet, parked);
  await Promise.all(parked.map((id) => fleet.start(id)));
  await until('all are moved', () => verifiedIn(fleet) >= before + moveCount);
  await heard(fleet);
};

/** What the documents of the devices are long: with their settled moves, and without what was decided of them, which is kept for days. */
const bytesOf = ({ cosmos }: BenchFleet) => {
  const table = cosmos.containers.get('rehome/devices')?.table;
  const bodies = cosmos.database.prepare(`SELECT body FROM ${table}`).all();
  const documents = bodies.map(({ body }) => JSON.parse(String(body)));
  const sizeOf = (takes: (document: Record<string, unknown>) => boolean): number => {
    const sizes = documents.filter(takes).map((one) => Buffer.byteLength(JSON.stringify(one)));
    return sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  };
  return {
    device: sizeOf((one) => 'deviceId' in one && !('historyOf' in one) && !('decidedAt' in one)),
    settled: sizeOf((one) => 'historyOf' in one),
    decision: sizeOf((one) => 'decidedAt' in one),
  };
};

/** All that a campaign asks of every container, its plan and the taking in of the fleet aside. */
const ofCampaign = async (): Promise<readonly Row[]> => {
  const fleet = await benchFleet(campaignCount, { REHOME_SNAPSHOT_MS: '10000' });
  await heard(fleet);
  await fleet.open('west', 'north');
  await takenIn(fleet);
  const meters = [...fleet.cosmos.containers.values()].map(
    ({ definition: { id } }) => [id, meterStore(fleet.cosmos, id)] as const,
  );
  const all = meterStore(fleet.cosmos);
  await beginDrain(fleet);
  await fleet.runTimer('advanceCampaigns');
  await until('all are moved', () => verifiedIn(fleet) >= campaignCount);
  await heard(fleet);
  const parts = meters
    .map(([id, spent]) => rowOf(`of it, ${id}`, spent(), campaignCount))
    .filter(({ cells }) => Number(cells[3]) > 0)
    .sort((one, other) => Number(other.cells[3]) - Number(one.cells[3]));
  await fleet.stop();
  const whole = rowOf(`a move of a campaign of ${campaignCount}, all told`, all(), campaignCount);
  return [whole, ...parts];
};

/** The same moves as their hubs told them, and the steps that we take ourselves. */
const naively = async (told: readonly HubEvent[]): Promise<readonly Row[]> => {
  const cosmos = createCosmos({}, realWorld);
  const store = await naiveStore(cosmos);
  const at = isoTime(Date.now());
  const all = ids('device', moveCount);
  for (const id of all) await store.step(id, 'assigned', at, 'east');
  const spent = meterStore(cosmos);
  for (const id of all) await store.hear(hubEvent('east', id, 'deviceConnected', Date.now()));
  const organic = rowOf('naively: a device at home that connects again', spent(), moveCount);
  for (const id of all)
    for (const step of ['triggered', 'accepted', 'allocated'])
      await store.step(id, step, at, 'west');
  for (const event of told) await store.hear(event);
  for (const id of all) await store.settle(id, at);
  return [organic, rowOf('naively: a move by method, to its proof', spent(), moveCount)];
};

const rowOf = (name: string, { reads, writes, queries, units }: Spent, count: number): Row => ({
  name,
  cells: [reads / count, writes / count, queries / count, units / count],
});

const pageOf = (
  rows: readonly Row[],
  bytes: ReturnType<typeof bytesOf>,
  eventsPerMove: number,
): Page => {
  const spends: Table = {
    title:
      'What the embedded store is asked and charged, by published prices; a batch is one write',
    columns: [
      column('reads', 'count'),
      column('writes', 'count'),
      column('queries', 'count'),
      column('request units', 'RU'),
    ],
    rows,
  };
  const sizes: Table = {
    title: 'Bytes of JSON',
    columns: [column('each', 'B')],
    rows: [
      { name: 'a device', cells: [bytes.device] },
      { name: 'a settled move, for 90 days', cells: [bytes.settled] },
      { name: 'a decision about a newcomer, for some days', cells: [bytes.decision] },
    ],
  };
  return {
    title: 'What a device, a move and an event cost',
    tables: [spends, sizes, money(rows, bytes, eventsPerMove)],
    chart: { table: 0, columns: ['request units'] },
    beside: ['@azure/cosmos'],
  };
};

/** A registration, what its hubs tell, and the store. */
const money = (
  rows: readonly Row[],
  bytes: ReturnType<typeof bytesOf>,
  eventsPerMove: number,
): Table => {
  const unitsOf = (name: string): number =>
    Number(rows.find((row) => row.name.startsWith(name))?.cells[3]);
  const registrations = prices.perThousandRegistrations * 1_000;
  const events = prices.perMillionEvents * eventsPerMove;
  const millionMoves = (name: string): Row['cells'] => {
    const store = unitsOf(name) * prices.perMillionRequestUnits;
    return [store, registrations, events, store + registrations + events];
  };
  const storage = (bytes.device * 1_000_000 * prices.perGigabyteMonth) / 1e9;
  return {
    title: `${prices.currency} for a million, by the prices of bench/prices.json, which are for you to set`,
    columns: [
      column('store', '$'),
      column('DPS', '$'),
      column('events', '$'),
      column('together', '$'),
    ],
    rows: [
      { name: 'moves by method', cells: millionMoves('a move by method') },
      { name: 'moves of a campaign, all told', cells: millionMoves('a move of a campaign') },
      { name: 'naively: moves by method', cells: millionMoves('naively: a move') },
      { name: 'devices kept for a month', cells: [storage, undefined, undefined, storage] },
    ],
  };
};
