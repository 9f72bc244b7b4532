import type { Plant } from './app.ts';
import type { Script } from './script.ts';
import { type Life, simulate } from './simulation.ts';
import { calm, type Weather } from './weather.ts';

export type Shrunk = { readonly script: Script; readonly life: Life; readonly tried: number };

/**
 * The least that still breaks the law: without acts that it does not take, without the weather that it does not take, with fewer devices and
 * processes. @param triesMax lives that it may take.
 */
export const shrink = async (
  script: Script,
  law: string,
  plant: Plant | undefined,
  triesMax = 300,
): Promise<Shrunk> => {
  let best = script;
  let life = await simulate(script, plant, [law]);
  let tried = 1;
  const breaks = async (smaller: Script): Promise<boolean> => {
    if (tried >= triesMax) return false;
    tried += 1;
    const lived = await simulate(smaller, plant, [law]);
    if (!lived.violations.some((one) => one.law === law)) return false;
    [best, life] = [smaller, lived];
    return true;
  };
  const endMs = Math.max(
    -1,
    ...life.violations.filter((one) => one.law === law).map(({ atMs }) => atMs),
  );
  if (endMs < 0) return { script, life, tried };
  await breaks({ ...best, acts: best.acts.filter(({ atMs }) => atMs <= endMs) });
  for (const name of Object.keys(calm) as (keyof Weather)[])
    if (best.weather[name] > 0) await breaks({ ...best, weather: { ...best.weather, [name]: 0 } });
  for (const instances of [1, 2])
    if (instances < best.instances && (await breaks({ ...best, instances }))) break;
  await withoutActs(() => best, breaks);
  while (best.deviceCount > 1) {
    const fewer = Math.ceil(best.deviceCount / 2);
    if (!(await breaks({ ...best, deviceCount: fewer }))) break;
  }
  return { script: best, life, tried };
};

/** In halves, quarters, … and at last one by one. */
const withoutActs = async (
  best: () => Script,
  breaks: (smaller: Script) => Promise<boolean>,
): Promise<void> => {
  for (let size = Math.ceil(best().acts.length / 2); size >= 1; size = Math.floor(size / 2))
    for (let from = 0; from < best().acts.length; ) {
      const { acts } = best();
      const without = [...acts.slice(0, from), ...acts.slice(from + size)];
      if (!(await breaks({ ...best(), acts: without }))) from += size;
    }
};
