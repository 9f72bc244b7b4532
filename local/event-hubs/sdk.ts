import {
  EventHubConsumerClient,
  type EventHubConsumerClientOptions,
  EventHubProducerClient,
} from '@azure/event-hubs';
import type { TokenCredential } from '@azure/identity';

/**
 * The SDK's defaults are for clients that live long and wait gladly: it is deaf for a minute after a cut, and repeats after half of one.
 */
const options: EventHubConsumerClientOptions = {
  retryOptions: {
    maxRetries: 3,
    retryDelayInMs: 200,
    maxRetryDelayInMs: 1_000,
    timeoutInMs: 5_000,
  },
};

export const eventProducer = (connectionString: string, hub: string): EventHubProducerClient =>
  new EventHubProducerClient(connectionString, hub, options);

/** @param connection a connection string, or the namespace's name and who comes. */
export const eventConsumer = (
  consumerGroup: string,
  connection: string | { readonly namespace: string; readonly credential: TokenCredential },
  hub: string,
): EventHubConsumerClient =>
  typeof connection === 'string'
    ? new EventHubConsumerClient(consumerGroup, connection, hub, options)
    : new EventHubConsumerClient(
        consumerGroup,
        connection.namespace,
        hub,
        connection.credential,
        options,
      );

export const subscribeOptions = { maxBatchSize: 100, maxWaitTimeInSeconds: 1 };
