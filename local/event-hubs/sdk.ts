import {
  EventHubConsumerClient,
  type EventHubConsumerClientOptions,
  EventHubProducerClient,
} from '@azure/event-hubs';

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

export const eventConsumer = (
  consumerGroup: string,
  connectionString: string,
  hub: string,
): EventHubConsumerClient =>
  new EventHubConsumerClient(consumerGroup, connectionString, hub, options);

export const subscribeOptions = { maxBatchSize: 100, maxWaitTimeInSeconds: 1 };
