import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RpcHttp } from './core-types.ts';

/** @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#limits */
const bodyBytesMax = 100 * 1024 * 1024;

/**
 * Node's request → what the host hands to the worker; undefined when the body is too large. Repeated query parameters are joined by a
 * comma, as in the real host.
 */
export const toRpcHttp = async (
  request: IncomingMessage,
  url: URL,
  params: Readonly<Record<string, string>>,
): Promise<RpcHttp | undefined> => {
  const bytes = await readBody(request);
  if (!bytes) return undefined;
  return {
    method: request.method ?? 'GET',
    url: url.href,
    nullableHeaders: nullable(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    nullableQuery: nullable(
      [...new Set(url.searchParams.keys())].map((name) => [
        name,
        url.searchParams.getAll(name).join(','),
      ]),
    ),
    nullableParams: nullable(Object.entries(params)),
    body: { bytes },
  };
};

const readBody = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= bodyBytesMax) chunks.push(chunk); // past it the rest is read, and let go
  }
  return length <= bodyBytesMax ? Buffer.concat(chunks) : undefined;
};

const nullable = (entries: readonly (readonly [string, string])[]) =>
  Object.fromEntries(entries.map(([name, value]) => [name, { value }]));

/** @throws Error when the app sets a cookie: this host has none. */
export const writeAnswer = (response: ServerResponse, answer: RpcHttp): void => {
  if (answer.cookies?.length) throw new Error('The embedded host sets no cookies.');
  const body = answer.body?.bytes ?? new Uint8Array();
  response.writeHead(Number(answer.statusCode ?? 200), {
    ...answer.headers,
    'content-length': body.byteLength,
  });
  response.end(body);
};
