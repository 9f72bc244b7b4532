import { app, type EventHubHandler, output } from '@azure/functions';
import { type Rehome, rehome } from '../shared/composition.ts';
import { toDeadLetter, toDeadLetterLine } from '../shared/wire/dead-letter.ts';
import { eventHubTrigger } from '../shared/wire/event-hub-trigger.ts';
import { parseLateDecision } from '../shared/wire/late-decision-document.ts';
import { parseJson } from '../shared/wire/parse-json.ts';

const deadLetters = output.storageBlob({
  path: 'dead-letters/record-decisions/{datetime:yyyy-MM-dd}/{rand-guid}.json',
  connection: 'AzureWebJobsStorage',
});

/**
 * Decisions that were answered without the store, each written unless the record knows better by now. [R2] While the store is gone the
 * batch comes again, and its partition waits. [R3] What cannot be parsed is kept whole, and the rest goes on.
 */
export const recordDecisionsHandler =
  ({ recordDecisions, meters }: Pick<Rehome, 'recordDecisions' | 'meters'>): EventHubHandler =>
  async (bodies, context) => {
    const read = (bodies as readonly Uint8Array[]).map((bytes) => ({
      bytes,
      parsed: parseLateDecision(parseJson(Buffer.from(bytes).toString('utf8'))),
    }));
    const never = await recordDecisions(
      read.flatMap(({ parsed }) => (parsed.kind === 'late' ? [parsed.late] : [])),
    );
    const message = { properties: {}, systemProperties: {}, body: '' };
    const letters = read.flatMap(({ bytes, parsed }) => {
      const because =
        parsed.kind === 'unparsable'
          ? parsed.because
          : never.find(({ late }) => late === parsed.late)?.because;
      return because === undefined ? [] : [toDeadLetter(bytes, message, because)];
    });
    if (letters.length === 0) return;
    const reasons = letters.map(({ because }) => because);
    context.warn(toDeadLetterLine('recordDecisions', reasons));
    meters.deadLettered({ source: 'recordDecisions', count: letters.length });
    context.extraOutputs.set(deadLetters, JSON.stringify(letters));
  };

const composed = rehome();
if (composed.buffers) {
  app.eventHub('recordDecisions', {
    ...eventHubTrigger,
    eventHubName: '%REHOME_DECISIONS_HUB%',
    extraOutputs: [deadLetters],
    handler: recordDecisionsHandler(composed),
  });
}
