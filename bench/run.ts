import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { toSvg } from './chart.ts';
import { type Origin, originOf, sayOrigin } from './origin.ts';
import { type Page, toText } from './page.ts';
import { measureBalance } from './pages/balance.ts';
import { measureDecisions } from './pages/decisions.ts';
import { measureEvents } from './pages/events.ts';
import { measureInstances } from './pages/instances.ts';
import { measureOutages } from './pages/outage.ts';
import { measurePace } from './pages/pace.ts';
import { measurePlanner } from './pages/planner.ts';
import { measureProfile } from './pages/profile.ts';
import { measureStart } from './pages/start.ts';
import { measureState } from './pages/state.ts';
import { measureWebhook } from './pages/webhook.ts';
import { measureLargest, measureWhole } from './pages/whole.ts';
import { type Kept, performancePage } from './performance-page.ts';

/**
 * `npm run bench [-- NAME…] [--seed N] [--keep]`: measures, prints tables, and puts JSON and SVG into bench/results; with --keep into
 * docs/performance, whose page is then written anew. Read the ratios: the times are this machine's.
 */
const measurements: Readonly<Record<string, (seed: number) => Page | Promise<Page>>> = {
  decisions: measureDecisions,
  webhook: measureWebhook,
  start: measureStart,
  balance: measureBalance,
  instances: measureInstances,
  planner: measurePlanner,
  pace: measurePace,
  events: measureEvents,
  state: measureState,
  profile: measureProfile,
  whole: measureWhole,
  largest: measureLargest,
  outage: measureOutages,
};

/** Only by name: a store that fails for a quarter of an hour, a campaign of half an hour. */
const isLong = (name: string): boolean => name === 'outage' || name === 'largest';

const fail = (because: string): never => {
  process.stderr.write(`bench: ${because}\n`);
  process.exit(2);
};

const readArguments = () => {
  try {
    const options = {
      seed: { type: 'string', default: '1' },
      keep: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return fail((error as Error).message);
  }
};

const { values, positionals } = readArguments();
const seed = Number(values.seed);
if (!Number.isSafeInteger(seed) || seed < 1) fail(`expected a whole number above 0: --seed`);
const known = Object.keys(measurements);
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) fail(`no ${unknown.join(', ')}; there are ${known.join(', ')}`);

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, values.keep ? 'docs/performance' : 'bench/results');
await mkdir(folder, { recursive: true });

const put = async (name: string, page: Page, origin: Origin): Promise<void> => {
  for (const table of page.tables) process.stdout.write(toText(table));
  const kept: Kept = { name, origin, ...page };
  await writeFile(path.join(folder, `${name}.json`), `${JSON.stringify(kept, null, 2)}\n`);
  await writeFile(path.join(folder, `${name}.svg`), toSvg(page, origin));
};

for (const name of positionals.length > 0 ? positionals : known.filter((one) => !isLong(one))) {
  const page = await measurements[name]?.(seed);
  if (!page) continue;
  const origin = originOf(seed, page.beside);
  process.stdout.write(`\n${page.title}\n${sayOrigin(origin)}\n`);
  await put(name, page, origin);
}
if (values.keep) {
  const file = path.join(root, 'docs/performance.md');
  await writeFile(file, await performancePage(await readFile(file, 'utf8'), folder));
}
process.exit(); // what was measured may hold sockets and timers
