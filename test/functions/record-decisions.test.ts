import { InvocationContext } from '@azure/functions';
import { expect, test } from 'vitest';
import { recordDecisionsHandler } from '../../functions/record-decisions.ts';
import { cosmosDeviceRecords } from '../../shared/adapters/cosmos/device-records.ts';
import { cosmosEnrollments } from '../../shared/adapters/cosmos/enrollments.ts';
import { openTelemetryMeters } from '../../shared/adapters/open-telemetry/meters.ts';
import { systemDeadline } from '../../shared/adapters/system/deadline.ts';
import { deviceKey, newDeviceRecord } from '../../shared/domain/device.ts';
import { hubHostName } from '../../shared/domain/hub.ts';
import { instant } from '../../shared/domain/instant.ts';
import { recordDecision, recordDecisions } from '../../shared/flows/record-decision.ts';
import {
  parseLateDecision,
  toLateDecisionDocument,
} from '../../shared/wire/late-decision-document.ts';
import { hostOf } from '../support/a-hub.ts';
import { main } from '../support/a-question.ts';
import { anEnrollment, aRequest } from '../support/a-request.ts';
import { aStore } from '../support/a-store.ts';

const { signal } = new AbortController();

const late = (device: string, hub = 'east', decidedAt = 5) =>
  toLateDecisionDocument({
    asked: aRequest({ linked: ['east', 'west'], device }),
    allocation: { hub: hostOf(hub), because: 'newcomer', rules: [] },
    decidedAt: instant(decidedAt),
  });

const bytesOf = (body: unknown): Buffer =>
  Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));

/** The door on the genuine SDK: what it wrote, and what it kept as dead letters. */
const aDoor = async () => {
  const { database, ...store } = await aStore();
  const records = cosmosDeviceRecords(database);
  const enrollments = cosmosEnrollments(database);
  const record = recordDecision({ records, enrollments });
  const handler = recordDecisionsHandler({
    recordDecisions: recordDecisions(record, systemDeadline),
    meters: openTelemetryMeters(() => undefined),
  });
  const warned: string[] = [];
  return {
    ...store,
    database,
    records,
    enrollments,
    warned,
    take: async (...bodies: readonly unknown[]) => {
      const context = new InvocationContext({
        functionName: 'recordDecisions',
        logHandler: (_level: unknown, line: unknown) => warned.push(String(line)),
        options: {
          extraOutputs: [
            { type: 'blob', name: 'letters', direction: 'out', path: 'x', connection: 'y' },
          ],
        },
      } as never);
      const letters: unknown[] = [];
      context.extraOutputs.set = (_output: unknown, value: unknown): void => {
        letters.push(...JSON.parse(String(value)));
      };
      await handler(bodies.map(bytesOf) as never, context);
      return letters;
    },
    recordOf: async (device: string) =>
      (await records.read(deviceKey(main, device), signal))?.record,
  };
};

test('[A7] each is written by the time when it was decided, and twice is as once', async () => {
  const { take, recordOf } = await aDoor();
  expect(await take(late('pump'), late('fan', 'west'))).toEqual([]);
  expect(await recordOf('pump')).toMatchObject({
    pending: { hub: hostOf('east'), firstAt: 5, calls: 1 },
  });
  const before = await recordOf('fan');
  await take(late('fan', 'west'), late('fan', 'east', 4));
  expect(await recordOf('fan')).toEqual(before);
  await take(late('fan', 'west', 6));
  expect((await recordOf('fan'))?.pending?.calls).toBe(2);
});

test('[A7] of a device whose event came first it tells by which enrollment it came, and that it is in quarantine', async () => {
  const { take, recordOf, records } = await aDoor();
  const observed = { hub: hubHostName(hostOf('east')), at: instant(9) };
  for (const device of ['pump', 'bad']) {
    const record = { ...newDeviceRecord(main, device), observed };
    await records.write(deviceKey(main, device), record, undefined, signal);
  }
  await take(late('pump'), { ...late('bad'), because: 'quarantined', rules: ['odd'] });
  expect(await recordOf('pump')).toMatchObject({
    enrollment: 'main:group:fleet',
    home: hostOf('east'),
    quarantine: undefined,
    observed,
  });
  expect(await recordOf('bad')).toMatchObject({ quarantine: { because: 'rule odd' } });
});

test('it comes out of the Event Hub as it went in', () => {
  const asked = aRequest({ linked: ['east'], current: 'west' });
  const { scope, deviceId, registrationId, enrollment, currentHub } = asked;
  const late = {
    asked: { scope, deviceId, registrationId, enrollment, currentHub },
    allocation: { hub: hostOf('east'), because: 'quarantined', rules: ['one', 'two'] },
    decidedAt: instant(7),
  } as const;
  const travelled = JSON.parse(JSON.stringify(toLateDecisionDocument(late)));
  expect(parseLateDecision(travelled)).toEqual({ kind: 'late', late });
});

test('of one device in one batch each is written in its turn, and its enrollment is learnt', async () => {
  const { take, recordOf, enrollments } = await aDoor();
  await take(late('pump', 'east', 5), late('pump', 'east', 6), late('pump', 'west', 7));
  expect((await recordOf('pump'))?.pending).toMatchObject({
    hub: hostOf('west'),
    tried: [hostOf('east')],
  });
  expect(await enrollments.read('main:group:fleet', signal)).toMatchObject({ id: 'fleet' });
});

test('[R2] what another has written meanwhile is tried again; any fault is thrown', async () => {
  const { records, enrollments } = await aDoor();
  const asked = aRequest({ linked: ['east'] });
  const allocation = { hub: hostOf('east'), because: 'newcomer', rules: [] } as const;
  const one = { asked, allocation, decidedAt: instant(1) };
  const superseded = { ...records, write: async () => 'superseded' as const };
  const lost = { ...records, read: async () => Promise.reject(new TypeError('a bug')) };
  for (const broken of [superseded, lost]) {
    const record = recordDecision({ records: broken, enrollments });
    await expect(recordDecisions(record, systemDeadline)([one])).rejects.toThrow();
  }
  const given = new AbortController();
  given.abort();
  const late = recordDecision({
    records: { ...records, read: async () => undefined },
    enrollments,
  });
  await expect(late(one, given.signal)).rejects.toThrow();
});

test('what is known of the enrollment by then is not written over', async () => {
  const { take, enrollments } = await aDoor();
  await enrollments.learn(main, anEnrollment({ reprovision: 'never' }), signal);
  await take(late('pump'));
  expect(await enrollments.read('main:group:fleet', signal)).toMatchObject({
    reprovision: 'never',
  });
});

test('[R2] while the store is gone the batch fails whole, and comes again', async () => {
  const { take, fault, heal, recordOf } = await aDoor();
  fault({ kind: 'answer', status: 503 }, () => true, Number.POSITIVE_INFINITY);
  await expect(take(late('pump'))).rejects.toThrow();
  heal();
  await take(late('pump'));
  expect(await recordOf('pump')).toBeDefined();
});

test('[R3] what is none of ours is kept whole, and so is what can never be written; the rest is written', async () => {
  const { take, database, recordOf, warned } = await aDoor();
  const { id, slice } = deviceKey(main, 'broken');
  const { items } = (await database()).container('devices');
  await items.create({ id, slice, schemaVersion: 99 });
  const odd = ['not JSON', { schemaVersion: 2 }, { ...late('x'), because: 'whim' }];
  const letters = await take(...odd, late('broken'), late('pump'));
  expect(letters).toMatchObject([
    { because: expect.any(String), body: bytesOf('not JSON').toString('base64') },
    { because: expect.stringContaining('schemaVersion') },
    { because: expect.stringContaining('because') },
    { because: expect.stringContaining('none of ours') },
  ]);
  expect(await recordOf('pump')).toBeDefined();
  expect(warned.join()).toContain('"source":"recordDecisions","count":4');
});

test('[R5] no payload goes with it', () => {
  const asked = aRequest({ linked: ['east'] }, { payload: { secret: 'swordfish' } });
  const allocation = { hub: hostOf('east'), because: 'newcomer', rules: [] } as const;
  const document = toLateDecisionDocument({ asked, allocation, decidedAt: instant(1) });
  expect(JSON.stringify(document)).not.toContain('swordfish');
});
