import { describe, expect, test } from 'vitest';
import { deviceToken } from '../../../local/devices/token.ts';
import type { CallWebhook, Dps, DpsOptions } from '../../../local/dps/dps.ts';
import { createDps, enrollmentKey } from '../../../local/dps/dps.ts';
import { askDps } from '../../../local/dps/dps-http.ts';
import { readEnrollment } from '../../../local/dps/enrollment.ts';
import { createHub } from '../../../local/iot-hub/hub.ts';
import type { HubEvent } from '../../../local/iot-hub/hub-event.ts';
import { patchTwin, report } from '../../../local/iot-hub/twins.ts';
import type { JsonObject } from '../../../local/json.ts';
import { derivedKey } from '../../../local/sas.ts';
import type { World } from '../../../local/world.ts';

/** A world whose time goes on only when told, and whose dice always fall alike. */
const aWorld = () => {
  let nowMs = Date.parse('2026-01-01T00:00:00Z');
  let drawn = 0;
  const due: { readonly atMs: number; readonly then: () => void }[] = [];
  const world: World = {
    now: () => nowMs,
    after: (delayMs, then) => {
      due.push({ atMs: nowMs + delayMs, then });
    },
    random: () => {
      drawn += 1;
      return (drawn * 0.618) % 1;
    },
  };
  /** Lets what is due happen, in order, with the promises in between. */
  const pass = async (ms: number): Promise<void> => {
    const endMs = nowMs + ms;
    for (;;) {
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      const next = due
        .filter(({ atMs }) => atMs <= endMs)
        .sort((one, other) => one.atMs - other.atMs)[0];
      if (!next) break;
      due.splice(due.indexOf(next), 1);
      nowMs = next.atMs;
      next.then();
    }
    nowMs = endMs;
  };
  return { world, pass };
};

type Reply = Awaited<ReturnType<CallWebhook>>;

const aDps = (
  options: Partial<DpsOptions> = {},
  deviceCountMax: Readonly<Record<string, number>> = {},
) => {
  const { world, pass } = aWorld();
  const events: HubEvent[] = [];
  const hubs = ['east', 'west'].map((name) =>
    createHub(
      {
        hostName: `${name}.azure-devices.net`,
        deviceCountMax: deviceCountMax[name] ?? 1_000_000,
        onEvent: (event) => events.push(event),
      },
      world,
    ),
  );
  const asked: JsonObject[] = [];
  const answers: (Reply | string)[] = [];
  const callWebhook: CallWebhook = async (_url, body) => {
    asked.push(body);
    const next = answers.length > 1 ? answers.shift() : answers[0];
    return typeof next === 'string'
      ? { status: 200, body: { iotHubHostName: `${next}.azure-devices.net` } }
      : next;
  };
  const dps = createDps(
    {
      hostName: 'dps.azure-devices-provisioning.net',
      idScope: '0ne1',
      hubs,
      callWebhook,
      ...options,
    },
    world,
  );
  return {
    dps,
    pass,
    events,
    asked,
    answers,
    hub: (name: string) => hubs.find(({ hostName }) => hostName.startsWith(name)),
  };
};

const enroll = (
  dps: Dps,
  but: JsonObject = {},
  kind: 'group' | 'individual' = 'group',
  id = 'fleet',
) => {
  const body = {
    attestation: { type: 'symmetricKey' },
    allocationPolicy: 'custom',
    customAllocationDefinition: {
      webhookUrl: 'https://app/api/x?code=SECRET',
      apiVersion: '2021-10-01',
    },
    ...but,
  };
  const enrollment = readEnrollment(kind, id, body, undefined, dps.world);
  dps.enrollments.set(enrollmentKey(kind, id), enrollment);
  return enrollment;
};

/** A device of the group registers and waits until it is told. */
const registering = (dps: Dps, pass: (ms: number) => Promise<void>) => {
  const registrationId = 'pump-1';
  const group = dps.enrollments.get(enrollmentKey('group', 'fleet'));
  const key = derivedKey(group?.primaryKey ?? '', registrationId);
  const authorization = deviceToken(
    `0ne1/registrations/${registrationId}`,
    key,
    dps.world.now() + 1e9,
  );
  const headers = { authorization };
  const url = `/0ne1/registrations/${registrationId}`;
  const ask = (method: string, path: string, body = '') =>
    askDps(dps, { method, url: `${url}${path}`, headers, body });
  return {
    ask,
    register: async (payload?: JsonObject, waitMs = 0) => {
      const begun = ask(
        'PUT',
        '/register',
        JSON.stringify({ registrationId, ...(payload ? { payload } : {}) }),
      );
      await pass(waitMs);
      const { operationId } = begun.body as { operationId: string };
      return ask('GET', `/operations/${operationId}`);
    },
  };
};

const state = (reply: { readonly body?: unknown }) =>
  (reply.body as { registrationState: JsonObject }).registrationState;

test('a device registers, and the hub that the webhook answered has it', async () => {
  const { dps, pass, asked, answers, hub, events } = aDps();
  answers.push('west');
  enroll(dps, { initialTwin: { tags: { site: 'A' }, properties: { desired: { speed: 3 } } } });
  const reply = await registering(dps, pass).register({ model: 'x' });
  expect(reply.status).toBe(200);
  expect(state(reply)).toMatchObject({
    status: 'assigned',
    substatus: 'initialAssignment',
    assignedHub: 'west.azure-devices.net',
    deviceId: 'pump-1',
  });
  expect(hub('west')?.devices.get('pump-1')).toMatchObject({
    tags: { site: 'A' },
    desired: { properties: { speed: 3 } },
  });
  expect(events.map(({ opType }) => opType)).toEqual(['createDeviceIdentity', 'updateTwin']);
  expect(asked).toEqual([
    {
      enrollmentGroup: expect.objectContaining({
        enrollmentGroupId: 'fleet',
        reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: true },
      }),
      deviceRuntimeContext: { registrationId: 'pump-1', symmetricKey: {}, payload: { model: 'x' } },
      linkedHubs: ['east.azure-devices.net', 'west.azure-devices.net'],
    },
  ]);
  expect(JSON.stringify(asked)).not.toContain('SECRET');
  expect(JSON.stringify(asked)).not.toContain(dps.enrollments.get('group/fleet')?.primaryKey);
});

test('meanwhile it is assigning, and told when to ask again', async () => {
  const { dps, pass, answers } = aDps();
  answers.push({ status: 503, body: undefined }, 'east');
  enroll(dps);
  const device = registering(dps, pass);
  const early = await device.register();
  expect(early).toMatchObject({
    status: 202,
    body: { status: 'assigning' },
    headers: { 'retry-after': '3' },
  });
  const again = device.ask('PUT', '/register');
  expect(again.body).toEqual(early.body);
});

describe('a second registration', () => {
  const moved = async (reprovisionPolicy: JsonObject, options: Partial<DpsOptions> = {}) => {
    const all = aDps(options);
    all.answers.push('east', 'west');
    enroll(all.dps, { reprovisionPolicy });
    const device = registering(all.dps, all.pass);
    await device.register();
    const east = all.hub('east');
    const there = east?.devices.get('pump-1');
    if (east && there) {
      patchTwin(east, 'pump-1', { tags: { site: 'A' }, properties: { desired: { speed: 3 } } });
      report(east, there, { speed: 2 });
    }
    all.events.length = 0;
    return { ...all, device, reply: await device.register() };
  };

  test('migrates: twin and all go along, and the identity at the source goes', async () => {
    const { reply, hub, asked, events } = await moved({
      updateHubAssignment: true,
      migrateDeviceData: true,
    });
    expect(state(reply)).toMatchObject({
      assignedHub: 'west.azure-devices.net',
      substatus: 'deviceDataMigrated',
    });
    expect(hub('east')?.devices.size).toBe(0);
    expect(hub('west')?.devices.get('pump-1')).toMatchObject({
      tags: { site: 'A' },
      desired: { properties: { speed: 3 }, version: 2 },
      reported: { properties: { speed: 2 }, version: 2 },
    });
    expect(asked[1]?.['deviceRuntimeContext']).toMatchObject({
      currentIotHubHostName: 'east.azure-devices.net',
      currentDeviceId: 'pump-1',
    });
    expect(events.map(({ opType, hubName }) => `${opType} ${hubName}`)).toEqual([
      'createDeviceIdentity west',
      'deleteDeviceIdentity east',
    ]);
  });

  test('resets: the twin begins anew', async () => {
    const { reply, hub } = await moved({ updateHubAssignment: true, migrateDeviceData: false });
    expect(state(reply)).toMatchObject({ substatus: 'deviceDataReset' });
    expect(hub('east')?.devices.size).toBe(0);
    expect(hub('west')?.devices.get('pump-1')).toMatchObject({
      tags: {},
      reported: { version: 1 },
    });
  });

  test('never: it stays, and the webhook is asked with its hub alone', async () => {
    const { reply, hub, asked } = await moved({
      updateHubAssignment: false,
      migrateDeviceData: false,
    });
    expect(state(reply)).toMatchObject({ status: 'failed', errorCode: 400_207 });
    expect(asked[1]?.['linkedHubs']).toEqual(['east.azure-devices.net']);
    expect(hub('east')?.devices.size).toBe(1);
  });

  test('the order of the two writes is a switch', async () => {
    const undocumented = { moveOrder: 'remove first' } as const;
    const { events } = await moved(
      { updateHubAssignment: true, migrateDeviceData: true },
      { undocumented },
    );
    expect(events[0]).toMatchObject({ opType: 'deleteDeviceIdentity', hubName: 'east' });
  });

  test.each([
    ['fails', { status: 'failed' }],
    [
      'assigns anew',
      { status: 'assigned', substatus: 'deviceDataReset', assignedHub: 'west.azure-devices.net' },
    ],
  ] as const)(
    'from a hub that cannot be reached is a switch: %s',
    async (unreachableSource, expected) => {
      const { dps, pass, answers } = aDps({ undocumented: { unreachableSource } });
      answers.push('east', 'west');
      enroll(dps);
      const device = registering(dps, pass);
      await device.register();
      const east = dps.linkedHubs.get('east.azure-devices.net');
      if (east) east.reachable = false;
      expect(state(await device.register())).toMatchObject(expected);
    },
  );

  test.each([
    ['fails', { status: 'failed' }],
    ['stays', { status: 'assigned', assignedHub: 'east.azure-devices.net' }],
  ] as const)(
    'to a hub that is full is a switch: it %s, and the device is where it was',
    async (fullTarget, expected) => {
      const { dps, pass, answers, hub } = aDps({ undocumented: { fullTarget } }, { west: 0 });
      answers.push('east', 'west');
      enroll(dps);
      const device = registering(dps, pass);
      await device.register();
      expect(state(await device.register())).toMatchObject(expected);
      expect(hub('east')?.devices.size).toBe(1);
    },
  );

  test.each(['kept', 'reprovisionedToInitialAssignment'] as const)(
    'to the same hub: its substatus is a switch: %s',
    async (substatusOnStay) => {
      const { dps, pass, answers } = aDps({ undocumented: { substatusOnStay } });
      answers.push('east');
      enroll(dps);
      const device = registering(dps, pass);
      await device.register();
      expect(state(await device.register())).toMatchObject({
        substatus: substatusOnStay === 'kept' ? 'initialAssignment' : substatusOnStay,
      });
    },
  );
});

describe('a webhook that', () => {
  test.each<[string, Reply | string, object]>([
    ['is refused its key', { status: 401, body: undefined }, { errorCode: 400_209 }],
    ['names no hub', { status: 200, body: { iotHubHostName: '' } }, { errorCode: 400_208 }],
    ['answers no JSON', { status: 200, body: undefined }, { errorCode: 400_207 }],
    ['names a hub that is not linked', 'south', { errorCode: 400_207 }],
    [
      'refuses',
      { status: 400, body: undefined },
      { errorCode: 400_207, errorMessage: 'Custom allocation failed with status code: 400' },
    ],
  ])('%s fails the registration at once', async (_what, answer, expected) => {
    const { dps, pass, answers, asked } = aDps();
    answers.push(answer);
    enroll(dps);
    expect(state(await registering(dps, pass).register())).toMatchObject({
      status: 'failed',
      ...expected,
    });
    expect(asked).toHaveLength(1);
  });

  test.each([429, 500, 503])(
    'answers %i is asked again, after 1, 10, 19 … seconds',
    async (status) => {
      const { dps, pass, answers, asked } = aDps();
      answers.push({ status, body: undefined }, { status, body: undefined }, 'east');
      enroll(dps);
      const device = registering(dps, pass);
      await device.register(undefined, 10_999);
      expect(asked).toHaveLength(2);
      await pass(1);
      expect(asked).toHaveLength(3);
    },
  );

  test('never recovers is asked 11 times, and the registration fails', async () => {
    const { dps, pass, answers, asked } = aDps();
    answers.push({ status: 503, body: undefined });
    enroll(dps);
    expect(state(await registering(dps, pass).register(undefined, 415_001))).toMatchObject({
      status: 'failed',
      errorCode: 400_207,
    });
    expect(asked).toHaveLength(11);
  });

  test('never recovers may be asked less often: a switch', async () => {
    const { dps, pass, answers, asked } = aDps({ undocumented: { retryCountMax: 2 } });
    answers.push({ status: 503, body: undefined });
    enroll(dps);
    const reply = await registering(dps, pass).register(undefined, 11_000);
    expect(state(reply)).toMatchObject({ status: 'failed' });
    expect(asked).toHaveLength(3);
  });

  test('takes too long, or fails with 500, may not be asked again: switches', async () => {
    for (const [answer, undocumented] of [
      [undefined, { retriesTimeout: false }],
      [{ status: 500, body: undefined }, { retries500: false }],
    ] as const) {
      const { dps, pass, answers, asked } = aDps({ undocumented });
      answers.push(answer);
      enroll(dps);
      expect(state(await registering(dps, pass).register())).toMatchObject({ status: 'failed' });
      expect(asked).toHaveLength(1);
    }
  });
});

test('linked hubs come in an order that is a switch, with or without those that the policy is not applied to', async () => {
  const names = async (undocumented: DpsOptions['undocumented'], iotHubs?: string[]) => {
    const { dps, pass, answers, asked } = aDps(undocumented ? { undocumented } : {});
    answers.push('east');
    const east = dps.linkedHubs.get('east.azure-devices.net');
    if (east && undocumented?.listsUnappliedHubs === false) {
      dps.linkedHubs.set('east.azure-devices.net', { ...east, applyAllocationPolicy: false });
    }
    enroll(dps, iotHubs ? { iotHubs } : {});
    await registering(dps, pass).register();
    const { linkedHubs = [] } = asked[0] ?? {};
    return (linkedHubs as string[]).map((name) => name.split('.')[0]);
  };
  expect(await names({ linkedHubsOrder: 'reversed' })).toEqual(['west', 'east']);
  expect((await names({ linkedHubsOrder: 'shuffled' })).sort()).toEqual(['east', 'west']);
  expect(await names({ listsUnappliedHubs: false })).toEqual(['west']);
  expect(await names(undefined, ['west.azure-devices.net'])).toEqual(['west']);
});

test('an individual enrollment has a deviceId of its own, and comes before the group', async () => {
  const { dps, pass, answers, hub, asked } = aDps();
  answers.push('east');
  enroll(dps);
  const primaryKey = derivedKey(dps.enrollments.get('group/fleet')?.primaryKey ?? '', 'pump-1');
  const attestation = { type: 'symmetricKey', symmetricKey: { primaryKey } };
  enroll(dps, { deviceId: 'Pump', attestation }, 'individual', 'PUMP-1');
  expect(state(await registering(dps, pass).register())).toMatchObject({ deviceId: 'Pump' });
  expect([...(hub('east')?.devices.keys() ?? [])]).toEqual(['Pump']);
  expect(asked[0]).toHaveProperty('individualEnrollment.registrationId', 'PUMP-1');
});

test('a disabled enrollment is told; a token that proves nothing is 401', async () => {
  const { dps, pass } = aDps();
  enroll(dps, { provisioningStatus: 'disabled' });
  expect(state(await registering(dps, pass).register())).toMatchObject({ status: 'disabled' });
  enroll(dps);
  const url = '/0ne1/registrations/pump-1/register';
  for (const authorization of [
    undefined,
    'SharedAccessSignature sr=0ne1/registrations/pump-1&sig=AAAA&se=99999999999',
  ]) {
    expect(askDps(dps, { method: 'PUT', url, headers: { authorization }, body: '' }).status).toBe(
      401,
    );
  }
});

test('past a quota it is 429, with the time to wait', async () => {
  const quotas = { registrations: { countMax: 2, periodMs: 60_000 } };
  const { dps, pass, answers } = aDps({ quotas });
  answers.push('east');
  enroll(dps);
  const device = registering(dps, pass);
  await device.register();
  await device.register(undefined, 10_000);
  expect(device.ask('PUT', '/register')).toMatchObject({
    status: 429,
    headers: { 'retry-after': '50' },
  });
  await pass(50_000);
  expect(device.ask('PUT', '/register').status).toBe(202);
});

test('a device that asks more than 5 times in 10 seconds is 429', async () => {
  const { dps, pass, answers } = aDps();
  answers.push('east');
  enroll(dps);
  const device = registering(dps, pass);
  const { operationId } = device.ask('PUT', '/register').body as { operationId: string };
  const statuses = Array.from(
    { length: 6 },
    () => device.ask('GET', `/operations/${operationId}`).status,
  );
  expect(statuses).toEqual([202, 202, 202, 202, 202, 429]);
  await pass(0);
});
