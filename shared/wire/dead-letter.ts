import type { HubMessage } from './hub-event.ts';

/** [R3] What could not be parsed, whole, and why: one blob for each batch that held any. */
export type DeadLetter = {
  readonly because: string;
  readonly body: string;
  readonly properties: HubMessage['properties'];
  readonly systemProperties: HubMessage['systemProperties'];
};

/** The body as base64: it may be anything. */
export const toDeadLetter = (
  bytes: Uint8Array,
  { properties, systemProperties }: HubMessage,
  because: string,
): DeadLetter => ({
  because,
  body: Buffer.from(bytes).toString('base64'),
  properties,
  systemProperties,
});

/** What the log says of a batch with dead letters: no more than why. */
export const toDeadLetterLine = (source: string, reasons: readonly string[]): string =>
  JSON.stringify({ event: 'dead-lettered', source, count: reasons.length, because: reasons[0] });
