import { sleep } from '../../local/world.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { VirtualWorld } from './virtual-world.ts';
import type { Weather } from './weather.ts';

/**
 * One process of the app: it may die at any call of a port, before or after that was done, and then does nothing more; or stand still, and go on
 * as if nothing had been.
 */
export type Instance = {
  readonly name: string;
  isDead: boolean;
  stalledUntil: number;
  readonly onDeath: (() => void)[];
};

export const newInstance = (name: string): Instance => ({
  name,
  isDead: false,
  stalledUntil: 0,
  onDeath: [],
});

const never = (): Promise<never> => new Promise(() => undefined);

export const die = (instance: Instance): void => {
  instance.isDead = true;
  for (const tell of instance.onDeath) tell();
};

/** The time as a process has it. */
export const clockOf = (world: VirtualWorld, skewMs: number): Clock => ({
  now: () => instant(world.now() + skewMs),
});

type Method = (...given: never[]) => Promise<unknown>;

/** What befalls the calls of a process. */
export type Reach = {
  readonly instance: Instance;
  readonly world: VirtualWorld;
  /** As it is now. */
  readonly weather: () => Pick<Weather, 'dies' | 'fails' | 'throttles' | 'hangs'>;
  readonly isStoreDown: () => boolean;
  /** Hears of each death, where it was about to do that. */
  readonly tell: (what: string) => void;
};

/** A port as this process reaches it. @param isStore whether it fails, throttles and hangs as a store does. */
export const reached = <Port extends object>(port: Port, reach: Reach, isStore: boolean): Port => {
  const wrap = (name: string, method: Method): Method => {
    return async (...given) => {
      await passes(reach, name, isStore);
      const result = await method(...given);
      await passes(reach, name, isStore);
      return result;
    };
  };
  return Object.fromEntries(
    Object.entries(port).map(([name, method]) => [name, wrap(name, method as Method)]),
  ) as Port;
};

const passes = async (
  { instance, world, weather, isStoreDown, tell }: Reach,
  name: string,
  isStore: boolean,
): Promise<void> => {
  const { dies, fails, throttles, hangs } = weather();
  if (!instance.isDead && world.chance(dies)) {
    tell(`dies at ${name}`);
    die(instance);
  }
  if (instance.isDead) await never();
  await sleep(world, world.between(1, 50));
  if (world.now() < instance.stalledUntil) await sleep(world, instance.stalledUntil - world.now());
  if (instance.isDead) await never();
  if (!isStore) return;
  if (world.chance(hangs)) await never();
  if (isStoreDown()) throw new Error('the store is down');
  if (world.chance(throttles)) throw Object.assign(new Error('too many requests'), { code: 429 });
  if (world.chance(fails)) throw new Error('the store fails');
};
