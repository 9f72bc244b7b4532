import { expect, test } from 'vitest';
import { memoryDeviceRecords } from '../../shared/adapters/memory/device-records.ts';
import { deviceKey, newDeviceRecord } from '../../shared/domain/device.ts';
import { instant } from '../../shared/domain/instant.ts';
import { devicesAtRest } from '../../shared/flows/devices-at-rest.ts';
import { type aDevice, at, seen, west } from '../support/a-move.ts';
import { main } from '../support/a-question.ts';

const { signal: never } = new AbortController();

const aMemory = (most?: number) => {
  const time = { now: at(0) };
  const atRest = devicesAtRest({ now: () => instant(time.now) }, most);
  const store = memoryDeviceRecords();
  const records = atRest.watch(store);
  const known = (deviceId: string): boolean =>
    atRest.expect(main, deviceId, [seen('active', west, 1)]);
  const write = async (
    deviceId: string,
    but: Partial<ReturnType<typeof aDevice>> = {},
    among = records,
  ) => {
    const key = deviceKey(main, deviceId);
    const record = {
      ...newDeviceRecord(main, deviceId),
      observed: { hub: west, at: at(0) },
      ...but,
    };
    const version = (await store.read(key, never))?.version;
    return among.write(key, record, version, never);
  };
  const read = (deviceId: string) => records.read(deviceKey(main, deviceId), never);
  return { time, known, write, read, store, records };
};

const pending = { hub: west, calls: 1, firstAt: at(0), lastAt: at(0), tried: [] };
const missing = { kind: 'missing', hub: west, since: at(0), nextAt: undefined } as const;

test('only who was at home with nothing open is expected there, and only for so long', async () => {
  const { time, known, write } = aMemory();
  await write('pump');
  expect(known('pump')).toBe(true);
  expect(known('Pump')).toBe(false);
  await write('pending', { pending });
  await write('missing', { finding: missing });
  await write('unseen', { observed: undefined });
  expect(['pending', 'missing', 'unseen', 'unknown'].map(known)).toEqual(Array(4).fill(false));
  time.now = at(10);
  expect(known('pump')).toBe(false);
});

test('whatever this process reads or writes of a device since counts', async () => {
  const { known, write, read, store, records } = aMemory();
  await write('pump');
  await write('pump', { finding: missing });
  expect(known('pump')).toBe(false);
  await write('pump', {}, store); // by another process
  expect(known('pump')).toBe(false);
  await read('pump');
  expect(known('pump')).toBe(true);
  await write('pump', { pending }, store);
  await read('pump');
  expect(known('pump')).toBe(false);
  await write('pump');
  const key = deviceKey(main, 'pump');
  const record = { ...newDeviceRecord(main, 'pump'), observed: { hub: west, at: at(0) } };
  expect(await records.write(key, record, 'of before', never)).toBe('superseded');
  expect(known('pump')).toBe(false);
});

test('a read that comes back after a write that began later tells what was before it', async () => {
  const { known, write, store } = aMemory();
  await write('pump');
  const atRest = devicesAtRest({ now: () => at(0) });
  const { promise: late, resolve: answer } = Promise.withResolvers<void>();
  const slow = atRest.watch({
    ...store,
    read: async (...asked) => {
      const kept = await store.read(...asked);
      await late;
      return kept;
    },
  });
  const key = deviceKey(main, 'pump');
  const reading = slow.read(key, never);
  await write('pump', { finding: missing }, slow);
  answer();
  await reading;
  expect(atRest.expect(main, 'pump', [seen('active', west, 1)])).toBe(false);
  expect(known('pump')).toBe(true); // of the first memory, which saw nothing of it
});

test('what the sweep finds due is not at rest', async () => {
  const { known, write, store, records } = aMemory();
  await write('pump');
  await write('pump', { finding: { ...missing, nextAt: at(1) } }, store);
  expect(known('pump')).toBe(true);
  expect(await records.due(at(2), 10, never)).toHaveLength(1);
  expect(known('pump')).toBe(false);
});

test('of more than it holds it forgets who was read longest ago', async () => {
  const { known, write, read } = aMemory(2);
  await write('a');
  await write('b');
  await read('a');
  await write('c');
  expect(['a', 'b', 'c'].map(known)).toEqual([true, false, true]);
});
