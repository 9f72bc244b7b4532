import HashRing from 'hashring';
import { allocate } from '../../shared/allocation/allocate.ts';
import type { Hub } from '../../shared/domain/hub.ts';
import { aHub, hubs, newcomer, readyOf, slackPercent } from '../fleet.ts';
import { column, type Page, type Row, type Table } from '../page.ts';
import { consistentHash } from '../rings.ts';

const deviceCount = 100_000;

/** Where every device goes, of these hubs, which have so many devices before. */
type Place = (names: readonly string[], listed: readonly Hub[]) => readonly string[];

/** By the snapshot that was there before the first. */
const byRank: Place = (names, listed) => {
  const roster = readyOf(listed.map((hub) => ({ ...hub, deviceCount: undefined })));
  return names.map((name) => allocate(newcomer(name, listed), roster).hub);
};

/** Each newcomer decided on a table that counts all those before it. */
const withinBound: Place = (names, listed) => {
  const counts = new Map(listed.map(({ hostName, deviceCount: had = 0 }) => [hostName, had]));
  return names.map((name) => {
    const counted = listed.map((hub) => ({ ...hub, deviceCount: counts.get(hub.hostName) }));
    const { hub } = allocate(newcomer(name, listed), readyOf(counted));
    const found = counted.find(({ hostName }) => hostName === hub);
    if (found) counts.set(found.hostName, (found.deviceCount ?? 0) + 1);
    return hub;
  });
};

const byHashRing: Place = (names, listed) => {
  const ring = new HashRing(
    Object.fromEntries(listed.map(({ hostName, weight }) => [hostName, { weight }])),
  );
  return names.map((name) => ring.get(name));
};

const byConsistentHash: Place = (names, listed) => {
  const ring = consistentHash(listed);
  return names.map((name) => ring.get(name));
};

const byModulo: Place = (names, listed) =>
  names.map((_, index) => listed[index % listed.length]?.hostName ?? '');

const ways: Readonly<Record<string, Place>> = {
  'Rehome, by rank alone': byRank,
  [`Rehome, within the bound (ε ${slackPercent} %)`]: withinBound,
  hashring: byHashRing,
  'consistent-hash': byConsistentHash,
  modulo: byModulo,
};

/** How evenly the hubs fill, and how many devices a change of the hubs would answer differently, beside the least possible. */
export const measureBalance = (seed: number): Page => {
  const names = Array.from({ length: deviceCount }, (_, index) => `device-${seed}-${index}`);
  return {
    title: `Where ${deviceCount.toLocaleString('en')} devices go, and what changes when the hubs do`,
    tables: [10, 50].flatMap((count) => [equalHubs(names, count), unequalHubs(names, count)]),
    chart: { table: 2, columns: ['fullest', 'emptiest'] },
    beside: ['hashring', 'consistent-hash'],
  };
};

/** Of equal hubs: all loads are against the mean. */
const equalHubs = (names: readonly string[], count: number): Table => {
  const before = hubs(count);
  const changes = changesOf(before);
  return {
    title: `${count} equal hubs: loads against the mean, and devices that a change answers anew`,
    columns: [
      column('fullest', '×'),
      column('emptiest', '×'),
      ...changes.map(({ name }) => column(name, '%')),
    ],
    rows: [
      { name: 'least possible', cells: [1, 1, ...changes.map(({ least }) => least)] },
      ...rowsOf((place) => {
        const was = place(names, before);
        const anew = changes.map(({ after }) => churn(was, place(names, after)));
        return [...extremes(was, before), ...anew];
      }),
    ],
  };
};

const rowsOf = (cells: (place: Place) => Row['cells']): readonly Row[] =>
  Object.entries(ways).map(([name, place]) => ({ name, cells: cells(place) }));

type Change = { readonly name: string; readonly after: readonly Hub[]; readonly least: number };

const changesOf = (before: readonly Hub[]): readonly Change[] => {
  const [first, ...rest] = before as [Hub, ...Hub[]];
  const count = before.length;
  const tenth = Math.max(1, count / 10);
  const more = Array.from({ length: tenth * 2 }, (_, index) => aHub(`joiner-${index}`, 1));
  return [
    { name: 'one joins', after: [...before, aHub('joiner', 1)], least: 1 / (count + 1) },
    {
      name: 'a fifth joins',
      after: [...before, ...more],
      least: (2 * tenth) / (count + 2 * tenth),
    },
    { name: 'one leaves', after: rest, least: 1 / count },
    {
      name: 'one doubles',
      after: [{ ...first, weight: 2 }, ...rest],
      least: 2 / (count + 1) - 1 / count,
    },
    {
      name: 'one halves',
      after: [{ ...first, weight: 0.5 }, ...rest],
      least: 1 / count - 0.5 / (count - 0.5),
    },
  ];
};

/** Hubs of weights 1, 2 and 4: loads against shares. And a fleet of which as many as come again are on one hub: against the mean. */
const unequalHubs = (names: readonly string[], count: number): Table => {
  const weighted = hubs(count).map((hub, index) => ({ ...hub, weight: 2 ** (index % 3) }));
  const skewed = hubs(count, 0).map((hub, index) =>
    index === 0 ? { ...hub, deviceCount: deviceCount * 0.6 } : hub,
  );
  const bestRest = deviceCount / (count - 1);
  const mean = (deviceCount * 1.6) / count;
  return {
    title: `${count} hubs of weights 1, 2 and 4, loads against shares; and equal ones, where 60,000 devices more were on the first before, loads against the mean`,
    columns: [
      column('fullest, by weight', '×'),
      column('emptiest, by weight', '×'),
      column('fullest of the others', '×'),
      column('emptiest of the others', '×'),
      column('more for the first', 'count'),
    ],
    rows: [
      { name: 'least possible', cells: [1, 1, bestRest / mean, bestRest / mean, 0] },
      ...rowsOf((place) => {
        const placed = place(names, skewed);
        const [first, ...others] = skewed;
        const more = placed.filter((hub) => hub === first?.hostName).length;
        const ofOthers = extremes(placed, others, mean);
        return [...extremes(place(names, weighted), weighted), ...ofOthers, more];
      }),
    ],
  };
};

/** The fullest and the emptiest of those hubs, against what weights say or that mean. */
const extremes = (
  answers: readonly string[],
  listed: readonly Hub[],
  mean?: number,
): readonly [number, number] => {
  const counts = new Map<string, number>();
  for (const hub of answers) counts.set(hub, (counts.get(hub) ?? 0) + 1);
  const weights = listed.reduce((sum, { weight }) => sum + weight, 0);
  const loads = listed.map(
    ({ hostName, weight }) =>
      (counts.get(hostName) ?? 0) / (mean ?? (answers.length * weight) / weights),
  );
  return [Math.max(...loads), Math.min(...loads)];
};

const churn = (was: readonly string[], is: readonly string[]): number =>
  is.filter((hub, index) => hub !== was[index]).length / is.length;
