import { describe, expect, test } from 'vitest';
import { isWrite } from '../../local/cosmos/faults.ts';
import { cosmosDeviceRecords } from '../../shared/adapters/cosmos/device-records.ts';
import { memoryDeviceRecords } from '../../shared/adapters/memory/device-records.ts';
import { systemDeadline } from '../../shared/adapters/system/deadline.ts';
import type { Decision } from '../../shared/allocation/decision.ts';
import { type DeviceRecord, deviceKey, newDeviceRecord } from '../../shared/domain/device.ts';
import { hubHostName } from '../../shared/domain/hub.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { SettledMove } from '../../shared/domain/move.ts';
import { parseScope, type Scope } from '../../shared/domain/scope.ts';
import type { DeviceRecords, Due } from '../../shared/ports/device-records.ts';
import { aDevice, aMove, at, east, west } from '../support/a-move.ts';
import { main } from '../support/a-question.ts';
import { aStore } from '../support/a-store.ts';

const memory = async () => ({ records: memoryDeviceRecords() });

const cosmos = async () => {
  const store = await aStore();
  return { ...store, records: cosmosDeviceRecords(store.database) };
};

const { signal } = new AbortController();
const aRecord = (deviceId: string, at = 1): DeviceRecord => ({
  ...newDeviceRecord(main, deviceId),
  observed: { hub: hubHostName('east.azure-devices.net'), at: instant(at) },
  pending: {
    hub: hubHostName('west.azure-devices.net'),
    calls: 2,
    firstAt: instant(at),
    lastAt: instant(at + 1),
    tried: [hubHostName('north.azure-devices.net')],
  },
  conflictsWith: 'PUMP',
});

const deviceIdOf = (due: Due): string => ('fault' in due ? due.fault : due.kept.record.deviceId);

describe.each<[string, () => Promise<{ records: DeviceRecords }>]>([
  ['memory', memory],
  ['cosmos', cosmos],
])('device records in %s', (_name, make) => {
  test('what is not there is undefined', async () => {
    const { records } = await make();
    expect(await records.read(deviceKey(main, 'pump'), signal)).toBeUndefined();
  });

  test.each(['pump', 'a/b\\c?d#e%f', 'Ünïcode', ':', 'x'.repeat(128)])(
    '%s is read as it was written',
    async (deviceId) => {
      const { records } = await make();
      const key = deviceKey(main, deviceId);
      expect(await records.write(key, aRecord(deviceId), undefined, signal)).toBe('written');
      expect((await records.read(key, signal))?.record).toEqual(aRecord(deviceId));
    },
  );

  test('those on a hub are found, in pages, of one scope', async () => {
    const { records } = await make();
    for (let index = 0; index < 5; index += 1) {
      const hub = index < 3 ? east : west;
      const record = aDevice({ deviceId: `d-${index}`, observed: { hub, at: at(0) } });
      await records.write(deviceKey(main, `d-${index}`), record, undefined, signal);
    }
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await records.on(main, east, 2, after, signal);
      if (page === 'bad-after') throw new Error(page);
      seen.push(...page.records.map(({ deviceId }) => deviceId));
      after = page.after;
      if (after === undefined) break;
    }
    expect(seen.sort()).toEqual(['d-0', 'd-1', 'd-2']);
    expect(await records.on('other' as Scope, east, 2, undefined, signal)).toMatchObject({
      records: [],
    });
  });

  test('what a look at its twin showed is kept, and when it was last moved', async () => {
    const { records } = await make();
    const traits = { enabled: true, iotEdge: false, advertises: true };
    const record = aDevice({ traits, lastMoveAt: at(3) });
    await records.write(deviceKey(main, 'device-1'), record, undefined, signal);
    const kept = await records.read(deviceKey(main, 'device-1'), signal);
    expect(kept?.record).toEqual(record);
  });

  test('a record with nothing but names is read as it was written', async () => {
    const { records } = await make();
    const bare = {
      ...aRecord('pump'),
      observed: undefined,
      pending: undefined,
      conflictsWith: undefined,
    };
    await records.write(deviceKey(main, 'pump'), bare, undefined, signal);
    expect((await records.read(deviceKey(main, 'pump'), signal))?.record).toEqual(bare);
  });

  test('one that exists is not created', async () => {
    const { records } = await make();
    const key = deviceKey(main, 'pump');
    await records.write(key, aRecord('pump', 1), undefined, signal);
    expect(await records.write(key, aRecord('pump', 2), undefined, signal)).toBe('superseded');
    expect((await records.read(key, signal))?.record).toEqual(aRecord('pump', 1));
  });

  test('only the version that was read is replaced', async () => {
    const { records } = await make();
    const key = deviceKey(main, 'pump');
    await records.write(key, aRecord('pump', 1), undefined, signal);
    const version = (await records.read(key, signal))?.version;
    expect(await records.write(key, aRecord('pump', 2), version, signal)).toBe('written');
    expect(await records.write(key, aRecord('pump', 3), version, signal)).toBe('superseded');
    expect((await records.read(key, signal))?.record).toEqual(aRecord('pump', 2));
  });

  test('one that is not there is not replaced', async () => {
    const { records } = await make();
    expect(await records.write(deviceKey(main, 'pump'), aRecord('pump'), '"1"', signal)).toBe(
      'superseded',
    );
  });

  test('a record with all that it can hold is read as it was written', async () => {
    const { records } = await make();
    const key = deviceKey(main, 'pump');
    const full = {
      ...aRecord('pump'),
      ...aDevice({
        ghosts: [west],
        enrollment: 'main:group:fleet',
        move: aMove({
          ask: { kind: 'deferred', until: instant(5) },
          proof: {
            source: { held: false, at: instant(3), since: instant(2) },
            target: undefined,
            heard: instant(4),
            gapMs: 2_100,
          },
          sourceSilentAt: instant(6),
        }),
        leftover: { moves: [aMove().id], hubs: [east], since: instant(6), nextAt: instant(7) },
        finding: { kind: 'missing', hub: east, since: instant(8), nextAt: instant(9) },
      }),
    };
    await records.write(key, full, undefined, signal);
    expect((await records.read(key, signal))?.record).toEqual(full);
  });

  test('those that are due are found, and no others, as many as asked', async () => {
    const { records } = await make();
    for (const minute of [1, 2, 3, 4]) {
      const device = aDevice({ deviceId: `d${minute}`, move: aMove({ nextAt: at(minute) }) });
      await records.write(deviceKey(main, device.deviceId), device, undefined, signal);
    }
    await records.write(deviceKey(main, 'idle'), aRecord('idle'), undefined, signal);
    const due = await records.due(at(3), 10, signal);
    expect(due.map(deviceIdOf).sort()).toEqual(['d1', 'd2', 'd3']);
    expect(due[0]?.key).toEqual(deviceKey(main, due[0] ? deviceIdOf(due[0]) : ''));
    expect(await records.due(at(3), 2, signal)).toHaveLength(2);
    const [first] = due;
    if (!first || 'fault' in first) throw new Error('nothing is due');
    const write = records.write(first.key, aDevice(), first.kept.version, signal);
    expect(await write).toBe('written');
  });

  test('those to be looked after come in pages, each once', async () => {
    const { records } = await make();
    for (const minute of [1, 2, 3, 4, 5]) {
      const device = aDevice({ deviceId: `d${minute}`, move: aMove({ nextAt: at(minute) }) });
      await records.write(deviceKey(main, device.deviceId), device, undefined, signal);
    }
    await records.write(deviceKey(main, 'idle'), aRecord('idle'), undefined, signal);
    const found: string[] = [];
    let after: string | undefined;
    do {
      const page = await records.attended(main, 2, after, signal);
      if (page === 'bad-after') throw new Error(page);
      expect(page.records.length).toBeLessThanOrEqual(2);
      found.push(...page.records.map(({ deviceId }) => deviceId));
      after = page.after;
    } while (after);
    expect(found.sort()).toEqual(['d1', 'd2', 'd3', 'd4', 'd5']);
    const other = parseScope('other') as Scope;
    expect(await records.attended(other, 10, undefined, signal)).toEqual({
      records: [],
      unreadable: [],
      after: undefined,
    });
  });

  test('a verdict and its history are one write', async () => {
    const { records } = await make();
    const key = deviceKey(main, 'pump');
    await records.write(key, aDevice({ move: aMove() }), undefined, signal);
    const version = (await records.read(key, signal))?.version;
    const settled: SettledMove = {
      move: aMove(),
      verdict: 'verified',
      because: 'seen',
      settledAt: at(9),
    };
    expect(await records.write(key, aDevice(), '"of-yesterday"', signal, settled)).toBe(
      'superseded',
    );
    expect(await records.history(key, 10, signal)).toEqual([]);
    expect(await records.write(key, aDevice(), version, signal, settled)).toBe('written');
    expect(await records.history(key, 10, signal)).toEqual([settled]);
    expect((await records.read(key, signal))?.record).toEqual(aDevice());
    expect(await records.history(deviceKey(main, 'other'), 10, signal)).toEqual([]);
  });

  test('what was decided is kept by the same write as its record, and found by when, in its scope alone', async () => {
    const { records } = await make();
    const decided = (deviceId: string, when: number): Decision => ({
      at: at(when),
      scope: main,
      deviceId,
      from: undefined,
      hub: east,
      because: 'newcomer',
      rules: ['eu'],
      policyVersion: 3,
    });
    const write = (deviceId: string, version: string | undefined, when: number) =>
      records.write(
        deviceKey(main, deviceId),
        aRecord(deviceId),
        version,
        signal,
        undefined,
        decided(deviceId, when),
      );
    expect(await write('a', undefined, 1)).toBe('written');
    expect(await write('b', undefined, 2)).toBe('written');
    expect(await write('b', '"of-yesterday"', 3)).toBe('superseded'); // neither is written
    const found = async (scope: Scope, from: number, to: number) =>
      [...(await records.decisions(scope, at(from), at(to), 10, signal))].sort(
        (one, other) => one.at - other.at,
      );
    expect(await found(main, 0, 9)).toEqual([decided('a', 1), decided('b', 2)]);
    expect(await found(main, 2, 9)).toEqual([decided('b', 2)]);
    expect(await found(main, 0, 2)).toEqual([decided('a', 1)]);
    expect(await found(parseScope('other') as Scope, 0, 9)).toEqual([]);
  });

  test('of many that write at once one wins', async () => {
    const { records } = await make();
    const key = deviceKey(main, 'pump');
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        records.write(key, aRecord('pump', at), undefined, signal),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
  });
});

describe('with faults, device records in cosmos', () => {
  const key = deviceKey(main, 'pump');
  const write = (records: DeviceRecords) => records.write(key, aRecord('pump'), undefined, signal);

  test('a 429 is waited out', async () => {
    const { records, fault } = await cosmos();
    fault({ kind: 'answer', status: 429, retryAfterMs: 5 }, isWrite, 2);
    expect(await write(records)).toBe('written');
  });

  test('a 429 without end is a fault', async () => {
    const { records, fault } = await cosmos();
    fault({ kind: 'answer', status: 429, retryAfterMs: 1 }, isWrite, Number.POSITIVE_INFINITY);
    await expect(write(records)).rejects.toThrow();
  });

  test.each([503, 408] as const)(
    'a %i on a write is a fault, and nothing was written',
    async (status) => {
      const { records, fault } = await cosmos();
      fault({ kind: 'answer', status }, isWrite, 5);
      await expect(write(records)).rejects.toThrow();
      expect(await records.read(key, signal)).toBeUndefined();
    },
  );

  test('a 449 is a reason to read and decide again', async () => {
    const { records, fault } = await cosmos();
    fault({ kind: 'answer', status: 449 }, isWrite);
    expect(await write(records)).toBe('superseded');
  });

  test('a connection lost before the write is a fault, and nothing was written', async () => {
    const { records, fault } = await cosmos();
    fault({ kind: 'drop before' }, isWrite, 5);
    await expect(write(records)).rejects.toThrow();
    expect(await records.read(key, signal)).toBeUndefined();
  });

  test('an acknowledgement that is lost leaves the record, and deciding again finds it', async () => {
    const { records, fault } = await cosmos();
    fault({ kind: 'drop after' }, isWrite);
    await write(records).catch(() => 'lost');
    expect((await records.read(key, signal))?.record).toEqual(aRecord('pump'));
  });

  test('a store that does not answer is let go when the caller gives up', async () => {
    const { records, fault } = await cosmos();
    fault({ kind: 'hang' }, () => true, Number.POSITIVE_INFINITY);
    const read = systemDeadline(50, (given) => records.read(key, given));
    await expect(read).rejects.toThrow('no answer within 50 ms');
  });

  test('what is due is found behind pages that are empty', async () => {
    const { records, store } = await cosmos();
    store.emptyPages.first = true;
    await records.write(key, aDevice({ move: aMove() }), undefined, signal);
    expect(await records.due(at(9_999), 10, signal)).toHaveLength(1);
    expect(await records.attended(main, 10, undefined, signal)).toMatchObject({
      records: [{ deviceId: 'device-1' }],
    });
  });

  test('[M6] one document that is none of ours keeps no other from being found', async () => {
    const { records, store } = await cosmos();
    await records.write(key, aDevice({ move: aMove() }), undefined, signal);
    const other = deviceKey(main, 'other');
    await records.write(other, aDevice({ move: aMove() }), undefined, signal);
    store.database.exec(
      `UPDATE documents1 SET body = json_set(body, '$.schemaVersion', 2) WHERE id = '${other.id}'`,
    );
    const due = await records.due(at(9_999), 10, signal);
    expect(due.map((one) => 'fault' in one)).toEqual([false, true]);
    expect(due[1]).toEqual({ key: other, fault: expect.stringContaining('schemaVersion') });
  });

  test('a place where no page ended is told apart from a fault', async () => {
    const { records } = await cosmos();
    expect(await records.attended(main, 10, 'nowhere', signal)).toBe('bad-after');
  });

  test('another document under the key is a fault that names the field', async () => {
    const { records, store } = await cosmos();
    await write(records);
    store.database.exec(`UPDATE documents1 SET body = json_set(body, '$.schemaVersion', 2)`);
    await expect(records.read(key, signal)).rejects.toThrow('schemaVersion');
  });
});

test('a slice is the same for ever', () => {
  expect(['pump', 'Pump', 'a/b'].map((deviceId) => deviceKey(main, deviceId))).toEqual([
    { id: 'main:pump', slice: 's0236' },
    { id: 'main:pump', slice: 's0236' },
    { id: 'main:a%2fb', slice: 's2941' },
  ]);
});
