import { execFileSync } from 'node:child_process';
import { firstInRank, nameHash } from '../../shared/allocation/rank.ts';
import { registrationId } from '../../shared/domain/device.ts';
import { assign } from '../../shared/planning/assign.ts';
import { optimumOf } from '../../test/support/an-optimum.ts';
import { readyOf, hubs as someHubs } from '../fleet.ts';
import { interleaved, type Spread, spreadOf } from '../measure.ts';
import { column, type Page, type Row, type Table } from '../page.ts';
import type { PlannerCase, PlannerFigures } from '../planner-case.ts';
import { flowInstance } from '../planner-flow.ts';

/** What a plan costs, as fleets grow, and as moves do; beside a general solver, and beside hashing everything again. */
export const measurePlanner = async (seed: number): Promise<Page> => ({
  title: 'A plan, from a thousand moves to ten million devices',
  tables: [
    await table(
      'A plan of a whole fleet, 60 % of it on one hub: every device of that hub is judged, and nearly all are moved',
      [
        ...[10_000, 100_000, 1_000_000].flatMap((devices) =>
          [10, 50].map((hubs) => skewed(devices, hubs)),
        ),
        skewed(10_000_000, 50),
      ],
    ),
    await table(
      'Ten thousand moves, whatever the fleet; and a million devices, more moves: a quarter more devices are judged than move',
      [
        ...[100_000, 1_000_000, 10_000_000].map((devices) => withMoves(devices, 10_000)),
        ...[1_000, 100_000].map((moves) => withMoves(1_000_000, moves)),
      ],
    ),
    await besideHighs(seed),
    besideHashing(),
  ],
  chart: { table: 0, columns: ['judged', 'planned'], isLog: true },
  beside: ['highs'],
});

const skewed = (devices: number, hubs: number): PlannerCase => {
  const onFirst = Math.round(devices * 0.6);
  return { devices, hubs, onFirst, read: onFirst };
};

/** So many past the cap of the first of 50 hubs, which lets it have 2 % more than its share. */
const withMoves = (devices: number, moves: number): PlannerCase => {
  const onFirst = Math.ceil((devices / 50) * 1.02) + moves;
  return { devices, hubs: 50, onFirst, read: Math.min(onFirst - 1, Math.ceil(moves * 1.25)) };
};

const rounds = 3;

const table = async (title: string, cases: readonly PlannerCase[]): Promise<Table> => {
  const works = Object.fromEntries(cases.map((one) => [nameOf(one), () => run(one)]));
  const measured = await interleaved(works, rounds);
  return {
    title,
    columns: [
      column('moves', 'count'),
      column('fewest possible', 'count'),
      column('gap', 'count'),
      column('judged', 'ms'),
      column('planned', 'ms'),
      column('peak', 'MB'),
    ],
    rows: Object.entries(measured).map(([name, runs]) => rowOf(name, runs)),
  };
};

const nameOf = ({ devices, hubs, read }: PlannerCase): string =>
  `${devices.toLocaleString('en')} devices, ${hubs} hubs, ${read.toLocaleString('en')} judged`;

const rowOf = (name: string, runs: readonly PlannerFigures[]): Row => {
  const of = (what: keyof PlannerFigures): Spread => spreadOf(runs.map((figures) => figures[what]));
  return {
    name,
    cells: [
      of('moves').median,
      of('bound').median,
      of('gap').median,
      of('judgeMs'),
      of('planMs'),
      of('peakMb').median,
    ],
  };
};

const caseFile = new URL('../planner-case.ts', import.meta.url).pathname;

/** Ten million need more than Node takes by itself. */
const flags = ['--max-old-space-size=12288'];

const run = (one: PlannerCase): PlannerFigures =>
  JSON.parse(
    execFileSync(
      process.execPath,
      [...(one.devices > 1_000_000 ? flags : []), caseFile, JSON.stringify(one)],
      {
        encoding: 'utf8',
      },
    ),
  );

/** Kinds that may each go to some of the hubs, from some that are too full: the flow alone. */
const besideHighs = async (seed: number): Promise<Table> => {
  const rows: Row[] = [];
  for (const classCount of [50, 200, 1_000]) {
    const { snapshot, demand, classes, groups } = flowInstance(50, classCount, seed);
    const { loads, caps, roofs } = demand;
    const runs = await interleaved(
      {
        ours: () => timed(() => Math.round(assign(snapshot, demand, classes).movesLeast)),
        theirs: () => timed(() => optimumOf({ loads, caps, roofs, groups }).moves),
      },
      rounds,
      1,
    );
    const [ours, theirs] = [runs.ours, runs.theirs].map((times) =>
      spreadOf(times.map(({ ms }) => ms)),
    );
    rows.push({
      name: `${classCount} classes`,
      cells: [
        ours,
        theirs,
        (theirs?.median ?? 0) / (ours?.median ?? 0),
        runs.ours[0]?.value,
        runs.theirs[0]?.value,
      ],
    });
  }
  return {
    title:
      'The flow alone, beside HiGHS on the same instance: 50 hubs, classes that may go to half of them',
    columns: [
      column('ours', 'ms'),
      column('HiGHS', 'ms'),
      column('as long', '×'),
      column('our moves', 'count'),
      column('its moves', 'count'),
    ],
    rows,
  };
};

const timed = (work: () => number): { readonly ms: number; readonly value: number } => {
  const begun = performance.now();
  const value = work();
  return { ms: performance.now() - begun, value };
};

/** What a fleet would pay whose devices were all answered anew. */
const besideHashing = (): Table => {
  const [devices, count] = [100_000, 50];
  const roster = readyOf(someHubs(count, 0));
  const candidates = roster.order.map((listed) => ({ listed }));
  let moved = 0;
  for (let index = 0; index < devices; index += 1) {
    const now = index % 10 < 6 ? 0 : 1 + (index % (count - 1));
    const { listed } = firstInRank(nameHash(registrationId(`device-${index}`)), candidates);
    if (listed.index !== now) moved += 1;
  }
  return {
    title:
      'Of 100,000 devices, 60 % on one of 50 hubs: how many are moved until none is fuller than 1.02 of its share',
    columns: [column('moved', '%')],
    rows: [
      { name: 'by a plan', cells: [0.6 - 1.02 / count] },
      { name: 'by hashing every device again', cells: [moved / devices] },
    ],
  };
};
