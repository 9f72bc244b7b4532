import type { EventHubProducerClient } from '@azure/event-hubs';
import type { TokenCredential } from '@azure/identity';

/** An Event Hub, by connection string, or by the namespace's name and the app's own identity. */
export type EventHubAddress = {
  readonly name: string;
  readonly connection: { readonly string: string } | { readonly namespace: string };
};

/** The SDK's own would repeat for minutes, behind our deadline. */
const retryOptions = { maxRetries: 1, retryDelayInMs: 200, timeoutInMs: 4_000 };

export const connect = async (
  { name, connection }: EventHubAddress,
  credential: () => Promise<TokenCredential>,
): Promise<EventHubProducerClient> => {
  const { EventHubProducerClient: Client } = await import('@azure/event-hubs');
  return 'string' in connection
    ? new Client(connection.string, name, { retryOptions })
    : new Client(connection.namespace, name, await credential(), { retryOptions });
};
