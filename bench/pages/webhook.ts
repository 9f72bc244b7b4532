import type { Load } from '../load.ts';
import { interleaved, type Spread, spreadOf } from '../measure.ts';
import { column, type Page, type Row } from '../page.ts';
import { how, type StoreAs, webhookStage } from '../webhook-stage.ts';

const rounds = 5;

/** No store at all, or one that does so. */
const stores: Readonly<Record<string, StoreAs>> = {
  'in the process': undefined,
  healthy: 'healthy',
  'slow, 200 ms': { kind: 'delay', delayMs: 200 },
  'slow, 5 s': { kind: 'delay', delayMs: 5_000 },
  throttling: { kind: 'answer', status: 429, retryAfterMs: 1_000 },
  dead: { kind: 'drop before' },
};

/** The webhook end to end, beside a function that does nothing and Microsoft's tutorial, on one host, in turns; with a store as it may be. */
export const measureWebhook = async (seed: number): Promise<Page> => {
  const rows: Row[] = [];
  for (const [name, does] of Object.entries(stores))
    for (const row of await measureWith(does, seed))
      rows.push({ ...row, name: `store ${name}: ${row.name}` });
  const title = `${how.connections} connections on the embedded host`;
  return {
    title: 'The webhook, end to end',
    tables: [{ title, columns: columnsOfLoad, rows }],
    chart: { table: 0, columns: ['beside no-op'] },
  };
};

const measureWith = async (does: StoreAs, seed: number): Promise<readonly Row[]> => {
  const stage = await webhookStage(does, seed);
  const measured = await interleaved(stage.works, rounds, 1);
  await stage.stop();
  return rowsOf(measured);
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
