import { app, type EventGridHandler, output } from '@azure/functions';
import type { Moves } from '../shared/composition/moves.ts';
import { type Rehome, rehome } from '../shared/composition.ts';
import { toDeadLetter, toDeadLetterLine } from '../shared/wire/dead-letter.ts';
import { parseGridEvent } from '../shared/wire/grid-event.ts';
import { isResourceEvent, parseResourceEvent } from '../shared/wire/hub-signal.ts';
import { meteredOf, toSettledLine, toUnheardLine } from '../shared/wire/move-lines.ts';
import { toHeededLine } from '../shared/wire/plan-lines.ts';

const deadLetters = output.storageBlob({
  path: 'dead-letters/on-grid-event/{datetime:yyyy-MM-dd}/{rand-guid}.json',
  connection: 'AzureWebJobsStorage',
});

/**
 * One event by Event Grid: of a hub, as a resource; or of a device, for those who have no route to an Event Hub. A fault is thrown: Event Grid
 * delivers it again.
 */
export const onGridEventHandler =
  (
    { onHubEvent, hubTable }: Moves,
    { planning, meters }: Pick<Rehome, 'planning' | 'meters'>,
  ): EventGridHandler =>
  async (event, context) => {
    const seen = isResourceEvent(event.eventType ?? (event as { type?: string }).type ?? '')
      ? parseResourceEvent(event, await hubTable())
      : parseGridEvent(event, await hubTable());
    if (seen.kind === 'nothing' || seen.kind === 'labels') return;
    if (seen.kind === 'unparsable') {
      const whole = Buffer.from(JSON.stringify(event));
      const message = { properties: {}, systemProperties: {}, body: '' };
      context.warn(toDeadLetterLine('onGridEvent', [seen.because]));
      meters.deadLettered({ source: 'onGridEvent', count: 1 });
      context.extraOutputs.set(
        deadLetters,
        JSON.stringify([toDeadLetter(whole, message, seen.because)]),
      );
      return;
    }
    if (seen.kind === 'signal') {
      const hub = await planning?.heedHub(seen.signal);
      context.info(toHeededLine(seen.signal, hub));
      return;
    }
    const unheard = await onHubEvent([seen], (settled) => {
      context.info(toSettledLine(settled));
      meters.settled(meteredOf(settled));
    });
    for (const one of unheard) context.warn(toUnheardLine(one));
  };

const composed = rehome();
const { moves } = composed;
if (moves) {
  app.eventGrid('onGridEvent', {
    extraOutputs: [deadLetters],
    handler: onGridEventHandler(moves, composed),
  });
}
