import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  alwaysOpen,
  type Calendar,
  isTimeZone,
  openingIn,
  zoneOf,
} from '../../shared/campaign/calendar.ts';
import { instant } from '../../shared/domain/instant.ts';

const night = { days: undefined, from: '22:00', to: '05:00' };
const withWindow = (...windows: Calendar['windows']): Calendar => ({ ...alwaysOpen, windows });
const isOpenAt = (calendar: Calendar, zone: string, iso: string): boolean =>
  openingIn(calendar, zone).isOpen(instant(Date.parse(iso)));

describe('[C8] a window, by the clock on the wall', () => {
  test.each([
    // In Zurich clocks go forward on 29 March 2026 at 02:00, and back on 25 October at 03:00.
    ['Europe/Zurich', 'the night before clocks go forward', '2026-03-28T20:59Z', false],
    ['Europe/Zurich', 'in winter, an hour after UTC', '2026-03-28T21:00Z', true],
    ['Europe/Zurich', 'at 04:59 in summer time, that night', '2026-03-29T02:59Z', true],
    ['Europe/Zurich', 'at 05:00 in summer time, that night', '2026-03-29T03:00Z', false],
    ['Europe/Zurich', 'in summer, two hours after UTC', '2026-03-29T20:00Z', true],
    [
      'Europe/Zurich',
      'at 04:59 in winter time, when an hour came twice',
      '2026-10-25T03:59Z',
      true,
    ],
    [
      'Europe/Zurich',
      'at 05:00 in winter time, when an hour came twice',
      '2026-10-25T04:00Z',
      false,
    ],
    // In Sydney clocks go back on 5 April 2026 at 03:00, and forward on 4 October at 02:00.
    ['Australia/Sydney', 'in summer, eleven hours after UTC', '2026-01-10T11:00Z', true],
    ['Australia/Sydney', 'in summer, before ten', '2026-01-10T10:59Z', false],
    [
      'Australia/Sydney',
      'at 04:59 in winter time, when an hour came twice',
      '2026-04-04T18:59Z',
      true,
    ],
    [
      'Australia/Sydney',
      'at 05:00 in winter time, when an hour came twice',
      '2026-04-04T19:00Z',
      false,
    ],
    ['Australia/Sydney', 'in winter, ten hours after UTC', '2026-07-10T12:00Z', true],
    [
      'Australia/Sydney',
      'at 05:00 in summer time, the night that clocks went forward',
      '2026-10-03T18:00Z',
      false,
    ],
    ['Asia/Kathmandu', 'where the offset is 5:45', '2026-07-10T16:15Z', true],
    ['Asia/Kathmandu', 'where the offset is 5:45, a minute before', '2026-07-10T16:14Z', false],
  ])('%s: %s', (zone, _name, iso, isOpen) => {
    expect(isOpenAt(withWindow(night), zone, iso)).toBe(isOpen);
  });

  test('a night belongs to the day on which it begins', () => {
    const friday = withWindow({ ...night, days: [5] });
    expect(isOpenAt(friday, 'UTC', '2026-07-10T23:00Z')).toBe(true); // a Friday
    expect(isOpenAt(friday, 'UTC', '2026-07-11T04:00Z')).toBe(true);
    expect(isOpenAt(friday, 'UTC', '2026-07-11T23:00Z')).toBe(false);
    expect(isOpenAt(friday, 'UTC', '2026-07-10T04:00Z')).toBe(false);
  });

  test('an hour that is passed over is no window; nothing goes through', () => {
    const passedOver = withWindow({ days: undefined, from: '02:00', to: '03:00' });
    const { isOpen } = openingIn(passedOver, 'Europe/Zurich');
    const midnight = Date.parse('2026-03-29T00:00+01:00');
    for (let minute = 0; minute < 23 * 60; minute += 1)
      expect(isOpen(instant(midnight + minute * 60_000))).toBe(false);
  });

  test('a freeze wins, each site by its own clock', () => {
    const calendar = {
      ...withWindow(),
      freezes: [{ from: '2026-12-24T00:00', to: '2026-12-27T00:00' }],
    };
    expect(isOpenAt(calendar, 'Pacific/Auckland', '2026-12-23T11:00Z')).toBe(false);
    expect(isOpenAt(calendar, 'Europe/Zurich', '2026-12-23T11:00Z')).toBe(true);
    expect(isOpenAt(calendar, 'America/Los_Angeles', '2026-12-27T07:59Z')).toBe(false);
    expect(isOpenAt(calendar, 'America/Los_Angeles', '2026-12-27T08:00Z')).toBe(true);
  });

  test('what a label says of the time zone comes before the campaign’s', () => {
    const calendar = { ...alwaysOpen, zone: 'UTC', zoneLabel: 'tz' };
    expect(zoneOf(calendar, { tz: 'Asia/Tokyo' })).toBe('Asia/Tokyo');
    expect(zoneOf(calendar, {})).toBe('UTC');
    expect(isTimeZone('Asia/Tokyo')).toBe(true);
    expect(isTimeZone('Asia/Nowhere')).toBe(false);
    expect(() => openingIn(withWindow(night), 'Asia/Nowhere')).toThrow(RangeError);
  });
});

const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 45, 7))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);

test('[C8] when it closes is the first minute in which it is not open any more', () => {
  fc.assert(
    fc.property(
      clock,
      clock,
      fc.constantFrom('Europe/Zurich', 'Australia/Sydney', 'America/St_Johns'),
      fc.constantFrom('2026-03-28', '2026-04-04', '2026-10-24', '2026-10-03', '2026-03-07'),
      fc.integer({ min: 0, max: 1_500 }),
      (from, to, zone, day, minutes) => {
        fc.pre(from !== to);
        const { isOpen, closesAt } = openingIn(withWindow({ days: undefined, from, to }), zone);
        const at = instant(Date.parse(`${day}T00:00Z`) + minutes * 60_000);
        if (!isOpen(at)) return;
        let minute: number = at;
        while (isOpen(instant(minute)) && minute - at < 47 * 3_600_000) minute += 60_000;
        if (minute - at < 47 * 3_600_000) expect(closesAt(at)).toBe(minute);
      },
    ),
    { numRuns: 200, examples: [['00:07', '00:00', 'Europe/Zurich', '2026-03-28', 0]] },
  );
});
