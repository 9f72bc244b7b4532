import { allocate } from '../shared/allocation/allocate.ts';
import type { Hub } from '../shared/domain/hub.ts';
import { aHub, hubs, newcomer, readyOf } from './fleet.ts';
import { percent, say } from './measure.ts';

const deviceCount = 100_000;

/** How evenly the hubs fill, and how many devices a change of the hubs would answer differently, against the least possible. */
export const measureSpread = (): void => {
  for (const count of [10, 50]) {
    const before = hubs(count);
    const answers = answersOf(before);
    say(`\n${count} equal hubs, ${deviceCount} devices`);
    say(`  by rank alone        fullest hub ${ofMean(answers, count)} of the mean`);
    say(`  within the bound     fullest hub ${ofMean(filled(before), count)} of the mean (≤ 1.05)`);
    churn('one joins', answers, [...before, aHub('joiner', 1)], 1 / (count + 1));
    churn('one leaves', answers, before.slice(1), 1 / count);
    const [first, ...rest] = before as [Hub, ...Hub[]];
    churn(
      'one halves in weight',
      answers,
      [{ ...first, weight: 0.5 }, ...rest],
      1 / count - 0.5 / (count - 0.5),
    );
    churn(
      'one doubles in weight',
      answers,
      [{ ...first, weight: 2 }, ...rest],
      2 / (count + 1) - 1 / count,
    );
  }
};

const answersOf = (listed: readonly Hub[]): readonly string[] => {
  const table = readyOf(listed);
  return Array.from(
    { length: deviceCount },
    (_, index) => allocate(newcomer(index, listed), table).hub,
  );
};

/** Each newcomer decided on a table that counts all those before it. */
const filled = (listed: readonly Hub[]): readonly string[] => {
  const counts = new Map(listed.map(({ hostName }) => [String(hostName), 0]));
  return Array.from({ length: deviceCount }, (_, index) => {
    const counted = listed.map((hub) => ({ ...hub, deviceCount: counts.get(hub.hostName) }));
    const { hub } = allocate(newcomer(index, listed), readyOf(counted));
    counts.set(hub, (counts.get(hub) ?? 0) + 1);
    return hub;
  });
};

const ofMean = (answers: readonly string[], hubCount: number): string => {
  const counts = new Map<string, number>();
  for (const hub of answers) counts.set(hub, (counts.get(hub) ?? 0) + 1);
  return ((Math.max(...counts.values()) * hubCount) / answers.length).toFixed(3);
};

const churn = (what: string, was: readonly string[], now: readonly Hub[], least: number): void => {
  const is = answersOf(now);
  const changed = is.filter((hub, index) => hub !== was[index]).length / deviceCount;
  say(
    `  ${what.padEnd(22)} ${percent(changed)} answered anew, ${percent(least)} expected at the least`,
  );
};
