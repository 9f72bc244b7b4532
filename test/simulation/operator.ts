import { main } from '../support/a-question.ts';
import { type App, type Base, hosts } from './app.ts';
import { repeat } from './virtual-world.ts';
import { hour, minute } from './weather.ts';

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
