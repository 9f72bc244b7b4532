import { describe, expect, test, vi } from 'vitest';
import { isWrite } from '../../local/cosmos/faults.ts';
import { cosmosDeviceRecords } from '../../shared/adapters/cosmos/device-records.ts';
import { cosmosEnrollments } from '../../shared/adapters/cosmos/enrollments.ts';
import { memoryDeviceRecords } from '../../shared/adapters/memory/device-records.ts';
import { memoryEnrollments } from '../../shared/adapters/memory/enrollments.ts';
import { memoryHubTables } from '../../shared/adapters/memory/hub-tables.ts';
import { memoryIntakes } from '../../shared/adapters/memory/intakes.ts';
import { memoryLateDecisions } from '../../shared/adapters/memory/late-decisions.ts';
import { memoryPolicies, memoryPolicyVersions } from '../../shared/adapters/memory/policies.ts';
import { systemDeadline } from '../../shared/adapters/system/deadline.ts';
import { systemDice } from '../../shared/adapters/system/dice.ts';
import { moveLimits } from '../../shared/campaign/limits.ts';
import { deviceKey } from '../../shared/domain/device.ts';
import { hubHostName } from '../../shared/domain/hub.ts';
import { instant } from '../../shared/domain/instant.ts';
import { moveId, requestId } from '../../shared/domain/move.ts';
import { noPolicy } from '../../shared/domain/policy.ts';
import { allocateDevice } from '../../shared/flows/allocate-device.ts';
import { recordDecision } from '../../shared/flows/record-decision.ts';
import type { DeviceRecords } from '../../shared/ports/device-records.ts';
import type { Enrollments } from '../../shared/ports/enrollments.ts';
import { aHub, hostOf } from '../support/a-hub.ts';
import { aDevice, aMove, east, west } from '../support/a-move.ts';
import { main } from '../support/a-question.ts';
import { aRequest } from '../support/a-request.ts';
import { aStore } from '../support/a-store.ts';
import { noCampaigns } from '../support/no-campaigns.ts';

const hubs = [aHub('east', { weight: 3 }), aHub('west'), aHub('dead', { state: 'closed' })];
const linked = ['east', 'west', 'dead'];
/** Long enough on a busy machine. */
const patience = { timeout: 10_000 };
const { signal } = new AbortController();

/** The flow on a store, with a clock that ticks at every look, and a short deadline. */
const anInstance = (
  records: DeviceRecords = memoryDeviceRecords(),
  enrollments: Enrollments = memoryEnrollments(),
  storeTimeoutMs = 5_000,
  atStoreMax = 100,
) => {
  let now = 0;
  const clock = {
    now: () => {
      now += 1;
      return instant(now);
    },
  };
  const record = recordDecision({ records, enrollments });
  const limits = { waitingMax: 2, attemptTimeoutMs: 1_000, retryMs: 5 };
  const complaints: string[] = [];
  const complain = (line: string): void => {
    complaints.push(line);
  };
  const lateDecisions = memoryLateDecisions(record, systemDeadline, limits, complain);
  const hubTables = memoryHubTables(hubs, clock);
  const ports = {
    records,
    enrollments,
    hubTables,
    policies: memoryPolicies(memoryPolicyVersions(), () => noPolicy),
    intakes: memoryIntakes(clock),
    valves: noCampaigns,
    clock,
    dice: systemDice,
    lateDecisions,
    deadline: systemDeadline,
  };
  const allocationLimits = { slackPercent: 5, storeTimeoutMs, atStoreMax, moves: moveLimits };
  return {
    complaints,
    records,
    allocate: allocateDevice(ports, allocationLimits),
    recordOf: async (device = 'device-1') =>
      (await records.read(deviceKey(main, device), signal))?.record,
  };
};

test('a decision says how old the snapshot is that it stands on', async () => {
  expect((await anInstance().allocate(aRequest({ linked }))).snapshotAgeMs).toBe(1);
});

test('[A6] whichever instance is asked, the answer is the same', async () => {
  const instances = [anInstance(), anInstance(), anInstance()];
  for (let device = 0; device < 20; device += 1) {
    const asked = aRequest({ linked, device: `device-${device}` });
    const answers = await Promise.all(instances.map(({ allocate }) => allocate(asked)));
    expect(new Set(answers.map(({ hub }) => hub)).size).toBe(1);
  }
});

test('an answer is pending until the next call confirms it; the third call in vain takes the next hub', async () => {
  const { allocate, recordOf } = anInstance();
  const first = await allocate(aRequest({ linked }));
  expect(await allocate(aRequest({ linked }))).toMatchObject({ hub: first.hub });
  const third = await allocate(aRequest({ linked }));
  expect(linked.slice(0, 2).map(hostOf)).toContain(third.hub);
  expect(third.hub).not.toBe(first.hub);
  const current = hubHostName(third.hub);
  const confirming = { ...aRequest({ linked }), currentHub: current };
  expect(await allocate(confirming)).toMatchObject({ hub: third.hub, because: 'resident' });
  expect(await recordOf()).toMatchObject({ observed: { hub: current }, pending: undefined });
});

test('of two calls for one device at once both are answered alike, and both are counted', async () => {
  const { allocate, recordOf } = anInstance();
  const answers = await Promise.all([
    allocate(aRequest({ linked })),
    allocate(aRequest({ linked })),
  ]);
  expect(new Set(answers.map(({ hub }) => hub)).size).toBe(1);
  expect((await recordOf())?.pending?.calls).toBe(2);
});

test('[A7] a late decision is not written over what the record learnt since', async () => {
  const { allocate, records, recordOf } = anInstance();
  await allocate(aRequest({ linked, current: 'west' }));
  const [asked, known] = [aRequest({ linked }), await recordOf()];
  const allocation = {
    hub: hostOf('east'),
    because: 'newcomer',
    rules: [],
  } as const;
  const record = recordDecision({ records, enrollments: memoryEnrollments() });
  const at = known?.observed?.at ?? instant(0);
  await record({ asked, allocation, decidedAt: at }, signal);
  expect(await recordOf()).toEqual(known);
  await record({ asked, allocation, decidedAt: instant(at + 1) }, signal);
  expect(await recordOf()).toMatchObject({ pending: { hub: hostOf('east') } });
});

test('[A7] what is given up at its deadline does not go on to write another hub than was answered', async () => {
  const kept = memoryDeviceRecords();
  let read: PromiseWithResolvers<void> | undefined;
  /** A store that heeds no signal, and answers when it is let. */
  const stubborn: DeviceRecords = {
    ...kept,
    read: async (key, given) => {
      await read?.promise;
      return kept.read(key, given);
    },
  };
  const { allocate, recordOf } = anInstance(stubborn, memoryEnrollments(), 50);
  const first = await allocate(aRequest({ linked }));
  await allocate(aRequest({ linked }));
  read = Promise.withResolvers();
  const third = await allocate(aRequest({ linked })); // with its record it would be answered the next hub
  expect(third).toMatchObject({ degraded: true, hub: first.hub });
  read.resolve();
  await vi.waitFor(async () => {
    expect((await recordOf())?.pending).toMatchObject({ calls: 3, hub: hubHostName(first.hub) });
  }, patience);
});

test('[A2] the valve: a device with an open move is answered its target inside the window, and only then', async () => {
  const { allocate, records, recordOf } = anInstance(); // its clock ticks by 1 at every look
  const move = aMove({ from: east, to: west, notBefore: instant(20), notAfter: instant(1_000) });
  await records.write(deviceKey(main, 'device-1'), aDevice({ move }), undefined, signal);
  const asked = aRequest({ linked, current: 'east' });
  expect(await allocate(asked)).toMatchObject({ hub: hostOf('east'), because: 'resident' });
  for (let tick = 0; tick < 10; tick += 1) await allocate(asked);
  const known = await recordOf();
  expect(await allocate(asked)).toMatchObject({ hub: hostOf('west'), because: 'moving' });
  expect(await recordOf()).toEqual(known); // it stands in the record already
  for (let tick = 0; tick < 500; tick += 1) await allocate(asked);
  expect(await allocate(asked)).toMatchObject({
    hub: hostOf('east'),
    because: 'resident',
    degraded: false,
  });
});

test('a request that the record does not know is read again: what was read first may be old', async () => {
  const kept = memoryDeviceRecords();
  const move = aMove({ from: east, to: west, notAfter: instant(1_000) });
  await kept.write(deviceKey(main, 'device-1'), aDevice(), undefined, signal);
  let reads = 0;
  /** A replica that has not heard of the move yet, at the first read. */
  const behind: DeviceRecords = {
    ...kept,
    read: async (key, given) => {
      reads += 1;
      const found = await kept.read(key, given);
      if (reads !== 1) return found;
      await kept.write(key, aDevice({ move }), found?.version, given);
      return found;
    },
  };
  const { allocate } = anInstance(behind);
  const asked = aRequest({ linked, current: 'east' }, { requestId: requestId(move) });
  expect(await allocate(asked)).toMatchObject({ hub: hostOf('west'), because: 'moving' });
  expect(reads).toBe(2);
  await allocate({ ...asked, requestId: undefined });
  expect(reads).toBe(3);
  // With the id of a move that has settled, the call is an organic one: read once more, and answered by the record.
  const over = { ...asked, requestId: requestId({ ...move, id: moveId('9'.repeat(20)) }) };
  expect(await allocate(over)).toMatchObject({ because: 'moving' });
  expect(reads).toBe(5);
});

test('an enrollment that could not be learnt holds up nobody, least of all a device on its way', async () => {
  const records = memoryDeviceRecords();
  const move = aMove({ from: east, to: west, notAfter: instant(1_000) });
  await records.write(deviceKey(main, 'device-1'), aDevice({ move }), undefined, signal);
  const throttled: Enrollments = {
    ...memoryEnrollments(),
    learn: async () => {
      throw new Error('429');
    },
  };
  const { allocate } = anInstance(records, throttled);
  expect(await allocate(aRequest({ linked, current: 'east' }))).toMatchObject({
    hub: hostOf('west'),
    because: 'moving',
    degraded: false,
    storeFault: undefined,
  });
});

test('[A7] what is more than the store takes at once is answered without it, at once, and recorded later', async () => {
  const kept = memoryDeviceRecords();
  const gate = Promise.withResolvers<void>();
  const slow: DeviceRecords = {
    ...kept,
    read: async (key, given) => {
      await gate.promise;
      return kept.read(key, given);
    },
  };
  const { allocate, recordOf } = anInstance(slow, memoryEnrollments(), 5_000, 1);
  const first = allocate(aRequest({ linked, device: 'first' }));
  const shed = await allocate(aRequest({ linked, device: 'second' }));
  expect(shed).toMatchObject({ degraded: true, storeFault: 'too many devices wait for the store' });
  const resident = await allocate(aRequest({ linked, device: 'third', current: 'dead' }));
  expect(resident).toMatchObject({ hub: hostOf('dead'), because: 'resident', degraded: true });
  gate.resolve();
  expect(await first).toMatchObject({ degraded: false });
  await vi.waitFor(async () => {
    expect((await recordOf('second'))?.pending?.hub).toBe(hubHostName(shed.hub));
  }, patience);
});

describe('on Cosmos DB', () => {
  const anInstanceOnCosmos = async (storeTimeoutMs = 5_000) => {
    const { database, ...store } = await aStore();
    const [records, enrollments] = [cosmosDeviceRecords(database), cosmosEnrollments(database)];
    const instance = anInstance(records, enrollments, storeTimeoutMs);
    return { ...store, ...instance, database };
  };

  test('a sticky repeat costs one point read and no write', async () => {
    const { allocate, store } = await anInstanceOnCosmos();
    const { hub } = await allocate(aRequest({ linked }));
    const repeat = { ...aRequest({ linked }), currentHub: hubHostName(hub) };
    await allocate(repeat);
    const written = store.containers.get('rehome/devices')?.lsn;
    const asked: string[] = [];
    store.faults.push({
      count: Number.POSITIVE_INFINITY,
      does: { kind: 'delay', delayMs: 0 },
      matches: ({ method, url }) => {
        asked.push(`${method} ${url}`);
        return false;
      },
    });
    await allocate(repeat);
    expect(asked).toEqual([expect.stringMatching(/^GET .*\/devices\/docs\/main:device-1$/)]);
    expect(store.containers.get('rehome/devices')?.lsn).toBe(written);
  });

  test('a newcomer costs one write and no read; one that is known already is read', async () => {
    const { allocate, store, recordOf } = await anInstanceOnCosmos();
    await allocate(aRequest({ linked, device: 'another' })); // the enrollment is known
    const asked: string[] = [];
    store.faults.push({
      count: Number.POSITIVE_INFINITY,
      does: { kind: 'hang' },
      matches: ({ method, url }) => {
        if (url.includes('/colls/devices/docs')) asked.push(method);
        return false;
      },
    });
    await allocate(aRequest({ linked }));
    expect(asked).toEqual(['POST']);
    expect(await recordOf()).toMatchObject({ pending: { calls: 1 } });
    asked.length = 0;
    await allocate(aRequest({ linked }));
    expect(asked).toEqual(['POST', 'GET', 'POST']);
    expect(await recordOf()).toMatchObject({ pending: { calls: 2 } });
  });

  test('an enrollment is learnt once, and again when it changes', async () => {
    const { allocate, store } = await anInstanceOnCosmos();
    const writes = () => store.containers.get('rehome/enrollments')?.lsn;
    await allocate(aRequest({ linked }));
    const once = writes();
    await allocate(aRequest({ linked, device: 'device-2' }));
    expect(writes()).toBe(once);
    const changed = { ...aRequest({ linked }).enrollment, reprovision: 'reset' as const };
    await allocate(aRequest({ linked, device: 'device-3' }, { enrollment: changed }));
    expect(writes()).toBe((once ?? 0) + 1);
  });

  test('a lost acknowledgement is harmless', async () => {
    const { allocate, fault, recordOf } = await anInstanceOnCosmos();
    await allocate(aRequest({ linked, device: 'before' }));
    fault({ kind: 'drop after' }, (ask) => isWrite(ask) && ask.url.includes('/devices/'));
    const { hub } = await allocate(aRequest({ linked }));
    await vi.waitFor(async () => {
      expect((await recordOf())?.pending).toMatchObject({ hub: hubHostName(hub), tried: [] });
    }, patience);
  });

  test.each<[string, Parameters<Awaited<ReturnType<typeof aStore>>['fault']>[0]]>([
    ['down', { kind: 'drop before' }],
    ['unavailable', { kind: 'answer', status: 503 }],
    ['throttling', { kind: 'answer', status: 429, retryAfterMs: 50 }],
    ['slow', { kind: 'delay', delayMs: 500 }],
    ['silent', { kind: 'hang' }],
  ])(
    '[A7] the store %s: answered in time, flagged, no resident moved, and recorded once it is back',
    async (_name, does) => {
      const { allocate, fault, heal, recordOf } = await anInstanceOnCosmos(200);
      await allocate(aRequest({ linked, device: 'before' }));
      fault(does, () => true, Number.POSITIVE_INFINITY);
      const [newcomer, resident] = await Promise.all([
        allocate(aRequest({ linked, device: 'newcomer' })),
        allocate(aRequest({ linked, device: 'resident', current: 'west' })),
      ]);
      expect(await allocate(aRequest({ linked, device: 'dead', current: 'dead' }))).toMatchObject({
        hub: hostOf('dead'),
        degraded: true,
      });
      expect(newcomer).toMatchObject({ degraded: true, storeFault: expect.any(String) });
      expect(newcomer).toMatchObject({ because: 'newcomer', standing: 'eligible' });
      expect(resident).toMatchObject({ hub: hostOf('west'), because: 'resident', degraded: true });
      heal();
      await vi.waitFor(async () => {
        expect((await recordOf('newcomer'))?.pending?.hub).toBe(hubHostName(newcomer.hub));
        expect((await recordOf('resident'))?.observed?.hub).toBe(hostOf('west'));
      }, patience);
    },
  );

  test('a late decision that can never be recorded does not hold up the others', async () => {
    const { allocate, database, fault, heal, recordOf } = await anInstanceOnCosmos(200);
    const { id, slice } = deviceKey(main, 'broken');
    await (await database()).container('devices').items.create({ id, slice, schemaVersion: 99 });
    fault({ kind: 'drop before' }, () => true, Number.POSITIVE_INFINITY);
    await allocate(aRequest({ linked, device: 'broken' }));
    const { hub } = await allocate(aRequest({ linked, device: 'whole' }));
    heal();
    await vi.waitFor(async () => {
      expect((await recordOf('whole'))?.pending?.hub).toBe(hubHostName(hub));
    }, patience);
    const { storeFault, degraded } = await allocate(aRequest({ linked, device: 'broken' }));
    expect({ storeFault, degraded }).toEqual({
      storeFault: expect.stringContaining('schemaVersion'),
      degraded: true,
    });
  });

  test('a late decision that finds no place is complained of, by its device', async () => {
    const { allocate, fault, complaints } = await anInstanceOnCosmos(200);
    await allocate(aRequest({ linked, device: 'before' }));
    fault({ kind: 'answer', status: 503 }, () => true, Number.POSITIVE_INFINITY);
    for (const device of ['one', 'two', 'three']) await allocate(aRequest({ linked, device }));
    expect(complaints.map((line) => JSON.parse(line))).toEqual([
      {
        event: 'decision-not-recorded',
        scope: 'main',
        registrationId: 'three',
        because: 'too many wait',
      },
    ]);
  });
});
