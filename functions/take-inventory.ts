import { app, type TimerHandler } from '@azure/functions';
import type { Planning } from '../shared/composition/planning.ts';
import { type Rehome, rehome } from '../shared/composition.ts';
import { toInventoryLine } from '../shared/wire/plan-lines.ts';

/**
 * Every minute, as far as its pace allows: a fleet that was there before Rehome, and then what has changed behind its back. One scope whose DPS gives no
 * answer holds up no other; the run fails all the same, and says so.
 */
export const takeInventoryHandler =
  ({ takeInventory }: Planning, scopes: Rehome['scopes']): TimerHandler =>
  async (_timer, context) => {
    const faults: unknown[] = [];
    for (const scope of scopes) {
      try {
        const { inventory, stepCount } = await takeInventory(scope);
        if (stepCount > 0) context.info(toInventoryLine(inventory));
      } catch (fault) {
        faults.push(fault);
      }
    }
    if (faults.length > 0) throw new AggregateError(faults, `The inventory: ${faults.join('; ')}`);
  };

const { planning, scopes } = rehome();
if (planning?.takesInventory) {
  app.timer('takeInventory', {
    schedule: '45 * * * * *',
    handler: takeInventoryHandler(planning, scopes),
  });
}
