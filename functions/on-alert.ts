import { app, type HttpHandler, output } from '@azure/functions';
import type { Planning } from '../shared/composition/planning.ts';
import { type Rehome, rehome } from '../shared/composition.ts';
import { toDeadLetter, toDeadLetterLine } from '../shared/wire/dead-letter.ts';
import { parseAlert } from '../shared/wire/hub-signal.ts';
import { parseJson } from '../shared/wire/parse-json.ts';
import { toHeededLine } from '../shared/wire/plan-lines.ts';

const deadLetters = output.storageBlob({
  path: 'dead-letters/on-alert/{datetime:yyyy-MM-dd}/{rand-guid}.json',
  connection: 'AzureWebJobsStorage',
});

/** An alert is a few kilobytes. */
const bodyBytesMax = 256 * 1024;

/**
 * An alert of Azure Monitor about a hub, by an action group, in the common schema. A fault is answered with 500: it is sent again. [R3] What
 * cannot be parsed is kept whole.
 */
export const onAlertHandler =
  ({ heedHub, manageHubs }: Planning, { meters }: Pick<Rehome, 'meters'>): HttpHandler =>
  async (request, context) => {
    const text = await request.text();
    if (Buffer.byteLength(text) > bodyBytesMax) return { status: 413 };
    const { hubs, ...table } = await manageHubs.table();
    for (const parsed of parseAlert(parseJson(text), { ...table, hubs })) {
      if (parsed.kind === 'signal') {
        const hub = await heedHub(parsed.signal);
        context.info(toHeededLine(parsed.signal, hub));
      } else if (parsed.kind === 'unparsable') {
        const message = { properties: {}, systemProperties: {}, body: '' };
        context.warn(toDeadLetterLine('onAlert', [parsed.because]));
        meters.deadLettered({ source: 'onAlert', count: 1 });
        const letter = toDeadLetter(Buffer.from(text), message, parsed.because);
        context.extraOutputs.set(deadLetters, JSON.stringify([letter]));
      }
    }
    return { status: 202 };
  };

const composed = rehome();
const { planning } = composed;
if (planning) {
  app.http('onAlert', {
    methods: ['POST'],
    authLevel: 'function', // an action group keeps the key in its URL
    route: 'alerts',
    extraOutputs: [deadLetters],
    handler: onAlertHandler(planning, composed),
  });
}
