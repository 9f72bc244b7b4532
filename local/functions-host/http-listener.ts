import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { listenHere } from '../network/listen.ts';
import type { RegisteredFunction } from './core-types.ts';
import type { HostJson } from './host-json.ts';
import { toRpcHttp, writeAnswer } from './http-message.ts';
import type { Invoke } from './invoke.ts';
import { type AuthLevel, authLevels, type HostKeys, opens } from './keys.ts';
import type { Log } from './log.ts';
import { compileRoute, type Route } from './route.ts';

export type HttpListener = { readonly port: number; readonly stop: () => Promise<void> };

type Door = {
  readonly opened: RegisteredFunction;
  readonly methods: readonly string[];
  readonly level: AuthLevel;
  readonly route: Route;
};

/** What stands before, or beside, the app's own doors: true when it has answered. */
export type Porter = (
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
) => Promise<boolean>;

/**
 * HTTP triggers on 127.0.0.1, with the real host's rules: routes are tried in order of function name and the first match wins;
 * a wrong method is 404; a missing or wrong key 401; a body past 100 MiB 413; a handler that throws 500; all with an
 * empty body.
 * @param port 0 lets the system choose.
 * @throws Error with code EADDRINUSE when the port is taken.
 */
export const listen = async (
  functions: readonly RegisteredFunction[],
  { routePrefix, customHeaders }: HostJson['extensions']['http'],
  keys: HostKeys,
  invoke: Invoke,
  port: number,
  log: Log,
  porters: readonly Porter[] = [],
): Promise<HttpListener> => {
  const doors = functions.map((opened) => toDoor(opened, routePrefix)).sort(byName);
  const open = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
    for (const [name, value] of Object.entries(customHeaders)) response.setHeader(name, value);
    answer(doors, keys, invoke, request, response, porters).catch((error) => {
      log(
        'error',
        'Host.Http',
        `${request.method} ${request.url?.split('?')[0]}: ${error.message}`,
      );
      fail(response);
    });
  });
  return {
    port: await listenHere(server, port),
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      await Promise.all([...open].map((response) => once(response, 'close')));
      server.closeAllConnections(); // those that hold no request would be waited for
      await closed;
    },
  };
};

const httpTrigger = z.object({
  route: z.string().optional(),
  methods: z.array(z.string()),
  authLevel: z.enum(authLevels),
});

const toDoor = (opened: RegisteredFunction, routePrefix: string): Door => {
  const { route, methods, authLevel } = httpTrigger.parse(opened.trigger);
  return {
    opened,
    methods: methods.map((method) => method.toUpperCase()),
    level: authLevel,
    route: compileRoute(`${routePrefix}/${route ?? opened.name}`),
  };
};

const byName = (one: Door, other: Door): number =>
  one.opened.name.toLowerCase() < other.opened.name.toLowerCase() ? -1 : 1;

const answer = async (
  doors: readonly Door[],
  keys: HostKeys,
  invoke: Invoke,
  request: IncomingMessage,
  response: ServerResponse,
  porters: readonly Porter[],
): Promise<void> => {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
  for (const porter of porters) if (await porter(request, response, url)) return;
  const found = match(doors, request.method ?? '', url.pathname);
  if (!found) return end(response, 404);
  const { opened, level } = found.door;
  if (!opens(keys, level, opened.name, presentedKey(request, url))) return end(response, 401);
  const http = await toRpcHttp(request, url, found.params);
  if (!http) return end(response, 413);
  const traceParent = request.headers['traceparent']?.toString();
  const { returnValue } = await invoke(opened, { http }, { traceParent });
  if (!returnValue?.http) return end(response, 204);
  writeAnswer(response, returnValue.http);
};

const match = (doors: readonly Door[], method: string, pathname: string) => {
  for (const door of doors) {
    const params = door.methods.includes(method) ? door.route(pathname) : undefined;
    if (params) return { door, params };
  }
  return undefined;
};

export const presentedKey = (request: IncomingMessage, url: URL): string | undefined =>
  request.headers['x-functions-key']?.toString() ?? url.searchParams.get('code') ?? undefined;

/** The request is read to its end first, so that the connection can serve the next one. */
export const end = (response: ServerResponse, status: number): void => {
  response.req.resume();
  response.writeHead(status, status === 204 ? {} : { 'content-length': 0 }).end();
};

const fail = (response: ServerResponse): void => {
  if (response.headersSent) response.destroy();
  else end(response, 500);
};
