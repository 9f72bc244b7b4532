import { aMillion, liveByCounts } from '../test/simulation/by-counts.ts';
import { aCampaignWorld, minute } from '../test/support/a-campaign-world.ts';
import { host } from '../test/support/a-move.ts';
import { peakMbOf } from './processes.ts';

/** A whole campaign in virtual time, in a process of its own: `node bench/whole-case.ts '{…}'`, answered as JSON. */
export type WholeCase = {
  readonly deviceCount: number;
  readonly seed: number;
  /** A million are lived by counts. */
  readonly byCounts: boolean;
};

export type WholeFigures = {
  readonly moves: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
};

/** So that the drain takes a few minutes of virtual time, however many devices there are. */
const quotaFor = (deviceCount: number): number => Math.max(1_000, deviceCount / 4);

const drain = async ({ deviceCount, seed }: WholeCase): Promise<() => Promise<number>> => {
  const world = await aCampaignWorld(deviceCount, {
    seed,
    registrationsPerMinute: quotaFor(deviceCount),
  });
  return async () => {
    const id = await world.begin({ kind: 'drain', hub: host('east') }, { bakeMs: 0 });
    await world.until(id, 'ended', 600 * minute);
    return (await world.tally(id)).v;
  };
};

const measure = async (one: WholeCase): Promise<WholeFigures> => {
  const run = one.byCounts
    ? async () => (await liveByCounts(one.seed, aMillion)).moves
    : await drain(one);
  const [begun, before] = [performance.now(), process.cpuUsage()];
  const moves = await run();
  const { user, system } = process.cpuUsage(before);
  return {
    moves,
    seconds: (performance.now() - begun) / 1_000,
    cpuSeconds: (user + system) / 1e6,
    peakMb: peakMbOf('self'),
  };
};

const [, , given] = process.argv;
if (given)
  process.stdout.write(JSON.stringify(await measure(JSON.parse(given))), () => process.exit());
