import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { RpcHttp } from './core-types.ts';

/** Node's request → what the host hands to the worker. Repeated query parameters are joined by a comma, as in the real host. */
export const toRpcHttp = async (
  request: IncomingMessage,
  url: URL,
  params: Readonly<Record<string, string>>,
): Promise<RpcHttp> => ({
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
  body: { bytes: await buffer(request) },
});

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
