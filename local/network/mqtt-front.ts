import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Certificates } from './certificates.ts';
import type { Front } from './https-front.ts';
import { type MqttServices, serveLink } from './mqtt-link.ts';

/** One MQTT port for all hubs and the DPS: a device's user name says which is meant. */
export const listenMqtt = async (
  { certificate, privateKey }: Certificates,
  services: MqttServices,
): Promise<Front> => {
  const sockets = new Set<Socket>();
  const server = createServer({ cert: certificate, key: privateKey }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.setNoDelay(true);
    serveLink(socket, services);
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 });
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};
