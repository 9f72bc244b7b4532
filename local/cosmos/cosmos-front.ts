import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { HttpAsk, HttpReply } from '../json.ts';
import { listenHere } from '../network/listen.ts';
import { sleep } from '../world.ts';
import { throttled } from './charge.ts';
import type { Cosmos } from './cosmos.ts';
import { cosmosError } from './cosmos-error.ts';
import { askCosmos } from './cosmos-http.ts';
import { takeFault } from './faults.ts';

/** What becomes of a request: its reply, or a connection that is lost. */
export type Fate = HttpReply | 'dropped';

/** The request with whatever fault is due. */
export const meet = async (cosmos: Cosmos, ask: HttpAsk): Promise<Fate> => {
  const fault = takeFault(cosmos.faults, ask);
  switch (fault?.kind) {
    case undefined:
      return askCosmos(cosmos, ask);
    case 'answer':
      return faultReply(fault.status, fault.retryAfterMs ?? 0);
    case 'drop before':
      return 'dropped';
    case 'drop after':
      askCosmos(cosmos, ask);
      return 'dropped';
    case 'delay':
      await sleep(cosmos.world, fault.delayMs);
      return askCosmos(cosmos, ask);
    case 'hang':
      return new Promise(() => undefined);
  }
};

const faultReply = (status: number, retryAfterMs: number): HttpReply => {
  const { message, code } =
    status === 429 ? throttled(retryAfterMs) : cosmosError(status, 'Fault', 'On demand.');
  const headers = { 'x-ms-request-charge': '0', 'x-ms-retry-after-ms': String(retryAfterMs) };
  return { status, body: { code, message }, headers };
};

export type CosmosFront = { readonly endpoint: string; readonly stop: () => Promise<void> };

/** Over HTTP on 127.0.0.1, for other processes. */
export const listenCosmos = async (cosmos: Cosmos): Promise<CosmosFront> => {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '/' } = request;
    const headers = request.headers as HttpAsk['headers'];
    const fate = await meet(cosmos, { method, url, headers, body: await text(request) });
    if (fate === 'dropped') {
      request.socket.destroy();
      return;
    }
    const payload = fate.body === undefined ? '' : JSON.stringify(fate.body);
    response.writeHead(fate.status, {
      ...fate.headers,
      'content-type': 'application/json',
      ...(fate.status === 204 ? {} : { 'content-length': Buffer.byteLength(payload) }),
    });
    response.end(payload);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error) => {
      if (!request.complete)
        response.destroy(); // the caller went away
      else response.writeHead(500).end(JSON.stringify({ code: 'Bug', message: error.stack }));
    });
  });
  return {
    endpoint: `http://127.0.0.1:${await listenHere(server)}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
