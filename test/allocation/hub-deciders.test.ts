import { describe, expect, test } from 'vitest';
import { judgeHub } from '../../shared/allocation/hub-deciders.ts';
import type { Hub } from '../../shared/domain/hub.ts';
import { hubTable } from '../../shared/domain/hub-table.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { IntakeMinute } from '../../shared/domain/intake.ts';
import { aHub, aRoster } from '../support/a-hub.ts';

const minuteMs = 60_000;
const day = 24 * 60 * minuteMs;
/** Noon of some day. */
const now = instant(1_000 * day + day / 2);

const counted = (but: Partial<IntakeMinute>): IntakeMinute => ({
  hub: aHub('east').hostName,
  minute: now / minuteMs,
  answered: 0,
  confirmed: 0,
  inVain: 0,
  ...but,
});

const judged = (but: Partial<Hub>, ...rows: readonly IntakeMinute[]) => {
  const hub = aHub('east', but);
  const table = hubTable([hub, aHub('older')], now, rows);
  const listed = aRoster(table).listed.get(hub.hostName);
  const verdicts = judgeHub(hub, table);
  return { ...verdicts, standing: listed?.standing, load: listed?.load, share: listed?.share };
};

test('a hub like any other has every decider’s yes', () => {
  const { standing, ...verdicts } = judged({});
  expect(standing).toBe('eligible');
  expect(verdicts).toMatchObject({
    linked: { says: 'yes' },
    open: { says: 'yes' },
    room: { says: 'yes' },
    health: { says: 'yes' },
  });
});

describe('room', () => {
  test('is none at the capacity, and none past what the daily quota serves', () => {
    expect(judged({ capacity: 5, deviceCount: 4 }).standing).toBe('eligible');
    expect(judged({ capacity: 5, deviceCount: 5 })).toMatchObject({
      standing: 'full',
      room: { says: 'no', because: 'it has 5 devices, of 5 that it may hold' },
    });
    const daily = { messageCountMax: 400_000, perDevice: 24 };
    const serves = { ...daily, messageCount: undefined, measuredAt: undefined };
    expect(judged({ deviceCount: 16_665, daily: serves }).standing).toBe('eligible');
    expect(judged({ deviceCount: 16_666, daily: serves })).toMatchObject({
      standing: 'full',
      room: { because: 'it has 16666 devices, of 16666 that its daily quota serves' },
    });
  });

  test('is none once today’s messages are spent, and scarce while they are running out', () => {
    const sent = (messageCount: number, measuredAt = now) =>
      judged({
        daily: { messageCountMax: 1_000, perDevice: undefined, messageCount, measuredAt },
      });
    expect(sent(500).standing).toBe('eligible'); // at noon: 1,000 by midnight
    expect(sent(501)).toMatchObject({ standing: 'throttled', room: { says: 'throttle' } });
    expect(sent(1_000)).toMatchObject({ standing: 'full', room: { says: 'no' } });
    expect(sent(1_000, instant(now - day)).standing).toBe('eligible');
  });

  test('is not said to run out by the first messages of the day', () => {
    const midnight = instant(1_001 * day);
    const daily = { messageCountMax: 1_000, perDevice: undefined, messageCount: 30 };
    const sent = { ...daily, measuredAt: instant(midnight + minuteMs) };
    const hub = aHub('east', { daily: sent });
    const table = hubTable([hub], instant(midnight + minuteMs));
    expect(aRoster(table).order[0]?.standing).toBe('eligible');
  });

  test('is scarce while more newcomers come than its intake takes', () => {
    const answered = (count: number) => counted({ answered: count });
    expect(judged({}, answered(5_000)).standing).toBe('eligible');
    expect(judged({ intakePerMinuteMax: 60 }, answered(59)).standing).toBe('eligible');
    expect(judged({ intakePerMinuteMax: 60 }, answered(60))).toMatchObject({
      standing: 'throttled',
      room: { says: 'throttle', because: '60 newcomers a minute, of 60' },
    });
  });

  test('of a hub that joins is scarce past 100 newcomers a minute, and its weight grows in an hour', () => {
    const joined = (agoMs: number) => ({ joinedAt: instant(now - agoMs) });
    expect(judged(joined(minuteMs), counted({ answered: 100 })).standing).toBe('throttled');
    const more = { ...joined(minuteMs), intakePerMinuteMax: 500 };
    expect(judged(more, counted({ answered: 100 })).standing).toBe('eligible');
    expect(judged(joined(60 * minuteMs), counted({ answered: 100 })).standing).toBe('eligible');
    expect(judged({ ...joined(0), weight: 10 }).share).toBeCloseTo(0.5);
    expect(judged({ ...joined(30 * minuteMs), weight: 10 }).share).toBeCloseTo(5);
    expect(judged({ ...joined(2 * 60 * minuteMs), weight: 10 }).share).toBe(10);
  });

  test('of hubs that were put into a new table together is whole: they join nobody', () => {
    const at = (agoMs: number) => instant(now - agoMs);
    const hubs = [aHub('one', { joinedAt: at(9 * minuteMs) }), aHub('two', { joinedAt: at(0) })];
    const shares = (more: readonly Hub[]) =>
      aRoster(hubTable([...hubs, ...more], now)).order.map(({ share }) => share);
    expect(shares([])).toEqual([1, 1]);
    expect(shares([aHub('three', { joinedAt: at(11 * minuteMs) })])[1]).toBeLessThan(1);
  });

  test('counts what turned up since the hub was counted', () => {
    const at = { deviceCount: 10, countedAt: instant(now - 2 * minuteMs) };
    const row = (ago: number) => counted({ minute: now / minuteMs - ago, confirmed: 7 });
    expect(judged(at, row(1)).load).toBe(17);
    expect(judged(at, row(2)).load).toBe(17);
    expect(judged(at, row(3)).load).toBe(10);
    expect(judged({}, row(1)).load).toBeUndefined();
    const half = { deviceCount: 10, countedAt: instant(now - 1.5 * minuteMs) };
    const shared = counted({ minute: now / minuteMs - 2, confirmed: 8 });
    expect(judged(half, shared).load).toBe(14); // half of that minute was after the count
  });
});

describe('health', () => {
  test.each([
    [0, 9, 'yes'],
    [4, 6, 'throttle'],
    [5, 5, 'yes'],
    [0, 10, 'throttle'],
    [100, 0, 'yes'],
  ] as const)('of %i that turned up and %i that did not', (confirmed, inVain, says) => {
    expect(judged({}, counted({ confirmed, inVain })).health.says).toBe(says);
  });

  test('forgets, so that a hub that was passed over is tried again', () => {
    const ago = (minutes: number) => counted({ minute: now / minuteMs - minutes, inVain: 50 });
    expect(judged({}, ago(9)).standing).toBe('throttled');
    expect(judged({}, ago(10)).standing).toBe('eligible');
  });
});

test('the minute that has begun is topped up with the end of the one before', () => {
  const later = instant(now + 15_000); // a quarter of a minute
  const hub = aHub('east');
  const rows = [
    counted({ answered: 10 }),
    counted({ minute: now / minuteMs - 1, answered: 40 }),
    counted({ minute: now / minuteMs - 2, answered: 1_000 }),
    counted({ minute: now / minuteMs + 1, answered: 3 }), // of an instance whose clock is ahead
    counted({ minute: now / minuteMs + 2, answered: 1_000 }),
  ];
  const { intakes } = hubTable([hub], later, rows);
  expect(intakes.get(hub.hostName)?.answeredPerMinute).toBe(10 + 0.75 * 40 + 3);
});
