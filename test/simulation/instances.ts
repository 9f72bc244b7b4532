import { memoryIntakes } from '../../shared/adapters/memory/intakes.ts';
import { allocate } from '../../shared/allocation/allocate.ts';
import { type Roster, rosterOf } from '../../shared/allocation/roster.ts';
import type { Hub } from '../../shared/domain/hub.ts';
import { hubTable } from '../../shared/domain/hub-table.ts';
import { type Instant, instant } from '../../shared/domain/instant.ts';
import type { IntakeMinute } from '../../shared/domain/intake.ts';
import { noPolicy } from '../../shared/domain/policy.ts';
import { aHub } from '../support/a-hub.ts';
import { aQuestion } from '../support/a-question.ts';
import { virtualWorld } from './virtual-world.ts';

/** [A4] Many instances that answer at once, each by a snapshot of its own age. */
export type Crowd = {
  readonly instances: number;
  readonly hubCount: number;
  /** Newcomers a second, over all instances. */
  readonly rate: number;
  readonly seconds: number;
  /** From one look at the hub table to the next, of one instance; and from one flush of its counts to the next. */
  readonly snapshotMs: number;
  readonly flushMs: number;
  /** From an answer to the event that confirms it. */
  readonly confirmMs: number;
  /** From one count of the hubs to the next. */
  readonly countMs: number;
  /** ε of the bound, in percent: with none, whoever is below the mean draws all. */
  readonly slackPercent: number;
  /** What all hubs but one begin with: every instance sends the newcomers to that one, until it has its share. */
  readonly loadOfOthers: number;
};

export type Overshoot = {
  /** By how many devices a hub was ever lifted past its bound, as it truly was then. */
  readonly worst: number;
  /** What the law allows: rate × the oldest that anybody's knowledge may be. */
  readonly allowed: number;
  /** The fullest hub against the mean, at the end. */
  readonly fullest: number;
  readonly decisions: number;
};

export const overshootOf = async (crowd: Crowd, seed: number): Promise<Overshoot> => {
  const { instances, hubCount, rate, seconds, snapshotMs, flushMs, confirmMs, countMs } = crowd;
  const { loadOfOthers, slackPercent } = crowd;
  const world = virtualWorld(seed);
  const names = Array.from({ length: hubCount }, (_, index) => `hub-${index}`);
  const loads = new Map<string, number>(
    names.map((name, index) => [aHub(name).hostName, index === 0 ? 0 : loadOfOthers]),
  );
  let counted: { hubs: readonly Hub[] } = { hubs: [] };
  const count = (now: Instant): void => {
    const hubs = names.map((name) => {
      const { hostName } = aHub(name);
      return aHub(name, { deviceCount: loads.get(hostName) ?? 0, countedAt: now });
    });
    counted = { hubs };
  };
  const flushed: (readonly IntakeMinute[])[] = Array.from({ length: instances }, () => []);
  const rosters: (Roster | undefined)[] = Array.from({ length: instances }, () => undefined);
  const intakes = flushed.map(() => memoryIntakes(world.clock));
  const linked = names;
  let [worst, decisions] = [0, 0];

  const decideOne = (): void => {
    const at = Math.floor(world.random() * instances);
    const roster = rosters[at];
    if (!roster) return;
    decisions += 1;
    const asked = aQuestion({ device: `device-${decisions}`, linked });
    const { hub } = allocate(asked, roster);
    const total = [...loads.values()].reduce((sum, load) => sum + load, 0);
    const bound = Math.ceil(((100 + slackPercent) * (total + 1)) / (100 * hubCount));
    const load = (loads.get(hub) ?? 0) + 1;
    loads.set(hub, load);
    worst = Math.max(worst, load - bound);
    world.after(confirmMs, () =>
      intakes[at]?.note(aHub(hub.split('.')[0] ?? '').hostName, 'confirmed'),
    );
  };

  const every = (everyMs: number, firstMs: number, work: () => void): void => {
    const again = (): void => {
      work();
      world.after(everyMs, again);
    };
    world.after(firstMs, again);
  };
  count(instant(0));
  every(countMs, countMs, () => count(world.clock.now()));
  for (let at = 0; at < instances; at += 1) {
    every(flushMs, world.random() * flushMs, () => {
      flushed[at] = intakes[at]?.rows() ?? [];
    });
    every(snapshotMs, (world.random() * snapshotMs) / 10, () => {
      const table = hubTable(counted.hubs, world.clock.now(), flushed.flat());
      rosters[at] = rosterOf(table, noPolicy, slackPercent);
    });
  }
  every(1_000 / rate, snapshotMs / 5, decideOne);
  await world.runUntil(seconds * 1_000, () => undefined);
  const mean = [...loads.values()].reduce((sum, load) => sum + load, 0) / hubCount;
  return {
    worst,
    allowed: Math.ceil((rate * (snapshotMs + flushMs + confirmMs)) / 1_000),
    fullest: Math.max(...loads.values()) / mean,
    decisions,
  };
};
