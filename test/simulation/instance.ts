import { sleep } from '../../local/world.ts';
import type { VirtualWorld } from './virtual-world.ts';

/** One process of the app: it may die at any call of a port, before or after that was done, and then does nothing more. */
export type Instance = { isDead: boolean; readonly onDeath: (() => void)[] };

export type Chances = {
  /** Of dying, at each end of a call. */
  dies: number;
  /** Of a call that fails without having done anything, and of one whose acknowledgement is lost. */
  fails: number;
};

const never = (): Promise<never> => new Promise(() => undefined);

export const die = (instance: Instance): void => {
  instance.isDead = true;
  for (const tell of instance.onDeath) tell();
};

type Method = (...given: never[]) => Promise<unknown>;

/** A port as this process reaches it. */
export const reached = <Port extends object>(
  port: Port,
  instance: Instance,
  chances: Chances,
  world: VirtualWorld,
  mayFail: boolean,
): Port => {
  const passes = async (): Promise<void> => {
    if (!instance.isDead && world.chance(chances.dies)) die(instance);
    if (instance.isDead) await never();
    await sleep(world, world.between(1, 50));
    if (mayFail && world.chance(chances.fails)) throw new Error('the port fails');
  };
  const wrap =
    (method: Method): Method =>
    async (...given) => {
      await passes();
      const result = await method(...given);
      await passes();
      return result;
    };
  return Object.fromEntries(
    Object.entries(port).map(([name, method]) => [name, wrap(method as Method)]),
  ) as Port;
};
