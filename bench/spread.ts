import HashRing from 'hashring';
import { allocate } from '../shared/allocation/allocate.ts';
import type { Hub } from '../shared/domain/hub.ts';
import { aHub, hubs, newcomer, readyOf, slackPercent } from './fleet.ts';
import { percent, say } from './measure.ts';
import { consistentHash } from './rings.ts';

const deviceCount = 100_000;
const devices = Array.from({ length: deviceCount }, (_, index) => index);

/** Where every device goes, of these hubs. */
type Place = (listed: readonly Hub[]) => readonly string[];

const byRank: Place = (listed) => {
  const roster = readyOf(listed);
  return devices.map((index) => allocate(newcomer(index, listed), roster).hub);
};

/** Each newcomer decided on a table that counts all those before it. */
const withinBound: Place = (listed) => {
  const counts = new Map(listed.map(({ hostName }) => [String(hostName), 0]));
  return devices.map((index) => {
    const counted = listed.map((hub) => ({ ...hub, deviceCount: counts.get(hub.hostName) }));
    const { hub } = allocate(newcomer(index, listed), readyOf(counted));
    counts.set(hub, (counts.get(hub) ?? 0) + 1);
    return hub;
  });
};

const byHashRing: Place = (listed) => {
  const ring = new HashRing(
    Object.fromEntries(listed.map(({ hostName, weight }) => [hostName, { weight }])),
  );
  return devices.map((index) => ring.get(`device-${index}`));
};

const byConsistentHash: Place = (listed) => {
  const ring = consistentHash(listed);
  return devices.map((index) => ring.get(`device-${index}`));
};

const byModulo: Place = (listed) =>
  devices.map((index) => listed[index % listed.length]?.hostName ?? '');

const ways: readonly (readonly [name: string, place: Place])[] = [
  ['Rehome, by rank alone', byRank],
  [`Rehome, within the bound (ε ${slackPercent} %)`, withinBound],
  ['hashring 3', byHashRing],
  ['consistent-hash 1', byConsistentHash],
  ['modulo', byModulo],
];

/** How evenly the hubs fill, and how many devices a change of the hubs would answer differently, against the least possible. */
export const measureSpread = (): void => {
  for (const count of [10, 50]) {
    const before = hubs(count);
    const changes = changesOf(before, count);
    const columns = [...changes.map(([name]) => name)];
    say(`\n${count} equal hubs, ${deviceCount} devices`);
    say(row('', ['fullest', 'emptiest', ...columns]));
    say(row('least possible', ['1.000', '1.000', ...changes.map(([, , least]) => percent(least))]));
    for (const [name, place] of ways) {
      const was = place(before);
      const anew = changes.map(([, after]) => percent(churn(was, place(after))));
      say(row(name, [...extremes(was, count), ...anew]));
    }
  }
};

const changesOf = (
  before: readonly Hub[],
  count: number,
): readonly (readonly [name: string, after: readonly Hub[], least: number])[] => {
  const [first, ...rest] = before as [Hub, ...Hub[]];
  return [
    ['one joins', [...before, aHub('joiner', 1)], 1 / (count + 1)],
    ['one leaves', rest, 1 / count],
    ['one doubles', [{ ...first, weight: 2 }, ...rest], 2 / (count + 1) - 1 / count],
  ];
};

const extremes = (answers: readonly string[], hubCount: number): readonly string[] => {
  const counts = new Map<string, number>();
  for (const hub of answers) counts.set(hub, (counts.get(hub) ?? 0) + 1);
  const all = [...counts.values(), ...(counts.size < hubCount ? [0] : [])];
  const ofMean = (load: number) => ((load * hubCount) / answers.length).toFixed(3);
  return [ofMean(Math.max(...all)), ofMean(Math.min(...all))];
};

const churn = (was: readonly string[], is: readonly string[]): number =>
  is.filter((hub, index) => hub !== was[index]).length / is.length;

const row = (name: string, cells: readonly string[]): string =>
  `  ${name.padEnd(34)}${cells.map((cell) => cell.padStart(13)).join('')}`;
