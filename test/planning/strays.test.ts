import { describe, expect, test } from 'vitest';
import { type DeviceRecord, observedOn } from '../../shared/domain/device.ts';
import { instant } from '../../shared/domain/instant.ts';
import { aHub } from '../support/a-hub.ts';
import { host } from '../support/a-move.ts';
import { aPlanOf, aResident } from '../support/a-plan-of.ts';

/** Devices that turned up on another hub than their home. */

const day = 24 * 3_600_000;
/** To and fro, so often. */
const strayed = (times: number, everyMs = 1_000): DeviceRecord => {
  let record = aResident('pump-7', 'east');
  for (let time = 1; time <= times; time += 1) {
    record = observedOn(record, { hub: host('west'), at: instant(2 * time * everyMs) });
    if (time < times)
      record = observedOn(record, { hub: host('east'), at: instant((2 * time + 1) * everyMs) });
  }
  return record;
};
const hubs = ['east', 'west'].map((name) => aHub(name, { deviceCount: 1 }));
const relocated = (device: DeviceRecord) =>
  aPlanOf({ hubs, devices: [device], now: instant(90 * day) }, { kind: 'relocate' });

describe('a stray', () => {
  test('is sent home', () => {
    const { moves, refusals } = relocated(strayed(1));
    expect(moves.map(({ deviceId }) => deviceId)).toEqual(['pump-7']);
    expect(refusals).toEqual([]);
  });

  test('is left to a person once it was sent home in vain, several times', () => {
    expect(strayed(3).finding?.kind).toBe('stray');
    expect(strayed(4).finding?.kind).toBe('contested');
    const { moves, refusals } = relocated(strayed(4));
    expect(moves).toEqual([]);
    expect(JSON.stringify(refusals)).toContain('it is contested');
  });

  test('begins anew after a month at home', () => {
    expect(strayed(6, 40 * day).finding?.kind).toBe('stray');
  });

  test('is none while it is being moved, or has no home', () => {
    const homeless = { ...aResident('pump-7', 'east'), home: undefined };
    expect(observedOn(homeless, { hub: host('west'), at: instant(1) }).finding).toBeUndefined();
  });
});
