import { app, type TimerHandler } from '@azure/functions';
import { type Rehome, rehome } from '../shared/composition.ts';

/** Every fifteen seconds: what the store holds since goes to the audit stream. A fault throws: it is told by the next run. */
export const tellChangesHandler =
  (tellChanges: NonNullable<Rehome['tellChanges']>): TimerHandler =>
  async (_timer, context) => {
    const { sent, unreadable } = await tellChanges();
    if (unreadable.length > 0)
      context.warn(JSON.stringify({ event: 'changes-unreadable', ids: unreadable.slice(0, 20) }));
    if (sent > 0) context.info(JSON.stringify({ event: 'changes-told', sent }));
  };

const { tellChanges } = rehome();
if (tellChanges) {
  app.timer('tellChanges', {
    schedule: '*/15 * * * * *',
    handler: tellChangesHandler(tellChanges),
  });
}
