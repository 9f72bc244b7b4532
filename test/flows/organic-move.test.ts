import { describe, expect, test } from 'vitest';
import { memoryDeviceRecords } from '../../shared/adapters/memory/device-records.ts';
import { memoryEnrollments } from '../../shared/adapters/memory/enrollments.ts';
import { memoryIntakes } from '../../shared/adapters/memory/intakes.ts';
import { systemDeadline } from '../../shared/adapters/system/deadline.ts';
import { systemDice } from '../../shared/adapters/system/dice.ts';
import type { Evidence } from '../../shared/campaign/evidence.ts';
import { type MoveLimits, moveLimits } from '../../shared/campaign/limits.ts';
import { type DeviceRecord, deviceKey, newDeviceRecord } from '../../shared/domain/device.ts';
import type { Hub } from '../../shared/domain/hub.ts';
import { hubTable } from '../../shared/domain/hub-table.ts';
import { instant } from '../../shared/domain/instant.ts';
import { noPolicy, type Policy } from '../../shared/domain/policy.ts';
import { allocateDevice } from '../../shared/flows/allocate-device.ts';
import { devicesAtRest } from '../../shared/flows/devices-at-rest.ts';
import { recordEvidence } from '../../shared/flows/record-evidence.ts';
import type { LateDecision } from '../../shared/ports/late-decisions.ts';
import { aHub, hostOf } from '../support/a-hub.ts';
import { aDevice, aMove, at, east, host, seen, west } from '../support/a-move.ts';
import { aPolicy } from '../support/a-policy.ts';
import { main } from '../support/a-question.ts';
import { aRequest } from '../support/a-request.ts';
import { noCampaigns } from '../support/no-campaigns.ts';

const key = deviceKey(main, 'device-1');
const { signal } = new AbortController();
const linked = ['east', 'west', 'north', 'exile'];

/** The webhook and the hubs' events over one store, at a time that the test sets, while hubs change their states. */
const aWorld = async (
  record: DeviceRecord | undefined,
  first = noPolicy,
  moves: MoveLimits | 'none' = moveLimits,
) => {
  let policy = first;
  const time = { now: at(1) };
  const hubs = new Map<string, Hub>(linked.map((name) => [name, aHub(name)]));
  const clock = { now: () => instant(time.now) };
  const records = memoryDeviceRecords();
  if (record) await records.write(key, record, undefined, signal);
  const intakes = memoryIntakes(clock);
  const late: LateDecision[] = [];
  const table = () => hubTable([...hubs.values()], clock.now());
  const broken = { policies: false, records: false, writes: false };
  const ports = {
    records: {
      ...records,
      write: async (...given: Parameters<typeof records.write>) => {
        if (broken.records) throw new Error('no record');
        return broken.writes ? ('superseded' as const) : records.write(...given);
      },
      read: async (...given: Parameters<typeof records.read>) => {
        if (broken.records) throw new Error('no record');
        return records.read(...given);
      },
    },
    enrollments: memoryEnrollments(),
    hubTables: { latest: table, known: async () => table() },
    policies: {
      latest: () => policy,
      known: async () => {
        if (broken.policies) throw new Error('no policy');
        return policy;
      },
    },
    intakes,
    valves: noCampaigns,
    atRest: devicesAtRest(clock),
    markCause: async () => undefined,
    lateDecisions: { keep: (one: LateDecision) => void late.push(one) },
    twins: { look: async () => ({ kind: 'silent' as const, because: 'it is dead' }) },
    clock,
    dice: systemDice,
    deadline: systemDeadline,
  };
  const limits = {
    slackPercent: 5,
    storeTimeoutMs: 1_000,
    atStoreMax: 10,
    moves: moves === 'none' ? undefined : moves,
  };
  return {
    time,
    late,
    put: (next: Policy) => {
      policy = next;
    },
    mendRecords: () => Object.assign(broken, { records: false }),
    supersede: () => Object.assign(broken, { writes: true }),
    breakPolicies: () => Object.assign(broken, { policies: true }),
    breakRecords: () => Object.assign(broken, { records: true }),
    rows: intakes.rows,
    set: (name: string, but: Partial<Hub>) => hubs.set(name, aHub(name, but)),
    allocate: allocateDevice(ports, limits),
    see: (...evidence: readonly Evidence[]) =>
      recordEvidence(ports, moveLimits)(main, 'device-1', evidence, true),
    recordNow: async () => (await records.read(key, signal))?.record,
    history: () => records.history(key, 10, signal),
  };
};

describe('off a closed hub', () => {
  test('[M3] a resident is re-homed by a move of its own, with the proof of every move', async () => {
    const { allocate, set, time, see, recordNow, history } = await aWorld(aDevice());
    set('east', { state: 'closed' });
    const first = await allocate(aRequest({ linked, current: 'east' }));
    expect(first).toMatchObject({ because: 'closed', degraded: false });
    expect(await recordNow()).toMatchObject({
      home: east,
      observed: { hub: east },
      pending: undefined,
      move: { campaignId: 'organic', from: east, ask: { kind: 'accepted' } },
    });
    time.now = at(2);
    const again = await allocate(aRequest({ linked, current: 'east' }));
    expect(again).toMatchObject({ hub: first.hub, because: 'moving' });
    const target = host(first.hub.split('.')[0] ?? '');
    await see(seen('created', target, 2), seen('active', target, 2));
    expect(await recordNow()).toMatchObject({ move: { proof: { heard: at(2) } } });
    await see(seen('absent', east, 3), seen('active', target, 3));
    expect(await history()).toMatchObject([{ verdict: 'verified', move: { from: east } }]);
    expect(await recordNow()).toMatchObject({ home: target, observed: { hub: target } });
  });

  test('a target that closes as well is left for another: the first move is superseded', async () => {
    const { allocate, set, recordNow, history } = await aWorld(aDevice());
    set('east', { state: 'closed' });
    const first = await allocate(aRequest({ linked, current: 'east' }));
    set(first.hub.split('.')[0] ?? '', { state: 'closed' });
    const second = await allocate(aRequest({ linked, current: 'east' }));
    expect(second.hub).not.toBe(first.hub);
    expect(await history()).toMatchObject([{ verdict: 'superseded', move: { to: first.hub } }]);
    expect((await recordNow())?.move?.to).toBe(second.hub);
  });

  test('[M1] while its window is over and it is not settled, the same hub is answered and no other move begun', async () => {
    const { allocate, set, time, recordNow } = await aWorld(aDevice());
    set('east', { state: 'closed' });
    const { hub } = await allocate(aRequest({ linked, current: 'east' }));
    const move = (await recordNow())?.move;
    time.now = at(20);
    expect(await allocate(aRequest({ linked, current: 'east' }))).toMatchObject({ hub });
    expect((await recordNow())?.move).toEqual(move);
  });

  test('a device that was not known is taken in by it', async () => {
    const { allocate, set, recordNow } = await aWorld(undefined);
    set('east', { state: 'closed' });
    await allocate(aRequest({ linked, current: 'east' }));
    expect(await recordNow()).toMatchObject({
      observed: { hub: east },
      move: { campaignId: 'organic' },
    });
  });
});

describe('into quarantine', () => {
  const policy = aPolicy({
    quarantine: hostOf('exile'),
    rules: [{ name: 'bad', when: { payload: { firmware: '1.0' } }, quarantine: true }],
  });
  const quarantine = {
    since: at(0),
    because: 'it is odd',
    by: 'Otto',
    returnTo: undefined,
  } as const;

  test('[M1] it supersedes an open move, and is proved as every move', async () => {
    const move = aMove({ from: east, to: west });
    const { allocate, recordNow, history } = await aWorld(aDevice({ move, quarantine }), policy);
    const answer = await allocate(aRequest({ linked, current: 'east' }));
    expect(answer).toMatchObject({ hub: hostOf('exile'), because: 'quarantined' });
    expect(await history()).toMatchObject([{ verdict: 'superseded', move: { to: west } }]);
    expect(await recordNow()).toMatchObject({
      move: { campaignId: 'organic', from: east, to: host('exile') },
      quarantine,
    });
  });

  test('a rule that quarantines a device off a closed hub marks it, as it marks a newcomer', async () => {
    const { allocate, set, recordNow } = await aWorld(aDevice(), policy);
    set('east', { state: 'closed' });
    const asked = aRequest({ linked, current: 'east' }, { payload: { firmware: '1.0' } });
    expect(await allocate(asked)).toMatchObject({ hub: hostOf('exile'), because: 'quarantined' });
    expect(await recordNow()).toMatchObject({
      quarantine: { because: 'rule bad' },
      move: { to: host('exile') },
    });
  });

  test('a device that is there already costs nothing', async () => {
    const exiled = aDevice({ observed: { hub: host('exile'), at: at(0) }, home: host('exile') });
    const { allocate, recordNow } = await aWorld({ ...exiled, quarantine }, policy);
    await allocate(aRequest({ linked, current: 'exile' }));
    const before = await recordNow();
    await allocate(aRequest({ linked, current: 'exile' }));
    expect(await recordNow()).toBe(before);
    expect(before?.move).toBeUndefined();
  });

  test('a newcomer that a rule quarantines stays so, whatever it sends next', async () => {
    const { allocate, recordNow } = await aWorld(undefined, policy);
    await allocate(aRequest({ linked }, { payload: { firmware: '1.0' } }));
    expect(await recordNow()).toMatchObject({
      pending: { hub: hostOf('exile') },
      quarantine: { because: 'rule bad', by: 'policy' },
    });
    expect(await allocate(aRequest({ linked }))).toMatchObject({ hub: hostOf('exile') });
  });
});

test('[A2] a pinned device stays, though its move is released', async () => {
  const move = aMove({ from: east, to: west });
  const pin = { since: at(0), because: 'a demo', by: 'Otto' };
  const { allocate } = await aWorld(aDevice({ move, pin }));
  expect(await allocate(aRequest({ linked, current: 'east' }))).toMatchObject({
    hub: hostOf('east'),
    because: 'resident',
  });
});

test('a pin does not hold a move out of quarantine', async () => {
  const move = aMove({ from: east, to: west, yieldsPin: true });
  const pin = { since: at(0), because: 'a demo', by: 'Otto' };
  const { allocate } = await aWorld(aDevice({ move, pin }));
  expect(await allocate(aRequest({ linked, current: 'east' }))).toMatchObject({
    hub: hostOf('west'),
    because: 'moving',
  });
});

test('a device whose hub is no longer linked is placed anew, without a move: nobody could prove it', async () => {
  const { allocate, recordNow } = await aWorld(aDevice());
  const answer = await allocate(aRequest({ linked: ['west'], current: 'east' }));
  expect(answer).toMatchObject({ because: 'unlinked', hub: hostOf('west') });
  expect(await recordNow()).toMatchObject({ move: undefined, pending: { hub: west } });
});

test('while nobody looks after moves, none is begun: the answer is pending', async () => {
  const { allocate, set, recordNow } = await aWorld(aDevice(), noPolicy, 'none');
  set('east', { state: 'closed' });
  const { hub } = await allocate(aRequest({ linked, current: 'east' }));
  expect(await recordNow()).toMatchObject({ move: undefined, pending: { hub } });
});

test('residents are counted nowhere', async () => {
  const { allocate, rows } = await aWorld(aDevice());
  await allocate(aRequest({ linked, current: 'east' }));
  expect(rows()).toEqual([]);
});

test('a policy that was put is decided by with the next call', async () => {
  const { allocate, put } = await aWorld(undefined);
  await allocate(aRequest({ linked }));
  put(aPolicy({ rules: [{ name: 'north', hubs: [hostOf('north')] }] }));
  expect(await allocate(aRequest({ linked, device: 'other' }))).toMatchObject({
    hub: hostOf('north'),
    rules: ['north'],
  });
});

test('[A7] a record that others change with every attempt is answered without it, and recorded later', async () => {
  const { allocate, late, supersede } = await aWorld(undefined);
  supersede();
  expect(await allocate(aRequest({ linked }))).toMatchObject({
    degraded: true,
    storeFault: 'The record changed with every attempt.',
  });
  expect(late).toHaveLength(1);
});

test('[A7] calls that failed at the store make room for others', async () => {
  const { allocate, late, breakRecords, mendRecords } = await aWorld(undefined);
  breakRecords();
  for (let call = 0; call < 30; call += 1) await allocate(aRequest({ linked }));
  mendRecords();
  expect(await allocate(aRequest({ linked }))).toMatchObject({ storeFault: undefined });
  expect(late[0]).toMatchObject({ decidedAt: at(1) });
});

test('answers to newcomers are counted, and what became of them', async () => {
  const { allocate, rows, recordNow } = await aWorld(undefined);
  const { hub } = await allocate(aRequest({ linked }));
  await allocate(aRequest({ linked }));
  expect(rows()).toMatchObject([{ hub, answered: 2, confirmed: 0, inVain: 0 }]);
  const third = await allocate(aRequest({ linked }));
  const counted = new Map(rows().map((row) => [String(row.hub), row]));
  expect(counted.get(hub)).toMatchObject({ answered: 2, inVain: 1 });
  expect(counted.get(third.hub)).toMatchObject({ answered: 1, inVain: 0 });
  await allocate(aRequest({ linked, current: third.hub.split('.')[0] ?? '' }));
  expect(rows().find((row) => row.hub === third.hub)).toMatchObject({ confirmed: 1 });
  expect((await recordNow())?.pending).toBeUndefined();
});

test('an answer is confirmed by the identity that its hub has made', async () => {
  const { allocate, rows, see } = await aWorld(undefined);
  const { hub } = await allocate(aRequest({ linked }));
  await see(seen('created', host(hub.split('.')[0] ?? ''), 2));
  await see(seen('active', host(hub.split('.')[0] ?? ''), 3));
  expect(rows()).toMatchObject([{ hub, answered: 1, confirmed: 1 }]);
});

test('a device that was labelled before it came takes DPS’s spelling, and is no conflict', async () => {
  const labelled = { ...newDeviceRecord(main, 'device-1'), labels: { tenant: 'a' } };
  const { allocate, recordNow } = await aWorld(labelled);
  await allocate(aRequest({ linked }, { deviceId: 'Device-1' }));
  expect(await recordNow()).toMatchObject({
    deviceId: 'Device-1',
    conflictsWith: undefined,
    labels: { tenant: 'a' },
  });
});

test('[A7] a policy that cannot be read costs no record: the last one known stands in, flagged', async () => {
  const { allocate, late, recordNow, breakPolicies } = await aWorld(undefined);
  breakPolicies();
  expect(await allocate(aRequest({ linked }))).toMatchObject({
    degraded: true,
    storeFault: undefined,
    policyFault: 'no policy',
  });
  expect(await recordNow()).toMatchObject({ pending: { calls: 1 } });
  expect(late).toEqual([]);
});

test('[A7] [R5] what waits to be recorded holds nothing that the device sent', async () => {
  const { allocate, late, breakRecords } = await aWorld(undefined);
  breakRecords();
  await allocate(aRequest({ linked }, { payload: { secret: 'swordfish' } }));
  expect(late).toHaveLength(1);
  expect(JSON.stringify(late)).not.toContain('swordfish');
});

test('[A7] an identity that a hub has made, of a device whose decision nobody could record, is taken in', async () => {
  const { see, recordNow } = await aWorld(undefined);
  await see(seen('active', west, 1));
  expect(await recordNow()).toBeUndefined();
  await see(seen('created', west, 2));
  expect(await recordNow()).toMatchObject({ observed: { hub: west }, home: undefined });
});
