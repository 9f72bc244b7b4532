import type { CosmosClientOptions, Database } from '@azure/cosmos';
import type { TokenCredential } from '@azure/identity';
import { databaseId } from '../../wire/containers.ts';

/** The database, once its SDK is loaded: the webhook's first answers need not wait for it. */
export type CosmosDatabase = () => Promise<Database>;

/** An account, by its connection string, or by its address and the app's own identity. */
export type CosmosAddress =
  | { readonly string: string }
  | { readonly endpoint: string; readonly credential: () => Promise<TokenCredential> };

/**
 * The database, made when it is first asked for. The SDK retries a 429 by itself; how often is ours to say, because whoever asks has a
 * deadline and an answer without the store.
 */
export const cosmosDatabase = (
  address: CosmosAddress,
  options: Partial<CosmosClientOptions> = {},
): CosmosDatabase => {
  let made: Promise<Database> | undefined;
  return () => {
    made ??= connect(address, options);
    return made;
  };
};

const connect = async (
  address: CosmosAddress,
  options: Partial<CosmosClientOptions>,
): Promise<Database> => {
  const { CosmosClient } = await import('@azure/cosmos');
  const entered =
    'string' in address
      ? partsOf(address.string)
      : { endpoint: address.endpoint, aadCredentials: await address.credential() };
  const client = new CosmosClient({
    ...entered,
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

/** `AccountEndpoint=…;AccountKey=…;` */
const partsOf = (connectionString: string) => {
  const parts = new Map(
    connectionString.split(';').map((part) => {
      const at = part.indexOf('=');
      return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()];
    }),
  );
  return { endpoint: parts.get('accountendpoint') ?? '', key: parts.get('accountkey') ?? '' };
};

/** The status of what the SDK threw; undefined when there was no answer. */
export const statusOf = (error: unknown): number | undefined => {
  const code = error instanceof Error && 'code' in error ? Number(error.code) : Number.NaN;
  return Number.isNaN(code) ? undefined : code;
};
