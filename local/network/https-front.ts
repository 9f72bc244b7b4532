import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { HttpAsk, HttpReply } from '../json.ts';
import type { Certificates } from './certificates.ts';
import { type Front, startFront } from './listen.ts';

/** One HTTPS port for many services: the host name of a request says which is meant. A bug in one is 500, with its stack. */
export const listenHttps = async (
  { certificate, privateKey }: Certificates,
  answer: (host: string, ask: HttpAsk) => HttpReply | Promise<HttpReply | 'dropped'>,
): Promise<Front> => {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const sent = await buffer(request);
    const isZipped = request.headers['content-encoding'] === 'gzip';
    const body = (isZipped ? gunzipSync(sent) : sent).toString('utf8');
    const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
    const { method = '', url = '/' } = request;
    const headers = request.headers as HttpAsk['headers'];
    const reply = await answerOr500(async () => answer(host, { method, url, headers, body }));
    if (reply === 'dropped') {
      request.socket.destroy();
      return;
    }
    const payload = reply.body === undefined ? '' : JSON.stringify(reply.body);
    response.writeHead(reply.status, {
      ...(payload ? { 'content-type': 'application/json; charset=utf-8' } : {}),
      ...(reply.status === 204 ? {} : { 'content-length': Buffer.byteLength(payload) }),
      ...reply.headers,
    });
    response.end(payload);
  };
  const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    serve(request, response).catch(() => response.destroy()); // the caller went away
  });
  return startFront(server, () => server.closeAllConnections());
};

const answerOr500 = async <Answer>(answer: () => Promise<Answer>): Promise<Answer | HttpReply> => {
  try {
    return await answer();
  } catch (error) {
    const message = error instanceof Error ? error.stack : String(error);
    return { status: 500, body: { message } };
  }
};
