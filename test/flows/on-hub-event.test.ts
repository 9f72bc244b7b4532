import { expect, test } from 'vitest';
import { cosmosDeviceRecords } from '../../shared/adapters/cosmos/device-records.ts';
import { memoryHubTables } from '../../shared/adapters/memory/hub-tables.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { systemDeadline } from '../../shared/adapters/system/deadline.ts';
import { moveLimits } from '../../shared/campaign/limits.ts';
import { deviceKey } from '../../shared/domain/device.ts';
import { onHubEvent } from '../../shared/flows/on-hub-event.ts';
import { recordEvidence } from '../../shared/flows/record-evidence.ts';
import { aHub } from '../support/a-hub.ts';
import { seen, west } from '../support/a-move.ts';
import { main } from '../support/a-question.ts';
import { aStore } from '../support/a-store.ts';

const { signal } = new AbortController();
const quiet = (): void => undefined;

const anEar = async () => {
  const { database, ...store } = await aStore();
  const records = cosmosDeviceRecords(database);
  const ports = {
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
