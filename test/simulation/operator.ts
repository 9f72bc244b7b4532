import { main } from '../support/a-question.ts';
import { type App, type Base, hosts } from './app.ts';
import { repeat } from './virtual-world.ts';
import { hour, minute } from './weather.ts';

/** Puts a device into quarantine, or gives it back. */
const suspect = (anApp: () => App, deviceId: string, isSuspect: boolean): void => {
  const order = { scope: main, deviceId, because: 'a simulation', by: 'Otto' };
  const { quarantine, giveBack } = anApp().order;
  const done = isSuspect ? quarantine(order) : giveBack(order, undefined);
  void done.catch(() => undefined);
};

/** Closes a hub for an hour or two: its devices are placed anew when they register. */
export const closeHubs = ({ world, closed, storm }: Base): void =>
  repeat(
    world,
    () => 10 * minute,
    () => {
      if (!world.chance(storm.closures) || closed.size > 0) return;
      const hub = world.pick(hosts);
      closed.add(hub);
      world.after(world.between(10 * minute, 2 * hour), () => closed.delete(hub));
    },
  );

/** A person who moves devices now and then, and changes their mind. */
export const operate = (
  base: Base,
  anApp: () => App,
  ids: readonly string[],
  life: { readonly on: boolean },
): void => {
  const { world } = base;
  repeat(
    world,
    () => world.between(minute, 20 * minute),
    () => {
      if (!life.on) return;
      const deviceId = world.pick(ids);
      if (world.chance(0.1)) {
        void anApp()
          .end(main, deviceId, 'called off')
          .catch(() => undefined);
        return;
      }
      if (world.chance(0.1)) return suspect(anApp, deviceId, world.chance(0.5));
      const order = {
        scope: main,
        deviceId,
        to: world.pick(hosts),
        reason: 'a simulation',
        campaignId: 'by-hand',
        windowMs: hour,
        parkedMs: 3 * hour,
        jitterSeconds: world.pick([0, 30, 300]),
        resetAllowed: false,
        unknownAllowed: true,
        yieldsPin: false,
      };
      void anApp()
        .move(order)
        .catch(() => undefined);
    },
  );
};
