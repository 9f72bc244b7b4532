import { expect, test } from 'vitest';
import type { Allocation } from '../../shared/allocation/allocate.ts';
import { questionOf } from '../../shared/allocation/registration.ts';
import { isNewer, remember } from '../../shared/allocation/remember.ts';
import type { DeviceRecord } from '../../shared/domain/device.ts';
import { type HubHostName, hubHostName } from '../../shared/domain/hub.ts';
import { instant } from '../../shared/domain/instant.ts';
import { hostOf } from '../support/a-hub.ts';
import { main } from '../support/a-question.ts';
import { anEnrollment, aRequest } from '../support/a-request.ts';

const linked = ['east', 'west', 'north'];
const host = (name: string): HubHostName => hubHostName(hostOf(name));
const answer = (hub: string): Allocation => ({
  hub: hostOf(hub),
  because: 'newcomer',
  standing: 'eligible',
  degraded: false,
  rules: [],
  initialTwin: undefined,
});

/** What stands after calls that each name the current hub, if any, and are answered a hub, at 1, 2, 3 … */
type Call = readonly [current: string | undefined, answered: string];
const after = (...calls: readonly Call[]) =>
  calls.reduce<DeviceRecord | undefined>((record, [current, answered], index) => {
    const asked = aRequest({ linked, ...(current === undefined ? {} : { current }) });
    return remember(record, asked, answer(answered), instant(index + 1)) ?? record;
  }, undefined);

test('an answer to a newcomer is pending, and counts its calls', () => {
  expect(after([undefined, 'east'])).toMatchObject({
    scope: main,
    deviceId: 'device-1',
    observed: undefined,
    pending: { hub: host('east'), calls: 1, firstAt: 1, lastAt: 1, tried: [] },
  });
  expect(after([undefined, 'east'], [undefined, 'east'])?.pending).toMatchObject({
    calls: 2,
    firstAt: 1,
    lastAt: 2,
  });
});

test('the next call of the device confirms it: DPS names the hub', () => {
  expect(after([undefined, 'east'], ['east', 'east'])).toMatchObject({
    observed: { hub: host('east'), at: 2 },
    pending: undefined,
  });
});

test('a sticky repeat changes nothing', () => {
  const settled = after([undefined, 'east'], ['east', 'east']);
  expect(
    remember(settled, aRequest({ linked, current: 'east' }), answer('east'), instant(9)),
  ).toBeUndefined();
});

test('a device that was there before Rehome is taken in by its first call, and then changes nothing', () => {
  const known = after(['east', 'east']);
  expect(known).toMatchObject({ observed: { hub: host('east'), at: 1 }, pending: undefined });
  expect(
    remember(known, aRequest({ linked, current: 'east' }), answer('east'), instant(2)),
  ).toBeUndefined();
});

test('a device that leaves a closed hub stays observed there until DPS names the new one', () => {
  const leaving = after(['east', 'west']);
  expect(leaving).toMatchObject({
    observed: { hub: host('east') },
    pending: { hub: host('west') },
  });
  expect(after(['east', 'west'], ['west', 'west'])).toMatchObject({
    observed: { hub: host('west'), at: 2 },
    pending: undefined,
  });
});

test('evidence of another hub than the answered one moves the observed hub', () => {
  expect(after([undefined, 'east'], ['west', 'west'])).toMatchObject({
    observed: { hub: host('west') },
    pending: undefined,
  });
});

test('a hub is tried in vain when it was answered twice and nothing confirmed it', () => {
  const tried = (record: DeviceRecord | undefined) => [
    ...questionOf(aRequest({ linked }), record, instant(9)).triedInVain,
  ];
  const inVain = (...calls: readonly Call[]) => tried(after(...calls));
  expect(tried(undefined)).toEqual([]);
  expect(inVain([undefined, 'east'])).toEqual([]);
  expect(inVain([undefined, 'east'], [undefined, 'east'])).toEqual([host('east')]);
  expect(inVain([undefined, 'east'], [undefined, 'east'], [undefined, 'west'])).toEqual([
    host('east'),
  ]);
  const both = [
    [undefined, 'east'],
    [undefined, 'east'],
    [undefined, 'west'],
    [undefined, 'west'],
  ] as const;
  expect(inVain(...both)).toEqual([host('east'), host('west')]);
  expect(inVain(...both, ['west', 'west'])).toEqual([]);
});

test('two deviceIds that differ in case alone are a conflict by name; a registration id is none', () => {
  const record = remember(
    undefined,
    aRequest({ linked, current: 'east' }, { deviceId: 'Pump' }),
    answer('east'),
    instant(1),
  );
  const again = (deviceId: string) =>
    remember(
      record,
      aRequest({ linked, current: 'east' }, { deviceId }),
      answer('east'),
      instant(2),
    );
  expect(again('Pump')).toBeUndefined();
  expect(again('pump')).toMatchObject({ deviceId: 'Pump', conflictsWith: 'pump' });
});

test('what alone changes is written: the enrollment, and that it is known at all', () => {
  const known = after([undefined, 'east'], ['east', 'east']) as DeviceRecord;
  const resident = { ...answer('east'), because: 'resident' as const };
  const again = (record: DeviceRecord, but: Partial<Parameters<typeof remember>[1]> = {}) =>
    remember(record, { ...aRequest({ linked, current: 'east' }), ...but }, resident, instant(9));
  expect(again(known)).toBeUndefined();
  expect(again(known, { enrollment: anEnrollment({ id: 'other' }) })).toMatchObject({
    enrollment: 'main:group:other',
  });
  expect(again({ ...known, home: undefined })).toMatchObject({ home: host('east') });
});

test('a quarantine stands as it was ordered, and one that a rule begins is written', () => {
  const quarantine = {
    since: instant(1),
    because: 'odd',
    by: 'Otto',
    returnTo: host('east'),
  } as const;
  const exiled = { ...answer('north'), because: 'quarantined' as const, rules: ['bad'] };
  const known = { ...(after(['north', 'north']) as DeviceRecord), quarantine };
  const call = aRequest({ linked, current: 'north' });
  expect(remember(known, call, exiled, instant(9))).toBeUndefined();
  expect(remember({ ...known, quarantine: undefined }, call, exiled, instant(9))).toMatchObject({
    quarantine: { because: 'rule bad', since: 9 },
  });
});

test('a record is newer than a decision of before its last knowledge', () => {
  const record = after([undefined, 'east'], ['east', 'east']) as DeviceRecord;
  expect(isNewer(record, instant(2))).toBe(true);
  expect(isNewer(record, instant(3))).toBe(false);
});

test('a stray that DPS names at home again is no stray', () => {
  const home = after([undefined, 'east'], ['east', 'east']);
  const astray = { ...home, observed: { hub: host('west'), at: instant(5) } } as DeviceRecord;
  const finding = {
    kind: 'stray',
    hub: host('west'),
    since: instant(5),
    nextAt: undefined,
  } as const;
  const back = remember(
    { ...astray, finding },
    aRequest({ linked, current: 'east' }),
    { ...answer('east'), because: 'resident' },
    instant(9),
  );
  expect(back).toMatchObject({ observed: { hub: host('east') }, finding: undefined });
});

test('until DPS names the device its spelling is a guess', () => {
  const guessed = remember(
    undefined,
    aRequest({ linked, device: 'Pump-7' }, { deviceId: 'Pump-7' }),
    answer('east'),
    instant(1),
  );
  const named = aRequest({ linked, device: 'Pump-7', current: 'east' }, { deviceId: 'pump-7' });
  const known = remember(guessed, named, answer('east'), instant(2));
  expect(known).toMatchObject({ deviceId: 'pump-7', conflictsWith: undefined });
});
