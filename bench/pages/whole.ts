import { execFileSync } from 'node:child_process';
import { setTimeout as after } from 'node:timers/promises';
import { beginDrain, benchFleet, takenIn, until } from '../bench-fleet.ts';
import { column, type Page, type Row } from '../page.ts';
import { cpuMsOf, peakMbOf } from '../processes.ts';
import type { WholeCase, WholeFigures } from '../whole-case.ts';

/** A whole campaign: every device of a hub is moved and proved, in four waves; on the embedded host and Azure, and in virtual time. */
export const measureWhole = async (seed: number): Promise<Page> =>
  pageOf([
    await real(1_000),
    await real(10_000),
    ...[1_000, 10_000, 100_000].map((deviceCount) =>
      simulated('in virtual time', { deviceCount, seed, byCounts: false }),
    ),
    simulated('a year by counts, twenty hubs', { deviceCount: 1_000_000, seed, byCounts: true }),
  ]);

/** Only by name: it takes half an hour. */
export const measureLargest = async (): Promise<Page> => pageOf([await real(100_000)]);

const pageOf = (rows: readonly Row[]): Page => ({
  title: 'A whole campaign',
  tables: [
    {
      title:
        'A drain from its approval to the last proof; quotas as large as the fleet wants them, so that it is bound by the machine',
      columns: [
        column('moves', 'count'),
        column('time', 's'),
        column('moves a minute', '/min'),
        column('CPU', 's'),
        column('CPU a move', 'ms'),
        column('peak memory', 'MB'),
      ],
      rows,
    },
  ],
  chart: { table: 0, columns: ['CPU a move'] },
});

const rowFor = (name: string, { moves, seconds, cpuSeconds, peakMb }: WholeFigures): Row => ({
  name,
  cells: [moves, seconds, (moves * 60) / seconds, cpuSeconds, (cpuSeconds * 1_000) / moves, peakMb],
});

const minuteMs = 60_000;
/** Its runner's timer is due every minute: each campaign waits as long for it. */
const beginsAtMs = 45_000;

const real = async (deviceCount: number): Promise<Row> => {
  const fleet = await benchFleet(deviceCount, {
    REHOME_HUBS: JSON.stringify(
      ['east', 'west', 'north'].map((name, index) => ({
        hostName: `${name}.azure-devices.net`,
        tier: 'S3',
        units: 200,
        ...(index > 0 ? { state: 'cordoned' } : {}),
      })),
    ),
    REHOME_SNAPSHOT_MS: '1000',
    REHOME_REGISTRATIONS_PER_MINUTE: String(deviceCount * 100),
    REHOME_ORGANIC_PERCENT: '0',
  });
  await fleet.open('west', 'north');
  await takenIn(fleet);
  const pid = fleet.appPid();
  await after((minuteMs + beginsAtMs - (Date.now() % minuteMs)) % minuteMs);
  const [begun, cpuBefore] = [performance.now(), cpuMsOf(pid)];
  const id = await beginDrain(fleet, [5, 20, 50, 100]);
  const isEnded = async (): Promise<boolean> => {
    const { body } = await fleet.call('GET', `campaigns/main/${id}`);
    return (body as { readonly state: string }).state === 'ended';
  };
  await until('the campaign is over', isEnded, 3_600_000, 500);
  const seconds = (performance.now() - begun) / 1_000;
  const moves = fleet.log.filter((line) => line.includes('"verdict":"verified"')).length;
  const figures = {
    moves,
    seconds,
    cpuSeconds: (cpuMsOf(pid) - cpuBefore) / 1_000,
    peakMb: peakMbOf(pid),
  };
  await fleet.stop();
  return rowFor(
    `${deviceCount.toLocaleString('en')} devices, the app alone, on the embedded host`,
    figures,
  );
};

const caseFile = new URL('../whole-case.ts', import.meta.url).pathname;

const simulated = (how: string, one: WholeCase): Row => {
  const flags = ['--max-old-space-size=12288', caseFile, JSON.stringify(one)];
  const figures: WholeFigures = JSON.parse(
    execFileSync(process.execPath, flags, { encoding: 'utf8' }),
  );
  return rowFor(`${one.deviceCount.toLocaleString('en')} devices, ${how}`, figures);
};
