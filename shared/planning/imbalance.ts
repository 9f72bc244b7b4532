import { deviceCountMax } from '../domain/hub.ts';
import type { Demand } from './demand.ts';
import type { PlanLimits } from './goal.ts';
import type { Snapshot } from './snapshot.ts';

/** By how much the fullest hub is past its fair share: 0.1 is 10 %. */
export const imbalanceOf = (loads: readonly number[], { levels }: Demand): number =>
  levels.reduce(
    (worst, level, hub) => (level > 0 ? Math.max(worst, (loads[hub] ?? 0) / level - 1) : worst),
    0,
  );

/**
 * [P6] Worth it when one hub is past both thresholds, by ratio and in devices, so that neither a small fleet nor noise moves anybody; and
 * always when one holds more than it may.
 */
export const isWorthBalancing = (
  { hubs }: Snapshot,
  { loads, levels }: Demand,
  { imbalancePercent, imbalanceCount, loadLabel }: PlanLimits,
): boolean =>
  hubs.some(({ hub }, index) => {
    const [load = 0, level = 0] = [loads[index], levels[index]];
    if (level <= 0) return false; // it takes no part
    if (loadLabel === undefined && load > deviceCountMax(hub)) return true;
    return load > level * (1 + imbalancePercent / 100) && load - level >= imbalanceCount;
  });
