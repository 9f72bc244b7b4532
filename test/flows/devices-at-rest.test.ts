import { expect, test } from 'vitest';
import { newDeviceRecord } from '../../shared/domain/device.ts';
import { instant } from '../../shared/domain/instant.ts';
import { devicesAtRest } from '../../shared/flows/devices-at-rest.ts';
import { type aDevice, at, seen, west } from '../support/a-move.ts';
import { main } from '../support/a-question.ts';

const aMemory = (most?: number) => {
  const time = { now: at(0) };
  const atRest = devicesAtRest({ now: () => instant(time.now) }, most);
  const known = (deviceId: string): boolean =>
    atRest.expect(main, deviceId, [seen('active', west, 1)]);
  const note = (deviceId: string, but: Partial<ReturnType<typeof aDevice>> = {}): void =>
    atRest.note(main, deviceId, {
      ...newDeviceRecord(main, deviceId),
      observed: { hub: west, at: at(0) },
      ...but,
    });
  return { time, known, note, forget: (id: string) => atRest.note(main, id, undefined) };
};

test('only who was at home with nothing open is expected there, and only for so long', () => {
  const { time, known, note, forget } = aMemory();
  note('pump');
  expect(known('pump')).toBe(true);
  note('pending', { pending: { hub: west, calls: 1, firstAt: at(0), lastAt: at(0), tried: [] } });
  note('missing', { finding: { kind: 'missing', hub: west, since: at(0), nextAt: undefined } });
  note('unseen', { observed: undefined });
  expect(['pending', 'missing', 'unseen', 'unknown'].map(known)).toEqual(Array(4).fill(false));
  forget('pump');
  expect(known('pump')).toBe(false);
  note('pump');
  time.now = at(60);
  expect(known('pump')).toBe(false);
});

test('of more than it holds it forgets who was read longest ago', () => {
  const { known, note } = aMemory(2);
  note('a');
  note('b');
  note('a');
  note('c');
  expect(['a', 'b', 'c'].map(known)).toEqual([true, false, true]);
});
