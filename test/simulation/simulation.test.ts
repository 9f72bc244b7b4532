import { describe, expect, test } from 'vitest';
import type { TwinSight } from '../../shared/campaign/look.ts';
import type { Plant } from './app.ts';
import { simulate } from './simulation.ts';
import { badWeather } from './weather.ts';

/**
 * Lives of a few devices in bad weather, one for each seed: messages lost, doubled, late; processes that die between any two calls; hubs
 * and a store that fail; devices that refuse, defer, sleep and die. After every step the laws are held against what really happened;
 * then it is calm, and everything must settle. `npm run simulate` goes on for as long as one likes.
 */

const lives = async (seeds: readonly number[], plant?: Plant) => {
  const lived = [];
  for (const seed of seeds) lived.push(await simulate(seed, badWeather, plant));
  return lived;
};

const seeds = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => index + 1);

test('[M1] [M2] [M3] [M4] [M5] [M6] [M7] [A2] [R1] [R4] hold in a hundred lives, and all settles', async () => {
  const lived = await lives(seeds(100));
  expect(lived.flatMap(({ violations }) => violations)).toEqual([]);
  // Weather that breaks nothing would show nothing.
  const verdicts = new Set(lived.flatMap(({ settled }) => settled.map(({ verdict }) => verdict)));
  expect([...verdicts].sort()).toEqual([
    'cancelled',
    'failed',
    'refused',
    'stranded',
    'superseded',
    'timedOut',
    'verified',
  ]);
  expect(lived.reduce((sum, { deaths }) => sum + deaths, 0)).toBeGreaterThan(1_000);
}, 60_000);

test('the same seed is the same life', async () => {
  const [one, other] = await lives([7, 7]);
  expect(other?.log).toEqual(one?.log);
});

/** What a look finds, mistaken. */
const seeing =
  (mistake: (sight: TwinSight) => TwinSight): Plant =>
  (ports) => ({
    ...ports,
    twins: { look: async (device) => mistake(await ports.twins.look(device)) },
  });

describe('a planted fault is seen', () => {
  test.each<[string, string, Plant]>([
    [
      'a store without a fence',
      '[M',
      (ports) => ({
        ...ports,
        records: {
          ...ports.records,
          write: async (key, record, _version, signal, settled) => {
            const kept = await ports.records.read(key, signal);
            return ports.records.write(key, record, kept?.version, signal, settled);
          },
        },
      }),
    ],
    [
      'a look that takes an identity for a sign of life',
      '[M3]',
      seeing((sight) => (sight.kind === 'found' ? { ...sight, connected: true } : sight)),
    ],
    [
      'a request that is sent under another id than the ledger has',
      '[M2]',
      (ports) => ({
        ...ports,
        signal: {
          ...ports.signal,
          ask: (device, move, scope) =>
            ports.signal.ask(device, { ...move, attempt: move.attempt + 1 }, scope),
        },
      }),
    ],
    [
      'a hub that gives no answer taken for one that has no such device',
      '[M3]',
      seeing((sight) => (sight.kind === 'silent' ? { kind: 'absent' } : sight)),
    ],
    [
      'requests that are never cleared',
      '[R1]',
      (ports) => ({ ...ports, signal: { ...ports.signal, clear: async () => true } }),
    ],
  ])('%s', async (_fault, law, plant) => {
    const lived = await lives(seeds(25), plant);
    const violations = lived.flatMap((life) => life.violations);
    expect(violations.some((one) => one.startsWith(law))).toBe(true);
  });
});
