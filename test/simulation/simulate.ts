import { parseArgs } from 'node:util';
import { aMillion, liveByCounts } from './by-counts.ts';
import { type ScenarioName, scenarioNames, scenarios } from './scenarios.ts';
import { scriptOf } from './script-of.ts';
import { shrink } from './shrink.ts';
import { type Life, simulate } from './simulation.ts';
import { storyOf } from './story.ts';

/**
 * `npm run simulate -- [--seeds N] [--seed X] [--days D] [--scenario S]`: lives in bad weather, one seed after the other. Who breaks a law is made
 * as small as it goes, and its story is told.
 */

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    days: { type: 'string' },
    scenario: { type: 'string' },
    story: { type: 'string' },
    'no-shrink': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const numberOf = (text: string, flag: string): number => {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number <= 0)
    throw new Error(`expected a number above 0: --${flag}`);
  return number;
};

const byCounts = 'a million by counts';

const namesFor = (given: string | undefined): readonly ScenarioName[] => {
  if (given === undefined) return scenarioNames;
  if (given === byCounts) return [];
  const name = scenarioNames.find((one) => one === given);
  if (!name)
    throw new Error(`expected one of ${[...scenarioNames, byCounts].join(', ')}: --scenario`);
  return [name];
};

const help = (): void => {
  say('npm run simulate -- [--seeds N] [--seed FIRST] [--days D] [--scenario NAME] [--no-shrink]');
  say('                    [--story DEVICE]   tells the life of a device, whatever befell it');
  for (const name of scenarioNames) say(`  ${name.padEnd(24)}${scenarios[name].says}`);
  say(`  ${byCounts.padEnd(24)}a year of a million devices on twenty hubs, as counts`);
};

const tellBroken = async (
  seed: number,
  name: ScenarioName,
  days: number | undefined,
  { violations }: Life,
): Promise<void> => {
  for (const { law, what } of violations) say(`  [${law}] ${what}`);
  const [first] = violations;
  if (!first || values['no-shrink']) return;
  const { script, life, tried } = await shrink(scriptOf(seed, name, days), first.law, undefined);
  const { acts, deviceCount, instances } = script;
  const found = life.violations.find(({ law }) => law === first.law) ?? first;
  say(
    `  the least of ${tried}: ${acts.length} acts, ${deviceCount} devices, ${instances} processes`,
  );
  for (const line of storyOf(life, found.about)) say(`    ${line}`);
};

const dayMs = 86_400_000;
const summary = { lives: 0, broken: 0, steps: 0, deaths: 0, virtualMs: 0, campaigns: 0 };
const verdicts: Record<string, number> = {};

const tally = (life: Life): void => {
  summary.lives += 1;
  summary.steps += life.steps;
  summary.deaths += life.deaths;
  summary.virtualMs += life.virtualMs;
  summary.campaigns += life.campaigns.length;
  if (life.violations.length > 0) summary.broken += 1;
  for (const { verdict } of life.settled) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
};

/** Few are enough: a life is a year. */
const runByCounts = async (first: number, count: number): Promise<void> => {
  for (let seed = first; seed < first + Math.ceil(count / 10); seed += 1) {
    const { violations, moves, plans, decisions } = await liveByCounts(seed, aMillion);
    summary.lives += 1;
    summary.virtualMs += aMillion.days * dayMs;
    if (violations.length > 0) summary.broken += 1;
    say(
      `${byCounts}, seed ${seed}: ${plans} plans, ${moves} moves, ${decisions} decisions, ${violations.length} broken`,
    );
    for (const { law, what } of violations) say(`  [${law}] ${what}`);
  }
};

const run = async (): Promise<void> => {
  const [count, first] = [numberOf(values.seeds, 'seeds'), numberOf(values.seed, 'seed')];
  const days = values.days === undefined ? undefined : numberOf(values.days, 'days');
  say(`seeds ${first} to ${first + count - 1}`);
  for (const name of namesFor(values.scenario)) {
    const begunMs = performance.now();
    let broken = 0;
    let saidMs = begunMs;
    for (let seed = first; seed < first + count; seed += 1) {
      const life = await simulate(scriptOf(seed, name, days));
      tally(life);
      if (performance.now() - saidMs > 10_000) {
        saidMs = performance.now();
        say(`  ${name}: ${seed - first + 1} of ${count}`);
      }
      if (values.story) for (const line of storyOf(life, values.story, 1_000)) say(line);
      if (life.violations.length === 0) continue;
      broken += 1;
      say(`seed ${seed} of ${name} breaks a law`);
      await tellBroken(seed, name, days, life);
    }
    const took = ((performance.now() - begunMs) / 1000).toFixed(0);
    say(`${name}: ${count} seeds, ${broken} broken, ${took} s`);
  }
  if ([undefined, byCounts].includes(values.scenario)) await runByCounts(first, count);
  const settled = Object.entries(verdicts).map(([verdict, moves]) => `${verdict} ${moves}`);
  const virtualDays = (summary.virtualMs / dayMs).toFixed(0);
  say(
    `${summary.lives} lives, ${virtualDays} virtual days, ${summary.broken} broken; ${summary.steps} steps, ${summary.deaths} deaths of a process, ${summary.campaigns} campaigns; moves ${settled.join(', ')}`,
  );
  if (summary.broken > 0) process.exitCode = 1;
};

const main = async (): Promise<void> => (values.help ? help() : run());

main().catch((error: unknown) => {
  process.stderr.write(`simulate: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
