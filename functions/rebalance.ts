import { app, type TimerHandler } from '@azure/functions';
import type { Planning } from '../shared/composition/planning.ts';
import { type Rehome, rehome } from '../shared/composition.ts';
import { toPlanLine, toRebalancedLine } from '../shared/wire/plan-lines.ts';

/** Every minute: counts the hubs, asks for a plan where it is worth it, and begins those again that nobody finished. */
export const rebalanceHandler =
  ({ rebalance, manageHubs }: Planning, { meters }: Pick<Rehome, 'meters'>): TimerHandler =>
  async (_timer, context) => {
    const done = await rebalance();
    for (const order of done.proposed) context.info(toPlanLine(order));
    if (done.tripped !== undefined) context.error(toRebalancedLine(done));
    else if (done.silent.length > 0) context.warn(toRebalancedLine(done));
    else if (
      done.approved !== undefined ||
      done.proposed.length + done.observed.length + done.resumed.length > 0
    )
      context.info(toRebalancedLine(done));
    meters.hubs(await manageHubs.table());
  };

const composed = rehome();
const { planning } = composed;
if (planning) {
  app.timer('rebalance', {
    schedule: '30 * * * * *',
    handler: rebalanceHandler(planning, composed),
  });
}
