import type { CosmosClientOptions } from '@azure/cosmos';
import type { Cosmos } from './cosmos.ts';
import { meet } from './cosmos-front.ts';

type HttpClient = NonNullable<CosmosClientOptions['httpClient']>;
type PipelineResponse = Awaited<ReturnType<HttpClient['sendRequest']>>;

/** The store without a socket, through the SDK's own `httpClient`: `new CosmosClient({ …, httpClient: inProcess(cosmos) })`. */
export const inProcess = (cosmos: Cosmos): HttpClient => ({
  sendRequest: async (request) => {
    const url = new URL(request.url);
    const headers: Record<string, string> = { host: url.host };
    for (const [name, value] of request.headers) headers[name.toLowerCase()] = value;
    const body = typeof request.body === 'string' ? request.body : '';
    const asked = { method: request.method, url: url.pathname, headers, body };
    const fate = await Promise.race([meet(cosmos, asked), aborted(request.abortSignal)]);
    if (fate === 'dropped')
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    const answered = new Map(Object.entries(fate.headers ?? {}));
    return {
      request,
      status: fate.status,
      headers: {
        get: (name: string) => answered.get(name.toLowerCase()),
        has: (name: string) => answered.has(name.toLowerCase()),
        set: (name, value) => answered.set(name.toLowerCase(), String(value)),
        delete: (name) => answered.delete(name.toLowerCase()),
        toJSON: () => Object.fromEntries(answered),
        [Symbol.iterator]: () => answered[Symbol.iterator](),
      } satisfies PipelineResponse['headers'],
      bodyAsText: fate.body === undefined ? '' : JSON.stringify(fate.body),
    };
  },
});

/** Never settles but by the caller's word. */
const aborted = (
  signal:
    | { readonly aborted: boolean; addEventListener: AbortSignal['addEventListener'] }
    | undefined,
): Promise<never> =>
  new Promise((_, reject) => {
    const abort = () =>
      reject(Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' }));
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
  });
