import { z } from 'zod';
import { readEnvironment } from './environment.ts';

/** The Event Hub where decisions wait that could not be recorded; undefined: they wait in the process alone. */
export type BufferSettings =
  | {
      readonly name: string;
      readonly connection: { readonly string: string } | { readonly namespace: string };
    }
  | undefined;

/**
 * Environment → BufferSettings. The webhook answers without it as well.
 * @throws Error as `readEnvironment` does.
 */
export const readBufferSettings = (
  environment: NodeJS.ProcessEnv = process.env,
): BufferSettings => {
  const data = readEnvironment(bufferSettings, environment);
  const { REHOME_DECISIONS_HUB: name, REHOME_EVENTS: string } = data;
  const { REHOME_EVENTS__fullyQualifiedNamespace: namespace } = data;
  if (name === undefined) return undefined;
  if (string !== undefined) return { name, connection: { string } };
  return namespace === undefined ? undefined : { name, connection: { namespace } };
};

/** The connection has the names that Functions' own triggers read. */
const bufferSettings = z
  .object({
    REHOME_DECISIONS_HUB: z.string().optional(),
    REHOME_EVENTS: z.string().startsWith('Endpoint=sb://').optional(),
    REHOME_EVENTS__fullyQualifiedNamespace: z.hostname().optional(),
  })
  .refine(
    (data) =>
      data.REHOME_DECISIONS_HUB === undefined ||
      data.REHOME_EVENTS !== undefined ||
      data.REHOME_EVENTS__fullyQualifiedNamespace !== undefined,
    { path: ['REHOME_DECISIONS_HUB'], message: 'needs the connection REHOME_EVENTS' },
  );
