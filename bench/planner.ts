import { execFileSync } from 'node:child_process';
import { firstInRank, nameHash } from '../shared/allocation/rank.ts';
import { registrationId } from '../shared/domain/device.ts';
import { instant } from '../shared/domain/instant.ts';
import { assign, type DeviceClass } from '../shared/planning/assign.ts';
import type { Demand } from '../shared/planning/demand.ts';
import type { Snapshot } from '../shared/planning/snapshot.ts';
import { optimumOf } from '../test/support/an-optimum.ts';
import { readyOf, scope, hubs as someHubs } from './fleet.ts';
import { median, percent, say, whole } from './measure.ts';
import type { PlannerCase, PlannerFigures } from './planner-case.ts';

/** What a plan costs, as fleets grow, and as moves do; beside a general solver, and beside hashing everything again. */
export const measurePlanner = (): void => {
  say(
    '\nA plan of a whole fleet, 60 % of it on one hub: every device is judged, and more than half are moved',
  );
  table(
    [10_000, 100_000, 1_000_000].flatMap((devices) =>
      [10, 50].map((hubs) => skewed(devices, hubs)),
    ),
  );
  say('\nThe same for ten million');
  table([skewed(10_000_000, 50)], ['--max-old-space-size=12288']);
  say(
    '\nTen thousand moves, whatever the fleet: counts come first, and then a quarter more devices than are moved',
  );
  table([100_000, 1_000_000, 10_000_000].map((devices) => withMoves(devices, 10_000)));
  say('\nA million devices, more moves: the devices that are read grow with them');
  table([1_000, 10_000, 100_000].map((moves) => withMoves(1_000_000, moves)));
  besideHighs();
  besideHashing();
};

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

const table = (cases: readonly PlannerCase[], flags: readonly string[] = []): void => {
  const header = ['devices', 'hubs', 'moves', 'bound', 'gap', 'judged', 'planned', 'peak'];
  say(`  ${header.map((cell) => cell.padStart(11)).join('')}`);
  for (const one of cases) {
    const runs = Array.from({ length: rounds }, () => run(one, flags));
    const middle = (name: keyof PlannerFigures) => median(runs.map((figures) => figures[name]));
    const cells = [
      whole(one.devices),
      String(one.hubs),
      whole(middle('moves')),
      whole(middle('bound')),
      whole(middle('gap')),
      `${whole(middle('judgeMs'))} ms`,
      `${whole(middle('planMs'))} ms`,
      `${whole(middle('peakMb'))} MB`,
    ];
    say(`  ${cells.map((cell) => cell.padStart(11)).join('')}`);
  }
};

const caseFile = new URL('./planner-case.ts', import.meta.url).pathname;

const run = (one: PlannerCase, flags: readonly string[]): PlannerFigures =>
  JSON.parse(
    execFileSync(process.execPath, [...flags, caseFile, JSON.stringify(one)], { encoding: 'utf8' }),
  );

/** Kinds that may each go to some of the hubs, from some that are too full: the flow alone. */
const besideHighs = (): void => {
  say(
    '\nThe flow alone, beside HiGHS 1 on the same instance (50 hubs, classes that may go to half of them)',
  );
  for (const classCount of [50, 200, 1_000]) {
    const { snapshot, demand, classes } = instanceOf(50, classCount);
    const groups = classes.map(({ hub, targets, members }) => ({
      hub,
      targets,
      count: members.length,
      isMust: false,
    }));
    const ours = timed(() => Math.round(assign(snapshot, demand, classes).movesLeast));
    const theirs = timed(
      () =>
        optimumOf({ loads: demand.loads, caps: demand.caps, roofs: demand.roofs, groups }).moves,
    );
    const agree =
      ours.value === theirs.value ? 'the same optimum' : `${ours.value} and ${theirs.value}`;
    say(
      `  ${String(classCount).padStart(6)} classes: ${ours.ms.toFixed(1)} ms beside ${theirs.ms.toFixed(1)} ms (${(theirs.ms / ours.ms).toFixed(0)}×), ${agree}`,
    );
  }
};

const timed = <Value>(work: () => Value): { readonly ms: number; readonly value: Value } => {
  const times: number[] = [];
  let value = work(); // warm
  for (let round = 0; round < rounds; round += 1) {
    const begun = performance.now();
    value = work();
    times.push(performance.now() - begun);
  }
  return { ms: median(times), value };
};

const instanceOf = (hubCount: number, classCount: number) => {
  const listed = someHubs(hubCount, 0);
  let seed = 42;
  const draw = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed % below;
  };
  const classes = Array.from({ length: classCount }, (): DeviceClass => {
    const hub = draw(hubCount / 5); // a fifth of the hubs has everything
    const targets = Array.from({ length: hubCount }, (_, to) => to).filter(
      (to) => to !== hub && draw(2) === 0,
    );
    const members = Array.from({ length: 1 + draw(1_000) }, (_, index) => index);
    return { hub, targets, weight: 1, isMust: false, isDoubtful: false, isRecent: false, members };
  });
  const loads = listed.map((_, hub) =>
    classes.reduce((sum, one) => (one.hub === hub ? sum + one.members.length : sum), 0),
  );
  const level = loads.reduce((sum, load) => sum + load, 0) / hubCount;
  const caps = listed.map(() => Math.ceil(level * 1.02));
  const demand: Demand = {
    loads,
    levels: listed.map(() => level),
    caps,
    roofs: listed.map(() => 1_000_000),
    must: () => false,
    targets: () => [],
  };
  const snapshot: Snapshot = {
    scope,
    takenAt: instant(0),
    policyVersion: 0,
    hubs: listed.map((hub) => ({
      hub,
      share: 1,
      deviceCount: 0,
      arriving: 0,
      leaving: 0,
      isRead: true,
    })),
    candidates: [],
    held: [],
  };
  return { snapshot, demand, classes };
};

/** What a fleet would pay whose devices were all answered anew. */
const besideHashing = (): void => {
  const [devices, count] = [100_000, 50];
  const roster = readyOf(someHubs(count, 0));
  const candidates = [...roster.listed.values()].map((listed) => ({ listed }));
  let moved = 0;
  for (let index = 0; index < devices; index += 1) {
    const now = index % 10 < 6 ? 0 : 1 + (index % (count - 1));
    const { listed } = firstInRank(nameHash(registrationId(`device-${index}`)), candidates);
    if (listed.index !== now) moved += 1;
  }
  const least = 0.6 - 1.02 / count;
  say(
    `\nOf a fleet with 60 % on one of 50 hubs a plan moves ${percent(least)}; hashing everything again moves ${percent(moved / devices)}`,
  );
};
