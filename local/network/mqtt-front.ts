import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Certificates } from './certificates.ts';
import { type Front, startFront } from './listen.ts';
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
  return startFront(server, () => {
    for (const socket of sockets) socket.destroy();
  });
};
