import type { CosmosClientOptions, Database } from '@azure/cosmos';
import { databaseId } from '../../wire/containers.ts';

/** The database, once its SDK is loaded: the webhook's first answers need not wait for it. */
export type CosmosDatabase = () => Promise<Database>;

/**
 * The database, by the account's connection string, made when it is first asked for. The SDK retries a 429 by itself; how often is ours to say, because whoever asks has a
 * deadline and an answer without the store.
 */
export const cosmosDatabase = (
  connectionString: string,
  options: Partial<CosmosClientOptions> = {},
): CosmosDatabase => {
  let made: Promise<Database> | undefined;
  return () => {
    made ??= connect(connectionString, options);
    return made;
  };
};

const connect = async (
  connectionString: string,
  options: Partial<CosmosClientOptions>,
): Promise<Database> => {
  const { CosmosClient } = await import('@azure/cosmos');
  const parts = new Map(
    connectionString.split(';').map((part) => {
      const at = part.indexOf('=');
      return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()];
    }),
  );
  const [endpoint = '', key = ''] = [parts.get('accountendpoint'), parts.get('accountkey')];
  const client = new CosmosClient({
    endpoint,
    key,
    consistencyLevel: 'Session',
    connectionPolicy: {
      requestTimeout: 5_000,
      retryOptions: {
        maxRetryAttemptCount: 3,
        fixedRetryIntervalInMilliseconds: 0,
        maxWaitTimeInSeconds: 2,
      },
    },
    ...options,
  });
  return client.database(databaseId);
};

/** The status of what the SDK threw; undefined when there was no answer. */
export const statusOf = (error: unknown): number | undefined => {
  const code = error instanceof Error && 'code' in error ? Number(error.code) : Number.NaN;
  return Number.isNaN(code) ? undefined : code;
};
