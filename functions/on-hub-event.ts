import { app, type EventHubHandler, type InvocationContext, output } from '@azure/functions';
import type { Moves } from '../shared/composition/moves.ts';
import { type Rehome, rehome } from '../shared/composition.ts';
import { toDeadLetter, toDeadLetterLine } from '../shared/wire/dead-letter.ts';
import { eventHubTrigger } from '../shared/wire/event-hub-trigger.ts';
import { type HubMessage, parseHubEvent } from '../shared/wire/hub-event.ts';
import { meteredOf, toSettledLine, toUnheardLine } from '../shared/wire/move-lines.ts';

/** Whole, outside Cosmos DB, as long as the storage account's own rules keep them. */
const deadLetters = output.storageBlob({
  path: 'dead-letters/on-hub-event/{datetime:yyyy-MM-dd}/{rand-guid}.json',
  connection: 'AzureWebJobsStorage',
});

/**
 * A batch of what the hubs routed: lifecycle, connection and twin events. [R2] A fault of the store is thrown, and the partition waits.
 * [R3] What cannot be parsed is kept whole, and the rest goes on.
 */
export const onHubEventHandler =
  (
    { onHubEvent, takeLabels, hubTable, propertyName, labelsFrom }: Moves,
    { meters }: Pick<Rehome, 'meters'>,
  ): EventHubHandler =>
  async (bodies, context) => {
    const table = await hubTable(); // before it is known, an event of a hub of ours would pass for another's
    const messages = messagesOf(bodies as readonly Uint8Array[], context);
    const read = messages.map(({ bytes, message }) => ({
      bytes,
      message,
      seen: parseHubEvent(message, table, propertyName, labelsFrom),
    }));
    const sightings = read.flatMap(({ seen }) => {
      if (seen.kind === 'labels') return seen.sighting ? [seen.sighting] : [];
      return seen.kind === 'sighting' ? [seen] : [];
    });
    await takeLabels(read.flatMap(({ seen }) => (seen.kind === 'labels' ? [seen.told] : [])));
    const unheard = await onHubEvent(sightings, (settled) => {
      context.info(toSettledLine(settled));
      meters.settled(meteredOf(settled));
    });
    for (const one of unheard) context.warn(toUnheardLine(one));
    const letters = read.flatMap(({ bytes, message, seen }) =>
      seen.kind === 'unparsable' ? [toDeadLetter(bytes, message, seen.because)] : [],
    );
    if (letters.length === 0) return;
    const reasons = letters.map(({ because }) => because);
    context.warn(toDeadLetterLine('onHubEvent', reasons));
    meters.deadLettered({ source: 'onHubEvent', count: letters.length });
    context.extraOutputs.set(deadLetters, JSON.stringify(letters));
  };

type Received = { readonly bytes: Uint8Array; readonly message: HubMessage };

/** Functions hands over the bodies, and beside them arrays of what came with each. */
const messagesOf = (
  bodies: readonly Uint8Array[],
  { triggerMetadata = {} }: InvocationContext,
): readonly Received[] => {
  const { propertiesArray = [], systemPropertiesArray = [] } = triggerMetadata as {
    readonly propertiesArray?: readonly HubMessage['properties'][];
    readonly systemPropertiesArray?: readonly HubMessage['systemProperties'][];
  };
  return bodies.map((bytes, index) => ({
    bytes,
    message: {
      properties: propertiesArray[index] ?? {},
      systemProperties: systemPropertiesArray[index] ?? {},
      body: Buffer.from(bytes).toString('utf8'),
    },
  }));
};

const composed = rehome();
const { moves } = composed;
if (moves?.listens) {
  app.eventHub('onHubEvent', {
    ...eventHubTrigger,
    eventHubName: '%REHOME_EVENTS_HUB%',
    extraOutputs: [deadLetters],
    handler: onHubEventHandler(moves, composed),
  });
}
