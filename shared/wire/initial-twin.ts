import { z } from 'zod';

/**
 * The bounds of a twin.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins
 */
const tagBytesMax = 8 * 1024;
const desiredBytesMax = 32 * 1024;
const depthMax = 10;
const badKey = /[\p{Cc}.$ ]/u;

const section = (bytesMax: number) =>
  z.record(z.string(), z.unknown()).superRefine((value, context) => {
    if (Buffer.byteLength(JSON.stringify(value)) > bytesMax)
      context.addIssue(`more than ${bytesMax} bytes`);
    const wrong = wrongIn(value, 1);
    if (wrong !== undefined) context.addIssue(wrong);
  });

/** `{ tags, properties: { desired } }`, as DPS takes it from the webhook. */
export const initialTwin = z.strictObject({
  tags: section(tagBytesMax).optional(),
  properties: z.strictObject({ desired: section(desiredBytesMax) }).optional(),
});

/** A hub would not take it, and the device would not be provisioned. */
const wrongIn = (value: unknown, depth: number): string | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > depthMax) return `deeper than ${depthMax}`;
  for (const [key, held] of Object.entries(value)) {
    if (!Array.isArray(value) && badKey.test(key))
      return `${JSON.stringify(key)} is no name for a twin: it holds a dot, $, a space or a control character`;
    const wrong = wrongIn(held, depth + 1);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
};
