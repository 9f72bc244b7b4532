import { simulate } from './simulation.ts';
import { badWeather } from './weather.ts';

/**
 * `npm run simulate -- [first seed] [how many] [device]`: lives in bad weather, one seed after the other. What breaks a law is printed,
 * and the life of the device that is named.
 */

const [first = 1, count = 1_000] = process.argv.slice(2, 4).map(Number);
const device = process.argv[4];
const verdicts: Record<string, number> = {};
let broken = 0;
let deaths = 0;
let steps = 0;
for (let seed = first; seed < first + count; seed += 1) {
  const life = await simulate(seed, badWeather);
  for (const { verdict } of life.settled) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  deaths += life.deaths;
  const lines = device === undefined ? [] : life.log.filter((line) => line.includes(` ${device} `));
  if (lines.length) process.stdout.write(`${lines.join('\n')}\n`);
  steps += life.steps;
  if (life.violations.length === 0) continue;
  broken += 1;
  process.stdout.write(`seed ${seed}\n${life.violations.map((one) => `  ${one}\n`).join('')}`);
}
const settled = Object.entries(verdicts).map(([verdict, moves]) => `${verdict} ${moves}`);
process.stdout.write(
  `${count} seeds, ${broken} broken; ${steps} steps, ${deaths} deaths of a process; ${settled.join(', ')}\n`,
);
if (broken > 0) process.exitCode = 1;
