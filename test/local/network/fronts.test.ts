import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type TLSSocket } from 'node:tls';
import { generate, type IConnectPacket, parser } from 'mqtt-packet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../../../local/cloud.ts';
import { derivedKey, parseSas, sasProves } from '../../../local/sas.ts';
import { realWorld } from '../../../local/world.ts';

/** Whoever speaks nonsense to the local services is cut off, and the services go on. */

let cloud: Cloud;
beforeAll(async () => {
  const dps = { hostName: 'test.azure-devices-provisioning.net', idScope: '0ne1' };
  cloud = await startCloud({ hubs: [{ hostName: 'east.azure-devices.net' }], dps }, realWorld);
});
afterAll(() => cloud.stop());

const mqtt = async (): Promise<TLSSocket> => {
  const { redirects, authority } = cloud.azure;
  const socket = connect({
    port: redirects['.azure-devices.net']?.['8883'] ?? 0,
    host: '127.0.0.1',
    servername: 'east.azure-devices.net',
    ca: authority,
  });
  await once(socket, 'secureConnect');
  return socket;
};

const connectPacket = (username: string, password: string): IConnectPacket => ({
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clean: true,
  clientId: 'pump',
  keepalive: 60,
  username,
  password: Buffer.from(password),
});

test.each([
  [
    'a device that is not there',
    'east.azure-devices.net/nobody/?api-version=1',
    'SharedAccessSignature sr=a&sig=b&se=1',
  ],
  [
    'an escape that is none',
    'east.azure-devices.net/%E0%A4/?api-version=1',
    'SharedAccessSignature sr=%E0%A4&sig=%&se=1',
  ],
  ['a hub that is not there', 'south.azure-devices.net/pump/', ''],
  ['a DPS that is not there', 'other/registrations/pump/api-version=1', ''],
  ['no name at all', '', ''],
])('a link for %s is refused', async (_what, username, password) => {
  const socket = await mqtt();
  const packets = parser();
  socket.on('data', (chunk) => packets.parse(chunk));
  socket.write(generate(connectPacket(username, password)));
  const [packet] = await once(packets, 'packet');
  expect(packet).toMatchObject({ cmd: 'connack', returnCode: 5 });
  socket.destroy();
});

test.each([
  ['bytes that are no packet', Buffer.from([0xf0, 0xff, 0xff, 0xff, 0xff, 0xff])],
  [
    'a publication before a connection',
    generate({ cmd: 'publish', topic: 'a', payload: 'b', qos: 0, dup: false, retain: false }),
  ],
])('%s end the link', async (_what, bytes) => {
  const socket = await mqtt();
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket.resume(), 'close');
});

test('a caller that goes away in the middle of a request is no matter', async () => {
  const url = new URL(/AccountEndpoint=([^;]+)/.exec(cloud.connectionString)?.[1] ?? '');
  const asked = request({
    host: url.hostname,
    port: url.port,
    method: 'POST',
    path: '/dbs',
    headers: { 'content-length': 100 },
  });
  asked.on('error', () => undefined);
  asked.write('{"id":');
  await once(asked, 'socket');
  asked.destroy();
  expect((await fetch(url)).status).toBe(401);
});

test('a token proves its resource, while it is good, by one of the keys', () => {
  const token = parseSas(
    'SharedAccessSignature sr=east%2Fdevices%2Fpump&sig=o4FN0c0q7G4p1n0z%2F%3D&se=100',
  );
  expect(token).toMatchObject({
    sent: 'east%2Fdevices%2Fpump',
    resource: 'east/devices/pump',
    expiry: 100,
  });
  expect(sasProves(token, 'east/devices/pump', [Buffer.from('key').toString('base64')], 0)).toBe(
    false,
  );
  expect(parseSas('SharedAccessSignature sr=%E0%A4&sig=a&se=1')).toBeUndefined();
  expect(parseSas('Bearer x')).toBeUndefined();
});

test('a derived key is the HMAC of the registration id', () => {
  const groupKey =
    'oiK77Oy7rBw8YB6IS6ukRChAw+Yq6GC61RMrPLSTiOOtdI+XDu0LmLuNm11p+qv2I+adqGUdZHm46zXAQdZoOA==';
  expect(derivedKey(groupKey, 'contoso-toaster-007')).toBe(
    'NXZgydIn9ntUpXfBsWFfaxJqAYVfgGQsshvA5GboGJI=',
  );
});
