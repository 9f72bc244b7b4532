import { connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Certificates } from './certificates.ts';
import { type Front, startFront } from './listen.ts';

/** TLS before a port of this machine that has none. */
export const listenTls = async (
  { certificate, privateKey }: Certificates,
  plainPort: number,
): Promise<Front> => {
  const sockets = new Set<Socket>();
  const server = createServer({ cert: certificate, key: privateKey }, (outside) => {
    const inside = connect(plainPort, '127.0.0.1');
    for (const [one, other] of [
      [outside, inside],
      [inside, outside],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.once('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  return startFront(server, () => {
    for (const socket of sockets) socket.destroy();
  });
};
