import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Cloud, startCloud } from '../local/cloud.ts';
import { eventProducer } from '../local/event-hubs/sdk.ts';
import { startApp } from '../local/functions-host/app-process.ts';
import { newHostKeys } from '../local/functions-host/keys.ts';
import type { HubEvent } from '../local/iot-hub/hub-event.ts';
import { createIdentity } from '../local/iot-hub/registry.ts';
import { reaching } from '../local/network/reach-local-azure.ts';
import { realWorld } from '../local/world.ts';
import { hubHostName } from '../shared/domain/hub.ts';
import { instant } from '../shared/domain/instant.ts';
import { until } from './bench-fleet.ts';
import { hubEvent, sendTo } from './hub-events.ts';
import { cpuMsOf } from './processes.ts';
import { meterStore, type Spent } from './store-meter.ts';
import { devicesAtHome, movingDevices } from './stored-devices.ts';

const appFolder = path.resolve(import.meta.dirname, 'apps/events');
const hosts = ['east', 'west'].map((name) => `${name}.azure-devices.net`);

export type EventRun = {
  readonly rate: number;
  readonly cpuMs: number;
  readonly spent: Spent;
  readonly count: number;
};

/** The function that hears hubs, and one that does nothing, each on an Event Hub of its own: how long all of some events take. */
export const eventStage = async (partitionCount: number, nodeFlags = '') => {
  const dps = { hostName: 'bench.azure-devices-provisioning.net', idScope: '0ne1' };
  const hubs = hosts.map((hostName) => ({ hostName }));
  const cloud = await startCloud({ hubs, dps, partitionCount, eventHubs: ['idle'] }, realWorld);
  const stateFolder = await mkdtemp(path.join(tmpdir(), 'rehome-bench-'));
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    REHOME_HUBS: JSON.stringify(hubs),
    ...cloud.settings,
    ...reaching(cloud.azure),
    BENCH_IDLE_HUB: 'idle',
  };
  const keys = newHostKeys();
  environment['NODE_OPTIONS'] = `${environment['NODE_OPTIONS'] ?? ''} ${nodeFlags}`;
  const app = await startApp(
    { appFolder, port: 0, keys, environment, stateFolder },
    () => undefined,
  );
  const { REHOME_EVENTS = '', REHOME_EVENTS_HUB = '' } = cloud.settings;
  const spent = meterStore(cloud.cosmos, 'devices');
  return {
    home: (name: string, count: number) => devicesAtHome(cloud, name, count, east),
    moves: (name: string, count: number) => moved(cloud, name, count),
    through: async (whose: 'ours' | 'idle', events: readonly HubEvent[]): Promise<EventRun> => {
      const hub = whose === 'ours' ? REHOME_EVENTS_HUB : 'idle';
      const producer = eventProducer(REHOME_EVENTS, hub);
      const partitions = spreadOver(events, partitionCount);
      spent();
      const [cpuBefore, begun] = [cpuMsOf(app.pid), performance.now()];
      await Promise.all(partitions.map((part, index) => sendTo(producer, String(index), part)));
      await checkpointed(cloud, hub, stateFolder);
      const seconds = (performance.now() - begun) / 1_000;
      const run = { cpuMs: cpuMsOf(app.pid) - cpuBefore, spent: spent(), count: events.length };
      await producer.close();
      return { ...run, rate: events.length / seconds };
    },
    stop: async (): Promise<void> => {
      await app.stop();
      await cloud.stop();
      await rm(stateFolder, { recursive: true });
    },
  };
};

const east = hubHostName(hosts[0] ?? '');
const west = hubHostName(hosts[1] ?? '');

/** What hubs tell of devices whose moves are open, and were carried out: three events each. */
const moved = async (cloud: Cloud, name: string, count: number): Promise<readonly HubEvent[]> => {
  const names = await movingDevices(cloud, name, count, east, west);
  const target = cloud.azure.hubs.get(west);
  if (!target) throw new Error(`no ${west}`);
  for (const deviceId of names) createIdentity(target, { deviceId });
  const at = instant(Date.now());
  const told = (hub: string, opType: HubEvent['opType']) =>
    names.map((id) => hubEvent(hub, id, opType, at + 1));
  return [
    ...told('west', 'createDeviceIdentity'),
    ...told('east', 'deleteDeviceIdentity'),
    ...told('west', 'deviceConnected'),
  ];
};

/** Each device's in order, on one partition. */
const spreadOver = (
  events: readonly HubEvent[],
  count: number,
): readonly (readonly HubEvent[])[] => {
  const partOf = (id: string): number => Number(/\d+$/.exec(id)?.[0] ?? 0) % count;
  return Array.from({ length: count }, (_, index) =>
    events.filter(({ deviceId }) => partOf(deviceId) === index),
  );
};

/** Until every partition's checkpoint is at its last event. */
const checkpointed = async (cloud: Cloud, hub: string, stateFolder: string): Promise<void> => {
  const { partitions = [] } = cloud.eventHubs.hubs.get(hub) ?? {};
  const folder = path.join(stateFolder, 'checkpoints');
  const [namespace = ''] = await readdir(folder);
  const isDone = async (id: string, last: number): Promise<boolean> => {
    const file = path.join(folder, namespace, hub, '$Default', `${id}.json`);
    const text = await readFile(file, 'utf8').catch(() => '{"offset":"-1"}');
    return Number(JSON.parse(text).offset) >= last;
  };
  for (const { id, events } of partitions) {
    const last = events.at(-1)?.offset ?? -1;
    await until(`all of partition ${id} is taken`, () => isDone(id, last), 60_000, 2);
  }
};
