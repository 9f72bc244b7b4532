import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { type Cloud, fleetDevice, startCloud } from '../../local/cloud.ts';
import type { Fault } from '../../local/cosmos/faults.ts';
import { startVirtualDevice } from '../../local/devices/virtual-device.ts';
import { startApp } from '../../local/functions-host/app-process.ts';
import { newHostKeys } from '../../local/functions-host/keys.ts';
import { reaching } from '../../local/network/reach-local-azure.ts';
import { realWorld } from '../../local/world.ts';
import { column, type Page, type Row } from '../page.ts';

const registrationsPerSecond = 50;
const residentCount = 200;
const hosts = ['east', 'west', 'north'].map((name) => `${name}.azure-devices.net`);

type Outage = readonly [name: string, does: Fault['does'], seconds: number];

const outages: readonly Outage[] = [
  ['dead for ten minutes', { kind: 'drop before' }, 600],
  ['slow by 5 s, for two minutes', { kind: 'delay', delayMs: 5_000 }, 120],
  ['throttling for two minutes', { kind: 'answer', status: 429, retryAfterMs: 1_000 }, 120],
];

/**
 * A store that is dead for ten minutes, and slow or throttling for two, while devices register, old and new. The app is killed as soon as the
 * store is back: what it held in its memory alone is then lost.
 */
export const measureOutages = async (): Promise<Page> => {
  const rows: Row[] = [];
  for (const outage of outages) rows.push(await measureOutage(outage));
  return {
    title: 'Devices that register while the store is out',
    tables: [
      {
        title: `${registrationsPerSecond} registrations a second, half of them of devices that live somewhere`,
        columns: [
          column('registrations', 'count'),
          column('failed', 'count'),
          column('residents moved', 'count'),
          column('slowest', 'ms'),
          column('devices', 'count'),
          column('unrecorded in the end', 'count'),
          column('all recorded after', 'ms'),
        ],
        rows,
      },
    ],
    chart: { table: 0, columns: ['slowest', 'all recorded after'] },
  };
};

const measureOutage = async ([name, does, seconds]: Outage): Promise<Row> => {
  const { cloud, app, register, home, count, kill } = await setUp();
  for (let index = 0; index < residentCount; index += 1) await register(`resident-${index}`);
  count.slowestMs = 0;
  cloud.cosmos.faults.push({ count: Number.POSITIVE_INFINITY, matches: () => true, does });
  const total = seconds * registrationsPerSecond;
  const running: Promise<void>[] = [];
  for (let index = 0; index < total; index += 1) {
    running.push(register(index % 2 ? `newcomer-${index}` : `resident-${index % residentCount}`));
    await after(1_000 / registrationsPerSecond);
  }
  await Promise.all(running);
  await kill();
  cloud.cosmos.faults.length = 0;
  const stop = await app();
  const recoveryMs = await recovery(cloud, home);
  const left = unrecorded(cloud, home);
  await stop();
  const { failed, moved, slowestMs } = count;
  return { name, cells: [total, failed, moved, slowestMs, home.size, left, recoveryMs] };
};

const setUp = async () => {
  const quotas = { registrations: { countMax: 100_000, periodMs: 60_000 } };
  const dps = { hostName: 'bench.azure-devices-provisioning.net', idScope: '0ne1', quotas };
  const cloud = await startCloud({ hubs: hosts.map((hostName) => ({ hostName })), dps }, realWorld);
  const keys = newHostKeys();
  const environment = {
    ...process.env,
    REHOME_HUBS: JSON.stringify(hosts.map((hostName) => ({ hostName }))),
    ...cloud.settings,
    ...reaching(cloud.azure),
  };
  const appFolder = path.resolve(import.meta.dirname, '../..');
  const stateFolder = await mkdtemp(path.join(tmpdir(), 'rehome-bench-'));
  const startOn = (port: number) =>
    startApp({ appFolder, port, keys, environment, stateFolder }, () => undefined);
  const first = await startOn(0);
  const url = `http://127.0.0.1:${first.port}/api/dps/main/allocate?code=${keys.host}`;
  const groupKey = cloud.enrollFleet(url);
  const home = new Map<string, string>();
  const count = { failed: 0, moved: 0, slowestMs: 0 };
  const register = async (id: string): Promise<void> => {
    const begun = performance.now();
    const { registrationId, key } = fleetDevice(cloud, groupKey, id);
    try {
      const { memory, stop } = await startVirtualDevice(cloud.azure.dps, registrationId, key);
      await stop(); // its next life would fight with this one for the connection
      const hub = memory.assignment?.assignedHub ?? '';
      if (hub !== (home.get(id) ?? hub)) count.moved += 1;
      home.set(id, hub);
    } catch {
      count.failed += 1;
    }
    count.slowestMs = Math.max(count.slowestMs, performance.now() - begun);
  };
  return {
    cloud,
    register,
    home,
    count,
    /** As a machine that loses power. */
    kill: async (): Promise<void> => {
      process.kill(first.pid, 'SIGKILL');
      await first.ended;
    },
    /** Starts it again: answers how to stop everything. */
    app: async () => {
      const again = await startOn(first.port);
      return async (): Promise<void> => {
        await Promise.all([again.stop(), cloud.stop()]);
        await rm(stateFolder, { recursive: true });
      };
    },
  };
};

/** Devices whose record does not tell the hub that they are on, as observed or as the pending answer. */
const unrecorded = ({ cosmos }: Cloud, home: ReadonlyMap<string, string>): number => {
  const table = cosmos.containers.get('rehome/devices')?.table;
  const rows = cosmos.database.prepare(`SELECT body FROM ${table}`).all();
  const records = new Map(
    rows.flatMap(({ body }) => {
      const { registrationId, pending, observed, decidedAt } = JSON.parse(String(body));
      return decidedAt === undefined ? [[registrationId, pending?.hub ?? observed?.hub]] : [];
    }),
  );
  return [...home].filter(([id, hub]) => records.get(id) !== hub).length;
};

const recoveryMsMax = 120_000;

const recovery = async (cloud: Cloud, home: ReadonlyMap<string, string>): Promise<number> => {
  const begun = performance.now();
  while (unrecorded(cloud, home) > 0 && performance.now() - begun < recoveryMsMax) await after(250);
  return performance.now() - begun;
};
