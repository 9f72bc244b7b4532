import { app, type EventGridHandler, output } from '@azure/functions';
import type { Moves } from '../shared/composition/moves.ts';
import { rehome } from '../shared/composition.ts';
import { toDeadLetter, toDeadLetterLine } from '../shared/wire/dead-letter.ts';
import { parseGridEvent } from '../shared/wire/grid-event.ts';
import { toSettledLine, toUnheardLine } from '../shared/wire/move-lines.ts';

const deadLetters = output.storageBlob({
  path: 'dead-letters/on-grid-event/{datetime:yyyy-MM-dd}/{rand-guid}.json',
  connection: 'AzureWebJobsStorage',
});

/** One event of a device, by Event Grid, for those who have no route to an Event Hub. A fault is thrown: Event Grid delivers it again. */
export const onGridEventHandler =
  ({ onHubEvent, hubTable }: Moves): EventGridHandler =>
  async (event, context) => {
    const seen = parseGridEvent(event, await hubTable());
    if (seen.kind === 'nothing') return;
    if (seen.kind === 'unparsable') {
      const whole = Buffer.from(JSON.stringify(event));
      const message = { properties: {}, systemProperties: {}, body: '' };
      context.warn(toDeadLetterLine('onGridEvent', [seen.because]));
      context.extraOutputs.set(
        deadLetters,
        JSON.stringify([toDeadLetter(whole, message, seen.because)]),
      );
      return;
    }
    const unheard = await onHubEvent([seen], (settled) => context.info(toSettledLine(settled)));
    for (const one of unheard) context.warn(toUnheardLine(one));
  };

const { moves } = rehome();
if (moves) {
  app.eventGrid('onGridEvent', { extraOutputs: [deadLetters], handler: onGridEventHandler(moves) });
}
