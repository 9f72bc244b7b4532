import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';

/** Connections that may wait to be accepted: a fleet comes all at once. */
const backlog = 4_096;

/** Listens on 127.0.0.1. Answers the port. @throws Error with code EADDRINUSE when it is taken. @param port 0 lets the system choose. */
export const listenHere = async (server: Server, port = 0): Promise<number> => {
  server.listen({ port, host: '127.0.0.1', backlog });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

export type Front = { readonly port: number; readonly stop: () => Promise<void> };

/** Listens as above, until it is stopped. @param cut what ends the connections that are open then: closing alone would wait for them. */
export const startFront = async (server: Server, cut: () => void): Promise<Front> => ({
  port: await listenHere(server),
  stop: async () => {
    const closed = once(server, 'close');
    server.close();
    cut();
    await closed;
  },
});
