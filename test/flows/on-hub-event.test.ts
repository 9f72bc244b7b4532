import { expect, test } from 'vitest';
import { cosmosDeviceRecords } from '../../shared/adapters/cosmos/device-records.ts';
import { memoryHubTables } from '../../shared/adapters/memory/hub-tables.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { systemDeadline } from '../../shared/adapters/system/deadline.ts';
import { moveLimits } from '../../shared/campaign/limits.ts';
import { deviceKey } from '../../shared/domain/device.ts';
import type { HubHostName } from '../../shared/domain/hub.ts';
import { devicesAtRest } from '../../shared/flows/devices-at-rest.ts';
import { onHubEvent } from '../../shared/flows/on-hub-event.ts';
import { recordEvidence } from '../../shared/flows/record-evidence.ts';
import { aHub } from '../support/a-hub.ts';
import { east, seen, west } from '../support/a-move.ts';
import { main } from '../support/a-question.ts';
import { aStore, countAsks } from '../support/a-store.ts';

const { signal } = new AbortController();
const quiet = (): void => undefined;

const anEar = async () => {
  const { database, ...store } = await aStore();
  const atRest = devicesAtRest(systemClock);
  const records = atRest.watch(cosmosDeviceRecords(database));
  const ports = {
    atRest,
    records,
    hubTables: memoryHubTables([aHub('west')], systemClock),
    twins: { look: async () => ({ kind: 'silent' as const, because: 'a test' }) },
    intakes: { note: quiet, count: quiet },
    markCause: async () => undefined,
    clock: systemClock,
    deadline: systemDeadline,
  };
  return {
    ...store,
    database,
    hear: onHubEvent(new Set([main]), recordEvidence(ports, moveLimits)),
    recordOf: async (device: string) =>
      (await records.read(deviceKey(main, device), signal))?.record,
  };
};

const asksOf = (store: Awaited<ReturnType<typeof aStore>>['store']) => {
  const asked = countAsks(store);
  return async (work: () => Promise<unknown>): Promise<number> => {
    const before = asked();
    await work();
    return asked() - before;
  };
};

const sighting = (deviceId: string) => ({ deviceId, evidence: seen('created', west, 1) });

test('[R3] a record that is none of ours holds up nobody: it is named, and the rest is heard', async () => {
  const { database, hear, recordOf } = await anEar();
  const { id, slice } = deviceKey(main, 'broken');
  await (await database()).container('devices').items.create({ id, slice, schemaVersion: 99 });
  expect(await hear([sighting('broken'), sighting('whole')], quiet)).toMatchObject([
    { deviceId: 'broken', because: expect.stringContaining('schemaVersion') },
  ]);
  expect(await recordOf('whole')).toMatchObject({ observed: { hub: west } });
});

test('[R2] while the store is gone the batch fails, and comes again', async () => {
  const { hear, fault, heal, recordOf } = await anEar();
  fault({ kind: 'answer', status: 503 }, () => true, Number.POSITIVE_INFINITY);
  await expect(hear([sighting('pump')], quiet)).rejects.toThrow();
  heal();
  expect(await hear([sighting('pump')], quiet)).toEqual([]);
  expect(await recordOf('pump')).toBeDefined();
});

test('[M4] what says nothing new of a device at rest asks nothing of the store; what is news is heard', async () => {
  const { hear, store, recordOf } = await anEar();
  const asks = asksOf(store);
  const tell = (kind: 'created' | 'active' | 'absent', hub: HubHostName, minute: number) =>
    hear([{ deviceId: 'pump', evidence: seen(kind, hub, minute) }], quiet);
  await tell('created', west, 1);
  expect(await asks(() => tell('active', west, 2))).toBe(0);
  expect(await asks(() => tell('active', west, 3))).toBe(0);
  expect(await asks(() => tell('absent', west, 4))).toBe(2);
  expect(await recordOf('pump')).toMatchObject({ finding: { kind: 'missing' } });
  // It was missed: that it is back is news.
  expect(await asks(() => tell('active', west, 5))).toBe(2);
  expect((await recordOf('pump'))?.finding).toBeUndefined();
  expect(await asks(() => tell('active', west, 6))).toBe(0);
  await tell('active', east, 7);
  expect(await recordOf('pump')).toMatchObject({ observed: { hub: east } });
  await tell('active', west, 8);
  expect(await recordOf('pump')).toMatchObject({ observed: { hub: west } });
});

test('a device that is spelled otherwise is another one, and is looked up', async () => {
  const { hear, store } = await anEar();
  const asks = asksOf(store);
  const tell = (deviceId: string, kind: 'created' | 'active', minute: number) =>
    hear([{ deviceId, evidence: seen(kind, west, minute) }], quiet);
  await tell('pump', 'created', 1);
  expect(await asks(() => tell('Pump', 'active', 2))).toBe(1);
  expect(await asks(() => tell('Pump', 'active', 3))).toBe(1);
  expect(await asks(() => tell('pump', 'active', 4))).toBe(0);
});
