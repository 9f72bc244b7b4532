import { z } from 'zod';
import { readEnvironment } from './environment.ts';

/** Event Hubs that the app itself writes to, by a connection of the same namespace. */
export type OwnEventHubs = {
  /** Where decisions wait that could not be recorded; undefined: they wait in the process alone. */
  readonly decisions: EventHubSettings | undefined;
  /** Where everything is told that changed; undefined: nowhere. */
  readonly audit: EventHubSettings | undefined;
};

export type EventHubSettings = {
  readonly name: string;
  readonly connection: { readonly string: string } | { readonly namespace: string };
};

/**
 * Environment → OwnEventHubs. The webhook answers without it as well.
 * @throws Error as `readEnvironment` does.
 */
export const readOwnEventHubs = (environment: NodeJS.ProcessEnv = process.env): OwnEventHubs => {
  const data = readEnvironment(ownEventHubs, environment);
  const { REHOME_EVENTS: string, REHOME_EVENTS__fullyQualifiedNamespace: namespace } = data;
  const connection =
    string === undefined ? (namespace === undefined ? undefined : { namespace }) : { string };
  const of = (name: string | undefined): EventHubSettings | undefined =>
    name === undefined || connection === undefined ? undefined : { name, connection };
  return { decisions: of(data.REHOME_DECISIONS_HUB), audit: of(data.REHOME_AUDIT_HUB) };
};

/**
 * The connection has the names that Functions' own triggers read. A bad one leaves decisions in the process, and nobody is told of
 * changes.
 */
export const ownEventHubs = z
  .object({
    REHOME_DECISIONS_HUB: z
      .string()
      .optional()
      .describe('the Event Hub where decisions wait for the store; without it, in the process'),
    REHOME_AUDIT_HUB: z
      .string()
      .optional()
      .describe(
        'the Event Hub where everything is [told that changed](operators.md); without it, nowhere',
      ),
    REHOME_EVENTS: z
      .string()
      .startsWith('Endpoint=sb://')
      .optional()
      .meta({ description: 'the connection string of the Event Hubs’ namespace', isKey: true }),
    REHOME_EVENTS__fullyQualifiedNamespace: z
      .hostname()
      .optional()
      .describe('`contoso.servicebus.windows.net`, entered by the app’s own identity'),
  })
  .superRefine((data, context) => {
    if (data.REHOME_EVENTS ?? data.REHOME_EVENTS__fullyQualifiedNamespace) return;
    for (const name of ['REHOME_DECISIONS_HUB', 'REHOME_AUDIT_HUB'] as const)
      if (data[name] !== undefined)
        context.addIssue({
          code: 'custom',
          path: [name],
          message: 'needs the connection REHOME_EVENTS',
        });
  });
