/**
 * What every Event Hub trigger of ours is set to: batches of bytes, so that nobody parses a body before we do (`dataType`, which the library
 * passes on, though its types do not know it); and, since a checkpoint advances even after a failure, a retry without end, which alone
 * holds the partition.
 */
export const eventHubTrigger: {
  readonly connection: string;
  readonly consumerGroup: string;
  readonly cardinality: 'many';
  readonly dataType: string;
  readonly retry: EndlessRetry;
} = {
  connection: 'REHOME_EVENTS',
  consumerGroup: '$Default',
  cardinality: 'many',
  dataType: 'binary',
  retry: {
    strategy: 'exponentialBackoff',
    maxRetryCount: -1,
    minimumInterval: { seconds: 1 },
    maximumInterval: { seconds: 60 },
  },
};

type EndlessRetry = {
  readonly strategy: 'exponentialBackoff';
  readonly maxRetryCount: number;
  readonly minimumInterval: { readonly seconds: number };
  readonly maximumInterval: { readonly seconds: number };
};
