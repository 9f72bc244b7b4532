import { overshootOf } from '../../test/simulation/instances.ts';
import { column, type Page, type Row } from '../page.ts';

const cases = [0, 5].flatMap((slackPercent) =>
  [1, 20].flatMap((instances) =>
    [1_000, 10_000].map((snapshotMs) => ({ slackPercent, instances, snapshotMs })),
  ),
);

/** [A4] By how many devices a hub is lifted past its bound, when many instances answer as many newcomers as one DPS lets in. */
export const measureInstances = async (seed: number): Promise<Page> => {
  const rows: Row[] = [];
  for (const { slackPercent, instances, snapshotMs } of cases) {
    const { worst, allowed, fullest } = await overshootOf(
      {
        instances,
        hubCount: 10,
        rate: 1_000 / 60,
        seconds: 900,
        snapshotMs,
        flushMs: snapshotMs,
        confirmMs: 2_000,
        countMs: 300_000,
        slackPercent,
        loadOfOthers: 1_000,
      },
      seed,
    );
    rows.push({
      name: `ε ${slackPercent} %, ${instances} instances, snapshots of ${snapshotMs / 1_000} s`,
      cells: [worst, allowed, fullest],
    });
  }
  return {
    title: 'Past the bound, by many instances',
    tables: [
      {
        title:
          '1,000 newcomers a minute for 15 minutes, onto ten hubs of which one is empty; of a virtual minute, not of this machine',
        columns: [
          column('devices past the bound', 'count'),
          column('allowed by A4', 'count'),
          column('fullest, against the mean', '×'),
        ],
        rows,
      },
    ],
    chart: { table: 0, columns: ['devices past the bound', 'allowed by A4'] },
  };
};
