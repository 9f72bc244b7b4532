import { type EventRun, eventStage } from '../event-stage.ts';
import { hubEvent } from '../hub-events.ts';
import { interleaved, median, spreadOf } from '../measure.ts';
import { column, type Page, type Row } from '../page.ts';

const rounds = 5;
const organicCount = 2_000;
const movingCount = 400;

/** Events through the function that hears them, to the embedded store, beside one that does nothing with the same; in turns, on one host. */
export const measureEvents = async (): Promise<Page> => {
  const rows: Row[] = [];
  for (const partitionCount of [1, 2, 4, 8]) rows.push(...(await measureWith(partitionCount)));
  return {
    title: 'Events, through to the store',
    tables: [
      {
        title: `Until all of ${organicCount.toLocaleString('en')} events that waited are checkpointed; of a move three, which end it`,
        columns: [
          column('a second', '/s'),
          column('beside doing nothing', '×'),
          column('CPU an event', 'ms'),
          column('reads', 'count'),
          column('request units an event', 'RU'),
        ],
        rows,
      },
    ],
    chart: { table: 0, columns: ['beside doing nothing'] },
    beside: ['@azure/event-hubs', '@azure/cosmos'],
  };
};

const measureWith = async (partitionCount: number): Promise<readonly Row[]> => {
  const stage = await eventStage(partitionCount);
  let round = 0;
  const next = (name: string): string => {
    round += 1;
    return `${name}-${round}`;
  };
  const organic = (names: readonly string[]) =>
    names.map((id) => hubEvent('east', id, 'deviceConnected', Date.now()));
  const known = await stage.home('again', organicCount / 2);
  const runs = await interleaved<string, EventRun>(
    {
      'a function that does nothing': () =>
        stage.through('idle', [...organic(known), ...organic(known)]),
      'organic, devices heard of the first time': async () => {
        const names = await stage.home(next('first'), organicCount);
        return stage.through('ours', organic(names));
      },
      'organic, devices heard of before': () =>
        stage.through('ours', [...organic(known), ...organic(known)]),
      'of moves': async () => stage.through('ours', await stage.moves(next('moving'), movingCount)),
    },
    rounds,
    1,
  );
  await stage.stop();
  const idle = median(runs['a function that does nothing']?.map(({ rate }) => rate) ?? []);
  return Object.entries(runs).map(([name, measured]) =>
    rowOf(`${partitionCount} partitions: ${name}`, measured, idle),
  );
};

const rowOf = (name: string, runs: readonly EventRun[], idle: number): Row => {
  const each = (of: (run: EventRun) => number): number => median(runs.map(of));
  return {
    name,
    cells: [
      spreadOf(runs.map(({ rate }) => rate)),
      each(({ rate }) => rate) / idle,
      each(({ cpuMs, count }) => cpuMs / count),
      each(({ spent, count }) => spent.reads / count),
      each(({ spent, count }) => spent.units / count),
    ],
  };
};
