import path from 'node:path';
import { type Cloud, startCloud } from '../../local/cloud.ts';
import type { Fault } from '../../local/cosmos/faults.ts';
import { type AppProcess, startApp } from '../../local/functions-host/app-process.ts';
import { newHostKeys } from '../../local/functions-host/keys.ts';
import { reaching } from '../../local/network/reach-local-azure.ts';
import { realWorld } from '../../local/world.ts';
import { type Load, load } from '../load.ts';
import { interleaved, type Spread, spreadOf } from '../measure.ts';
import { column, type Page, type Row, type Table } from '../page.ts';

const rounds = 5;
const how = { connections: 16, lastMs: 1_500 };
const appFolder = path.resolve(import.meta.dirname, '../apps/webhook');
const hosts = ['toasters', 'heatpumps', 'others'].map((kind) => `a-${kind}-hub.azure-devices.net`);
const residentCount = 1_000;

/** No store at all, or one that does so. */
const stores: Readonly<Record<string, Fault['does'] | 'healthy' | undefined>> = {
  'in the process': undefined,
  healthy: 'healthy',
  'slow, 200 ms': { kind: 'delay', delayMs: 200 },
  'slow, 5 s': { kind: 'delay', delayMs: 5_000 },
  throttling: { kind: 'answer', status: 429, retryAfterMs: 1_000 },
  dead: { kind: 'drop before' },
};

/** The webhook end to end, beside a function that does nothing and Microsoft's tutorial, on one host, in turns; with a store as it may be. */
export const measureWebhook = async (seed: number): Promise<Page> => {
  const tables: Table[] = [];
  for (const [name, does] of Object.entries(stores))
    tables.push(await measureWith(name, does, seed));
  const rows = tables.flatMap(({ rows: measured }, at) =>
    measured.map((row) => ({ ...row, name: `store ${Object.keys(stores)[at]}: ${row.name}` })),
  );
  const columns = tables[0]?.columns ?? [];
  return {
    title: 'The webhook, end to end',
    tables: [{ title: `${how.connections} connections on the embedded host`, columns, rows }],
    chart: { table: 0, columns: ['beside no-op'], kind: 'bar' },
  };
};

const measureWith = async (
  name: string,
  does: Fault['does'] | 'healthy' | undefined,
  seed: number,
): Promise<Table> => {
  const dps = { hostName: 'bench.azure-devices-provisioning.net', idScope: '0ne1' };
  const cloud = await startCloud({ hubs: hosts.map((hostName) => ({ hostName })), dps }, realWorld);
  const keys = newHostKeys();
  const environment = {
    ...process.env,
    REHOME_HUBS: JSON.stringify(hosts.map((hostName) => ({ hostName }))),
    ...(does === undefined ? {} : { ...cloud.settings, ...reaching(cloud.azure) }),
  };
  const app = await startApp({ appFolder, port: 0, keys, environment }, () => undefined);
  const ask = (route: string, bodyOf: (index: number) => string): Promise<Load> =>
    load(app, `${route}?code=${keys.host}`, bodyOf, how);
  const webhook = '/api/dps/main/allocate';
  const resident = (index: number) => bodyOf(`${seed}-${index % residentCount}`, hosts[index % 2]);
  await meet(app, `${webhook}?code=${keys.host}`, resident);
  if (does !== undefined && does !== 'healthy') breakStore(cloud, does);
  let newcomers = 0;
  const nextNewcomer = (): string => {
    newcomers += 1;
    return bodyOf(`${seed}-${newcomers}-new`, undefined);
  };
  const measured = await interleaved(
    {
      'does nothing': () => ask('/api/noOp', nextNewcomer),
      'Microsoft’s tutorial': () => ask('/api/tutorial', nextNewcomer),
      'a resident': () => ask(webhook, resident),
      'a newcomer': () => ask(webhook, nextNewcomer),
    },
    rounds,
    1,
  );
  await app.stop();
  await cloud.stop();
  return { title: name, columns: columnsOfLoad, rows: rowsOf(measured) };
};

const breakStore = ({ cosmos }: Cloud, does: Fault['does']): void => {
  cosmos.faults.push({ count: Number.POSITIVE_INFINITY, matches: () => true, does });
};

/** Every resident has a record, where there is a store. */
const meet = async (app: AppProcess, route: string, bodyOf: (index: number) => string) => {
  const all = { connections: 8, lastMs: 3_000 };
  await load(app, route, bodyOf, all);
};

const columnsOfLoad = [
  column('a second', '/s'),
  column('beside no-op', '×'),
  column('p50', 'ms'),
  column('p99', 'ms'),
  column('CPU a request', 'ms'),
  column('CPU beside no-op', '×'),
];

const rowsOf = (measured: Readonly<Record<string, readonly Load[]>>): readonly Row[] => {
  const spreads = Object.entries(measured).map(([name, loads]) => {
    const of = (what: keyof Load): Spread => spreadOf(loads.map((one) => one[what]));
    return { name, rate: of('rate'), p50: of('p50'), p99: of('p99'), cpuMs: of('cpuMs') };
  });
  const [noOp] = spreads;
  return spreads.map(({ name, rate, p50, p99, cpuMs }) => ({
    name,
    cells: [
      rate,
      rate.median / (noOp?.rate.median ?? Number.NaN),
      p50.median,
      p99,
      cpuMs.median,
      cpuMs.median / (noOp?.cpuMs.median ?? Number.NaN),
    ],
  }));
};

const bodyOf = (id: string, currentHub: string | undefined): string =>
  JSON.stringify({
    enrollmentGroup: { enrollmentGroupId: 'fleet', allocationPolicy: 'custom' },
    deviceRuntimeContext: {
      registrationId: `device-${id}`,
      ...(currentHub ? { currentIotHubHostName: currentHub } : {}),
      symmetricKey: {},
    },
    linkedHubs: hosts,
  });
