import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Azure, startAzure } from '../../local/azure.ts';
import type { MethodReply, Session } from '../../local/iot-hub/device.ts';
import { type HubFault, hang } from '../../local/iot-hub/faults.ts';
import { connectionString, type IotHub } from '../../local/iot-hub/hub.ts';
import { hubError, methodError } from '../../local/iot-hub/hub-error.ts';
import { connect } from '../../local/iot-hub/links.ts';
import { answerMethod } from '../../local/iot-hub/methods.ts';
import { createIdentity } from '../../local/iot-hub/registry.ts';
import { patchTwin, report } from '../../local/iot-hub/twins.ts';
import type { Json } from '../../local/json.ts';
import { reachLocalAzure } from '../../local/network/reach-local-azure.ts';
import { realWorld } from '../../local/world.ts';
import {
  type DeviceProfile,
  deviceMoveProfile,
  rehomeProfile,
} from '../../shared/adapters/iot-hub/device-profile.ts';
import { iotHubDeviceSignal, signalLimits } from '../../shared/adapters/iot-hub/device-signal.ts';
import { iotHubDeviceTwins } from '../../shared/adapters/iot-hub/device-twins.ts';
import { hubClients } from '../../shared/adapters/iot-hub/hub-clients.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { systemDeadline } from '../../shared/adapters/system/deadline.ts';
import { instant } from '../../shared/domain/instant.ts';
import { moveId, requestId } from '../../shared/domain/move.ts';
import type { Deadline } from '../../shared/ports/deadline.ts';
import { aMove, at, east } from '../support/a-move.ts';
import { main } from '../support/a-question.ts';

/** The genuine service SDK, over TLS, against the local hub, with what can go wrong between them. */

let azure: Azure;
let hub: IotHub;
const device = { hub: east, deviceId: 'pump/7#a' };
const move = aMove({ notAfter: at(60), jitterSeconds: 5 });

beforeAll(async () => {
  const hubs = [{ hostName: 'east.azure-devices.net' }];
  const dps = { hostName: 'test.azure-devices-provisioning.net', idScope: '0ne1' };
  azure = await startAzure({ hubs, dps }, realWorld);
  reachLocalAzure(azure);
  hub = azure.hubs.get('east.azure-devices.net') as IotHub;
});
afterAll(() => azure.stop());
beforeEach(() => {
  hub.faults.length = 0;
  hub.devices.clear();
});

/** Of our own time nothing is waited: whatever the adapter would wait for is over after so long. */
const impatient: Deadline = (_timeoutMs, work) => systemDeadline(150, work);

const anAdapter = (
  deadline = systemDeadline,
  profile: DeviceProfile = rehomeProfile('Reprovision', 'reprovision'),
  connectionStrings = new Map([[east, connectionString(hub)]]),
) => {
  const token = { token: 'a token', expiresOnTimestamp: Number.MAX_SAFE_INTEGER };
  const credential = async () => ({ getToken: async () => token });
  const clients = hubClients({ connectionStrings, credential });
  const ports = { clients, deadline, clock: systemClock };
  return {
    clients,
    signal: iotHubDeviceSignal(ports, profile, signalLimits),
    twins: iotHubDeviceTwins(clients, deadline, profile, 5_000),
  };
};

/** A device that is online, and answers so; undefined: never. */
const online = (reply: MethodReply | undefined, heard: Json[] = []): void => {
  const added = createIdentity(hub, { deviceId: device.deviceId });
  const session: Session = {
    close: () => undefined,
    takesMethods: () => true,
    invoke: (_name, id, payload) => {
      heard.push(payload);
      if (reply) answerMethod(hub, added, id, reply);
    },
    notify: () => undefined,
  };
  connect(hub, added, session);
};

const fault = (does: HubFault['does'], count = 1, matches: HubFault['matches'] = () => true) =>
  hub.faults.push({ does, count, matches });

describe('a request by method', () => {
  const ask = () => anAdapter().signal.ask(device, move, main);

  test('carries what the contract says, and brings the device’s answer', async () => {
    const heard: Json[] = [];
    online({ status: 200, payload: { answer: 'accepted' } }, heard);
    expect(await ask()).toEqual({ kind: 'accepted' });
    expect(heard).toEqual([
      {
        requestId: requestId(move),
        campaignId: 'by-hand',
        notBefore: '1970-01-01T00:00:00.000Z',
        notAfter: '1970-01-01T01:00:00.000Z',
        jitterSeconds: 5,
        reason: 'a test',
      },
    ]);
  });

  test.each<[string, MethodReply, unknown]>([
    [
      'a deferral',
      { status: 200, payload: { answer: 'deferred', until: '1970-01-01T00:09:00Z' } },
      { kind: 'deferred', until: at(9) },
    ],
    [
      'a refusal',
      { status: 200, payload: { answer: 'refused', why: 'in surgery' } },
      { kind: 'refused', why: 'in surgery' },
    ],
    ['no such method', { status: 501, payload: null }, { kind: 'noHandler' }],
    ['no such method, otherwise', { status: 404, payload: null }, { kind: 'noHandler' }],
    ['words of another contract', { status: 200, payload: { ok: true } }, { kind: 'noHandler' }],
    [
      'a failure of its own',
      { status: 500, payload: null },
      { kind: 'unsignallable', because: 'the device answered 500' },
    ],
  ])('%s is understood', async (_name, reply, expected) => {
    online(reply);
    expect(await ask()).toEqual(expected);
  });

  test('404103: a device that is offline is told apart from one that is not there (404001)', async () => {
    createIdentity(hub, { deviceId: device.deviceId });
    expect(await ask()).toEqual({ kind: 'offline' });
    hub.devices.clear();
    expect(await ask()).toMatchObject({
      kind: 'unsignallable',
      because: expect.stringContaining('DeviceNotFound'),
    });
  });

  test('404103 comes in the header, or in the body alone', async () => {
    const { reply } = methodError(404, 404103, 'DeviceNotOnline', 'Timed out');
    fault(async () => ({ ...reply, headers: {} }));
    expect(await ask()).toEqual({ kind: 'offline' });
    fault(async () => ({ ...reply, body: 'nothing' }));
    expect(await ask()).toEqual({ kind: 'offline' });
  });

  test('429: nothing was sent, and the hub’s Retry-After is heeded', async () => {
    const { reply } = hubError(429, 'ThrottlingException', 'slow down');
    fault(async () => ({ ...reply, headers: { ...reply.headers, 'retry-after': '17' } }));
    expect(await ask()).toMatchObject({ kind: 'throttled', retryAfterMs: 17_000 });
  });

  test('429 is not repeated by the SDK behind our back', async () => {
    let calls = 0;
    fault(async () => {
      calls += 1;
      return hubError(429, 'ThrottlingException', 'slow down').reply;
    }, 10);
    await ask();
    expect(calls).toBe(1);
  });

  test.each([
    [403, 'IotHubQuotaExceeded', 'throttled'],
    [403, 'DeviceMaximumInflightMethodExceeded', 'throttled'],
    [404, 'IotHubFailingOver', 'throttled'],
    [403, 'DeviceDisabled', 'unsignallable'],
    [400, 'IotHubNotSupportedByTier', 'unsignallable'],
    [401, 'IotHubUnauthorizedAccess', 'throttled'],
    [504, 'GatewayTimeout', 'unknown'],
    [500, 'ServerError', 'unknown'],
    [503, 'ServerBusy', 'unknown'],
    [404, 'DeviceConnectionClosedRemotely', 'unknown'],
  ] as const)('%i %s is %s', async (status, code, kind) => {
    fault(async () => hubError(status, code, 'so').reply);
    expect(await ask()).toMatchObject({ kind });
  });

  test('a spent daily quota comes back at midnight, UTC', async () => {
    fault(async () => hubError(403, 'IotHubQuotaExceeded', 'spent').reply);
    const before = Date.now();
    const reply = await ask();
    if (reply.kind !== 'throttled') throw new Error(reply.kind);
    const back = new Date(before + reply.retryAfterMs);
    expect(
      Math.abs(back.getTime() - Math.round(back.getTime() / 86_400_000) * 86_400_000),
    ).toBeLessThan(5_000);
  });

  test('504101: a device that does not answer leaves the outcome unknown', async () => {
    fault(async () => methodError(504, 504101, 'GatewayTimeout', 'Timed out').reply);
    expect(await ask()).toEqual({ kind: 'unknown' });
  });

  test('a lost connection, and a hub that never answers, leave it unknown', async () => {
    fault(async () => 'dropped');
    expect(await ask()).toEqual({ kind: 'unknown' });
    fault(hang);
    expect(await anAdapter(impatient).signal.ask(device, move, main)).toEqual({ kind: 'unknown' });
  });

  test('a 200 that is none leaves it unknown, and the process alive', async () => {
    fault(async () => ({ status: 200, body: 'surprise' }));
    expect(await ask()).toEqual({ kind: 'unknown' });
    fault(async () => ({ status: 200 }));
    expect(await ask()).toEqual({ kind: 'unknown' });
  });

  test('a hub that is not there was sent nothing', async () => {
    const nowhere = { ...device, hub: 'none.example.invalid' as typeof east };
    expect(await anAdapter().signal.ask(nowhere, move, main)).toMatchObject({ kind: 'throttled' });
  });

  test('by token credential as by connection string', async () => {
    online({ status: 200, payload: { answer: 'accepted' } });
    const { signal } = anAdapter(systemDeadline, undefined, new Map());
    expect(await signal.ask(device, move, main)).toEqual({ kind: 'accepted' });
  });

  test('a hub has one client, whoever asks first', async () => {
    const { clients } = anAdapter();
    const [one, other] = await Promise.all([clients(east), clients(east)]);
    expect(one).toBe(other);
  });
});

describe('a request by desired property', () => {
  const desired = () => hub.devices.get(device.deviceId)?.desired.properties;
  const park = () => anAdapter().signal.park(device, move);
  beforeEach(() => {
    createIdentity(hub, { deviceId: device.deviceId });
    patchTwin(hub, device.deviceId, { properties: { desired: { interval: 5 } } });
  });

  test('is put beside what is there, and cleared again', async () => {
    expect(await park()).toEqual({ kind: 'offline' });
    expect(desired()).toMatchObject({ interval: 5, reprovision: { requestId: requestId(move) } });
    expect(await anAdapter().signal.clear(device, [move.id])).toBe(true);
    expect(desired()).toEqual({ interval: 5 });
  });

  test('412: is put again when somebody else wrote the twin between', async () => {
    const isPatch: HubFault['matches'] = ({ method }) => method === 'PATCH';
    fault(
      (proper) => {
        patchTwin(hub, device.deviceId, { properties: { desired: { interval: 6 } } });
        return proper();
      },
      2,
      isPatch,
    );
    expect(await park()).toEqual({ kind: 'offline' });
    expect(desired()).toMatchObject({ interval: 6, reprovision: { campaignId: 'by-hand' } });
  });

  test('400: a twin without room is named', async () => {
    fault(
      async () => hubError(400, 'TwinTooLarge', '32 KB').reply,
      1,
      ({ method }) => method === 'PATCH',
    );
    expect(await park()).toMatchObject({
      kind: 'unsignallable',
      because: expect.stringContaining('TwinTooLarge'),
    });
  });

  test('of another move is left alone', async () => {
    await park();
    expect(await anAdapter().signal.clear(device, [moveId('9'.repeat(20))])).toBe(true);
    expect(desired()).toMatchObject({ reprovision: { requestId: requestId(move) } });
  });

  test('is clear where the device is not, and not where the hub gives no answer', async () => {
    hub.devices.clear();
    expect(await anAdapter().signal.clear(device, [move.id])).toBe(true);
    fault(async () => 'dropped');
    expect(await anAdapter().signal.clear(device, [move.id])).toBe(false);
  });
});

describe('a look at a twin', () => {
  const look = (deadline = systemDeadline) => anAdapter(deadline).twins.look(device);

  test('tells what is there', async () => {
    online(undefined);
    const held = hub.devices.get(device.deviceId);
    if (!held) throw new Error('no device');
    expect(await look()).toMatchObject({ kind: 'found', connected: true, advertises: false });
    const word = { requestId: requestId(move), state: 'done', hub: 'EAST.azure-devices.net' };
    report(hub, held, { reprovision: { contract: 1, ...word, gapMs: 5 } });
    expect(await look()).toEqual({
      kind: 'found',
      enabled: true,
      iotEdge: false,
      advertises: true,
      connected: true,
      lastActivityAt: instant(held.lastActivityMs),
      word: {
        request: requestId(move),
        state: 'done',
        until: undefined,
        why: undefined,
        gapMs: 5,
      },
    });
  });

  test('a word that DPS copied from another hub is none', async () => {
    online(undefined);
    const held = hub.devices.get(device.deviceId);
    const word = { requestId: requestId(move), state: 'done', hub: 'west.azure-devices.net' };
    if (held) report(hub, held, { reprovision: { contract: 1, ...word } });
    expect(await look()).toMatchObject({ advertises: true, word: undefined });
  });

  test('never active is not active in the year one', async () => {
    createIdentity(hub, { deviceId: device.deviceId });
    expect(await look()).toMatchObject({ lastActivityAt: undefined, connected: false });
  });

  test('absent, and silent, are told apart', async () => {
    expect(await look()).toEqual({ kind: 'absent' });
    for (const status of [429, 500, 401, 404] as const) {
      fault(async () => hubError(status, 'Whatever', 'so').reply);
      expect(await look()).toMatchObject({ kind: 'silent' });
    }
    fault(hang);
    expect(await look(impatient)).toMatchObject({ kind: 'silent' });
  });

  test('a 200 that is no twin is silent, and the process alive', async () => {
    for (const body of ['surprise', { not: 'a twin' }, undefined]) {
      fault(async () => ({ status: 200, ...(body === undefined ? {} : { body }) }));
      expect(await look()).toMatchObject({ kind: 'silent' });
    }
  });
});

describe('the profile of IoT Central’s migrator', () => {
  const profile = deviceMoveProfile(new Map([[main, '0ne1']]));

  test('DeviceMove is called with the id scope', async () => {
    const heard: Json[] = [];
    online({ status: 202, payload: null }, heard);
    const { signal, twins } = anAdapter(systemDeadline, profile);
    expect(await signal.ask(device, move, main)).toEqual({ kind: 'accepted' });
    expect(heard).toEqual(['0ne1']);
    expect(await twins.look(device)).toMatchObject({ advertises: true, word: undefined });
  });

  test('there is nothing to leave for a device that is offline', async () => {
    createIdentity(hub, { deviceId: device.deviceId });
    const { signal } = anAdapter(systemDeadline, profile);
    expect(await signal.ask(device, move, main)).toEqual({ kind: 'offline' });
    expect(await signal.park(device, move)).toMatchObject({ kind: 'throttled' });
    expect(await signal.clear(device, [move.id])).toBe(true);
  });
});
