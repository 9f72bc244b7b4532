import type { TokenCredential } from '@azure/identity';
import type { Client } from 'azure-iothub/dist/client.js';
import type { Registry } from 'azure-iothub/dist/registry.js';
import type { HubHostName } from '../../domain/hub.ts';

/** A hub's two clients: for direct methods, and for twins. */
export type HubClient = { readonly methods: Client; readonly twins: Registry };

/** One client per hub, made when it is first used and kept. */
export type HubClients = (hub: HubHostName) => Promise<HubClient>;

export type HubAccess = {
  /** By host name. A hub without one is entered by the app's own identity. */
  readonly connectionStrings: ReadonlyMap<HubHostName, string>;
  /** Asked for when a hub needs it. */
  readonly credential: () => Promise<TokenCredential>;
};

export const hubClients = ({ connectionStrings, credential }: HubAccess): HubClients => {
  const made = new Map<HubHostName, Promise<HubClient>>();
  const make = async (hub: HubHostName): Promise<HubClient> => {
    const { Client, Registry } = await loadSdk();
    const connectionString = connectionStrings.get(hub);
    const entered = connectionString === undefined ? await credential() : undefined;
    const methods = entered
      ? Client.fromTokenCredential(hub, entered)
      : Client.fromConnectionString(connectionString ?? '');
    const twins = entered
      ? Registry.fromTokenCredential(hub, entered)
      : Registry.fromConnectionString(connectionString ?? '');
    methods.setRetryPolicy(neverRetry);
    guardAnswers(twins);
    return { methods, twins };
  };
  return (hub) => {
    const known = made.get(hub) ?? make(hub);
    made.set(hub, known);
    known.catch(() => made.delete(hub)); // the next one tries again
    return known;
  };
};

/**
 * Two files of the package: the whole of it takes four times as long to load, and the webhook's process loads none of it. By their
 * default exports, because a bundler gives CommonJS no others.
 */
const loadSdk = async () => {
  const [{ default: methods }, { default: twins }] = await Promise.all([
    import('azure-iothub/dist/client.js'),
    import('azure-iothub/dist/registry.js'),
  ]);
  return { Client: methods.Client, Registry: twins.Registry };
};

/** The SDK's own would repeat 429 and 5xx for four minutes, behind our deadline and our ledger. */
const neverRetry = { shouldRetry: () => false, nextRetryTimeout: () => 0 };

type Done = (error: Error | null, body?: unknown, response?: unknown) => void;
type RestClient = { executeApiCall: (...given: unknown[]) => void };

/**
 * The SDK makes a twin of whatever came with a 200, in a socket's callback: a body that is none throws there, and ends the process.
 * Here it becomes an error before the SDK sees it.
 */
const guardAnswers = (registry: Registry): void => {
  const client = (registry as unknown as { readonly _restApiClient: RestClient })._restApiClient;
  const execute = client.executeApiCall.bind(client);
  client.executeApiCall = (...given) => {
    const at = given.findLastIndex((one) => typeof one === 'function');
    const done = given[at] as Done;
    const asksTwin = String(given[1]).startsWith('/twins/');
    const guarded: Done = (error, body, response) => {
      const isTwin = typeof body === 'object' && body !== null && 'deviceId' in body;
      if (error || isTwin || !asksTwin) done(error, body, response);
      else done(new Error('The hub answered what is no twin'));
    };
    execute(...given.slice(0, at), guarded, ...given.slice(at + 1));
  };
};
