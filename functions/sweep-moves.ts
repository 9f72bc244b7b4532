import { app, type TimerHandler } from '@azure/functions';
import type { Moves } from '../shared/composition/moves.ts';
import { type Rehome, rehome } from '../shared/composition.ts';
import { meteredOf, toSettledLine, toSweptLine } from '../shared/wire/move-lines.ts';

/** Every minute: deadlines, retries, proof by look-up, and what moves have left behind. */
export const sweepMovesHandler =
  ({ sweepMoves }: Moves, { meters }: Pick<Rehome, 'meters'>): TimerHandler =>
  async (_timer, context) => {
    const swept = await sweepMoves((settled) => {
      context.info(toSettledLine(settled));
      meters.settled(meteredOf(settled));
    });
    if (swept.faults.length > 0) context.warn(toSweptLine(swept));
    else if (swept.devices > 0) context.info(toSweptLine(swept));
  };

const composed = rehome();
const { moves } = composed;
if (moves) {
  app.timer('sweepMoves', {
    schedule: '15 * * * * *',
    handler: sweepMovesHandler(moves, composed),
  });
}
