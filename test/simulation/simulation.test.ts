import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { rootFolder } from '../support/source.ts';
import { aMillion, liveByCounts } from './by-counts.ts';
import { planted } from './plants.ts';
import { type ScenarioName, scenarioNames } from './scenarios.ts';
import { scriptOf } from './script-of.ts';
import { shrink } from './shrink.ts';
import { type Life, simulate } from './simulation.ts';
import { storyOf } from './story.ts';

/**
 * Lives of a few devices in bad weather, one for each seed: messages lost, doubled, late; processes that die between any two calls, stand still, or
 * disagree on the time; hubs, DPS and a store that fail; devices that refuse, defer, sleep and die; people who change their minds. After every step the
 * laws are held against what really happened; then it is calm, and everything must settle. `npm run simulate` goes on for as long as one likes.
 */

/** Another one with every commit: what is found has its seed in what the test says. */
const commitSeed = (): number => {
  try {
    const options = { cwd: rootFolder, encoding: 'utf8', stdio: 'pipe' } as const;
    return Number.parseInt(execFileSync('git', ['rev-parse', 'HEAD'], options).slice(0, 7), 16);
  } catch {
    return 1; // an archive has no commits
  }
};

const first = commitSeed();
const day = 86_400_000;

/** How many lives of each, and how many days they last where it is not the scenario's own time. */
const budgets: Readonly<Record<ScenarioName, readonly [lives: number, days?: number]>> = {
  everything: [10],
  'by hand': [10],
  'drain in a storm': [4],
  'hub dies mid-wave': [3],
  'herd after an outage': [4],
  'flapping hub': [3],
  'webhook down': [4],
  'two operators': [6],
  'in its window': [3],
  'asleep under a pause': [4],
  newcomers: [4],
  brownfield: [4],
  'years of rebalancing': [1, 3],
};

/** Whoever breaks a law is made as small as it goes, and its story is told. */
const expectLawful = async (seed: number, name: ScenarioName, days?: number): Promise<Life> => {
  const script = scriptOf(seed, name, days);
  const life = await simulate(script);
  const [broken] = life.violations;
  if (!broken) return life;
  const least = await shrink(script, broken.law, undefined, 60);
  const story = storyOf(least.life, least.life.violations[0]?.about, 40).join('\n');
  const again = `npm run simulate -- --scenario '${name}' --seed ${seed} --seeds 1`;
  throw new Error(`[${broken.law}] ${broken.what}\n${story}\nAgain: ${again}`);
};

describe(`[M1] [M2] [M3] [M4] [M5] [M6] [M7] [A1] [A2] [A3] [A7] [C1] [C2] [C3] [C4] [C5] [C6] [C7] [C8] [R1] [R2] [R4] hold, from seed ${first} on`, () => {
  const lives: Life[] = [];

  test.each(scenarioNames)(
    '%s',
    async (name) => {
      const [count, days] = budgets[name];
      for (let seed = first; seed < first + count; seed += 1)
        lives.push(await expectLawful(seed, name, days));
    },
    120_000,
  );

  test('weather that breaks nothing would show nothing', () => {
    const verdicts = new Set(lives.flatMap(({ settled }) => settled.map(({ verdict }) => verdict)));
    expect([...verdicts].sort()).toEqual([
      'cancelled',
      'failed',
      'refused',
      'stranded',
      'superseded',
      'timedOut',
      'verified',
    ]);
    const outcomes = lives.flatMap(({ campaigns }) =>
      campaigns.map(({ state }) => (state.kind === 'ended' ? state.outcome : state.kind)),
    );
    expect([...new Set(outcomes)].sort()).toEqual(['aborted', 'completed', 'stopped']);
    expect(lives.reduce((sum, { deaths }) => sum + deaths, 0)).toBeGreaterThan(1_000);
    expect(lives.reduce((sum, { virtualMs }) => sum + virtualMs, 0) / day).toBeGreaterThan(60);
  });
});

test('[A1] [A3] [P1] [P6] a year of a million devices, by counts', async () => {
  for (let seed = first; seed < first + 2; seed += 1) {
    const life = await liveByCounts(seed, aMillion);
    expect(life.violations, `seed ${seed}`).toEqual([]);
    expect(life.moves).toBeGreaterThan(100_000);
  }
}, 60_000);

test('the same seed is the same life, and the same script too', async () => {
  const script = scriptOf(7, 'everything');
  const one = await simulate(script);
  const other = await simulate(JSON.parse(JSON.stringify(script)));
  expect(other.lines).toEqual(one.lines);
});

/** What the simulator found, and is mended: what was a fault then must not come back. */
const found: readonly (readonly [what: string, scenario: ScenarioName, seed: number])[] = [
  ['two hubs whose question came to nothing once stop the fleet', 'drain in a storm', 1],
  ['a hub that was evacuated counts as trouble for good', 'everything', 8],
  ['a process that stood still takes hubs for silent since then', 'everything', 6],
];

test.each(found)('never again: %s', async (_what, scenario, seed) => {
  await expectLawful(seed, scenario);
});

describe('a planted fault is found', () => {
  test.each(planted)(
    '$fault, within $seedsMax seeds',
    async ({ laws, scenario, seedsMax, plant, but }) => {
      const broken: string[] = [];
      for (let seed = 1; seed <= seedsMax && broken.length === 0; seed += 1) {
        const script = { ...scriptOf(seed, scenario), ...but };
        const { violations } = await simulate(script, plant, laws);
        broken.push(...violations.map(({ law }) => law).filter((law) => laws.includes(law)));
      }
      expect(laws).toContain(broken[0]);
    },
    60_000,
  );

  test('and its story is short: the least that it takes', async () => {
    const fault = planted.find(({ laws }) => laws.join() === 'M2');
    if (!fault) throw new Error('no such fault is planted');
    const script = scriptOf(1, fault.scenario);
    const { script: least, life } = await shrink(script, 'M2', fault.plant, 60);
    expect(least.acts.length).toBeLessThan(script.acts.length);
    expect(least.deviceCount).toBeLessThan(script.deviceCount);
    expect(life.violations.map(({ law }) => law)).toContain('M2');
    expect(storyOf(life, life.violations[0]?.about).join('\n')).toContain('M2 is broken');
  }, 60_000);
});
