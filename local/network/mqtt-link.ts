import type { Socket } from 'node:net';
import { generate, type IConnectPacket, type Packet, parser } from 'mqtt-packet';
import type { Dps } from '../dps/dps.ts';
import type { IotHub } from '../iot-hub/hub.ts';
import { decoded } from '../sas.ts';
import { serveDps } from './mqtt-dps.ts';
import { serveHub } from './mqtt-hub.ts';
import type { Link, Served } from './mqtt-service.ts';

/** Whom a device can mean: a hub by its host name, a DPS by its id scope. */
export type MqttServices = {
  readonly hub: (hostName: string) => IotHub | undefined;
  readonly dps: (idScope: string) => Dps | undefined;
};

/** CONNACK return codes of MQTT 3.1.1, section 3.2.2.3. */
const accepted = 0;
const notAuthorized = 5;

/**
 * The MQTT face of IoT Hub and DPS. Neither is a broker: no topic is shared between devices, so packets go straight to the service.
 * MQTT 3.1.1, QoS 0 and 1.
 * @see https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub
 */
export const serveLink = (socket: Socket, services: MqttServices): void => {
  const packets = parser();
  let served: Served | undefined;
  const send = (packet: Packet): void => {
    if (!socket.destroyed) socket.write(generate(packet));
  };
  const link: Link = {
    publish: (topic, payload) =>
      send({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false }),
    close: () => socket.destroy(),
  };
  packets.on('packet', (packet) => {
    if (packet.cmd === 'connect' && !served) {
      const hub = hubMeant(packet, services);
      if (hub?.isDead) return void socket.destroy();
      served = open(packet, link, services);
      const returnCode = served ? accepted : notAuthorized;
      send({ cmd: 'connack', returnCode, sessionPresent: false });
    } else if (!served || !handle(packet, served, send)) socket.destroy();
  });
  packets.on('error', () => socket.destroy());
  socket.on('data', (chunk) => packets.parse(chunk));
  socket.on('error', () => undefined); // 'close' follows
  socket.once('close', () => served?.end());
};

/** `{hub}/{device}/…` */
const hubUser = /^([^/]+)\/([^/]+)\//;

const hubMeant = (
  { username = '' }: Pick<IConnectPacket, 'username'>,
  services: MqttServices,
): IotHub | undefined => services.hub((hubUser.exec(username)?.[1] ?? '').toLowerCase());

/** A connect packet's user name says whom it is for, its password proves who asks. */
const open = (
  { username = '', password, clean = false }: IConnectPacket,
  link: Link,
  services: MqttServices,
): Served | undefined => {
  const sas = password?.toString();
  const [, idScope, registrationId] =
    /^([^/]+)\/registrations\/([^/]+)\/api-version=/.exec(username) ?? [];
  if (idScope && registrationId) {
    const dps = services.dps(idScope);
    return dps && serveDps(dps, { idScope, registrationId, sas }, link);
  }
  const hub = hubMeant({ username }, services);
  const deviceId = hubUser.exec(username)?.[2] ?? '';
  return hub && serveHub(hub, decoded(deviceId) ?? '', sas, clean, link);
};

/** False for what this front does not speak. */
const handle = (packet: Packet, served: Served, send: (packet: Packet) => void): boolean => {
  switch (packet.cmd) {
    case 'pingreq':
      send({ cmd: 'pingresp' });
      return true;
    case 'subscribe': {
      const granted = packet.subscriptions.map(({ qos }) => Math.min(qos, 1));
      served.subscribe(packet.subscriptions.map(({ topic }) => topic));
      send({ cmd: 'suback', messageId: packet.messageId ?? 0, granted });
      return true;
    }
    case 'unsubscribe':
      served.unsubscribe(packet.unsubscriptions);
      send({ cmd: 'unsuback', messageId: packet.messageId ?? 0, granted: [] });
      return true;
    case 'publish':
      if (packet.qos === 1) send({ cmd: 'puback', messageId: packet.messageId ?? 0 });
      return served.publish(packet.topic, packet.payload.toString());
    case 'puback':
      return true;
    default:
      return false; // a disconnect among others: the socket goes either way
  }
};
