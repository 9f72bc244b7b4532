import { describe, expect, test } from 'vitest';
import { instant } from '../../shared/domain/instant.ts';
import { throttlesOf } from '../../shared/domain/quota.ts';
import { type Arc, paceOf } from '../../shared/planning/pace.ts';
import type { HubLook } from '../../shared/planning/snapshot.ts';
import { aHub } from '../support/a-hub.ts';

const look = (name: string, but: Parameters<typeof aHub>[1] = {}): HubLook => ({
  hub: aHub(name, but),
  share: 1,
  deviceCount: 0,
  arriving: 0,
  leaving: 0,
  isRead: true,
});
const quotas = { registrationsPerMinute: 1_000, organicPercent: 20, prices: undefined };
const now = instant(0);
const arc = (count: number): readonly Arc[] => [{ from: 0, to: 1, count }];

describe('what binds', () => {
  test.each<[string, Parameters<typeof aHub>[1], Parameters<typeof aHub>[1], string, number]>([
    ['an S1 hub and one DPS', { tier: 'S1' }, { tier: 'S1' }, 'registrations', 800],
    ['several DPS worth of registrations', { tier: 'S1' }, { tier: 'S1' }, 'direct methods', 1_920],
    ['a hub of ten units', { tier: 'S1', units: 10 }, { tier: 'S3' }, 'reads of twins', 2_400],
    ['the largest hubs', { tier: 'S3' }, { tier: 'S3' }, 'reads of twins', 12_000],
    [
      'a hub that is given few',
      { tier: 'S3' },
      { intakePerMinuteMax: 50 },
      'newcomers that it is given',
      50,
    ],
  ])('%s', (_name, source, target, what, perMinute) => {
    const registrationsPerMinute = what === 'registrations' ? 1_000 : 1_000_000;
    const pace = paceOf(
      arc(4_800),
      [look('a', source), look('b', target)],
      { ...quotas, registrationsPerMinute },
      now,
    );
    expect(pace.constraints[0]?.what).toBe(what);
    expect(pace.movesPerMinute).toBeCloseTo(perMinute, 6);
    expect(pace.minutes).toBeCloseTo(4_800 / perMinute, 6);
  });

  test('nothing, where nobody is moved', () => {
    expect(paceOf([], [look('a')], quotas, now)).toMatchObject({
      movesPerMinute: 0,
      minutes: 0,
      constraints: [],
    });
  });

  test('what the fleet does by itself is left to it', () => {
    const half = paceOf(arc(100), [look('a'), look('b')], { ...quotas, organicPercent: 50 }, now);
    expect(half.movesPerMinute).toBe(500);
  });
});

test('what it costs, where it is known what things cost', () => {
  const prices = { currency: 'EUR', perThousandRegistrations: 0.1, perMillionRequestUnits: 0.25 };
  const { cost } = paceOf(arc(10_000), [look('a'), look('b')], { ...quotas, prices }, now);
  expect(cost).toEqual({ currency: 'EUR', amount: 1 + 0.1 }); // 10,000 registrations, and 40 units each
  expect(paceOf(arc(1), [look('a'), look('b')], quotas, now).cost).toBeUndefined();
});

describe('messages of a day', () => {
  const daily = { messageCountMax: 1_000, perDevice: undefined, messageCount: 900 };
  const today = instant(30 * 86_400_000 + 60_000);

  test('those of yesterday say nothing of today', () => {
    const measured = { daily: { ...daily, measuredAt: instant(today - 3_600_000) } };
    const { messages } = paceOf(arc(100), [look('a', measured), look('b')], quotas, today);
    expect(messages[0]).toMatchObject({ spent: 400, left: undefined, unsignallable: false });
  });

  test('a target that runs out of them is no reason not to ask', () => {
    const measured = { daily: { ...daily, measuredAt: today } };
    const { messages } = paceOf(arc(100), [look('a'), look('b', measured)], quotas, today);
    expect(messages[1]).toMatchObject({ left: 100, unsignallable: false });
  });
});

test('what hubs let through, by edition and units', () => {
  expect(throttlesOf({ tier: 'S1', units: 10 })).toMatchObject({
    methodsPerSecond: 400,
    twinReadsPerSecond: 100, // not scaled by units
    connectionsPerSecond: 120,
    registryPerMinute: 1_000,
    queriesPerMinute: 200,
  });
  expect(throttlesOf({ tier: 'S2', units: 20 })).toMatchObject({
    twinReadsPerSecond: 200,
    twinUpdatesPerSecond: 100,
  });
  expect(throttlesOf({ tier: 'S3', units: 2 })).toMatchObject({
    methodsPerSecond: 12_000,
    queriesPerMinute: 2_000,
  });
  expect(throttlesOf({ tier: 'B1', units: 1 })).toMatchObject({
    methodsPerSecond: 0,
    twinUpdatesPerSecond: 0,
    connectionsPerSecond: 100,
  });
  expect(throttlesOf({ tier: undefined, units: 1 })).toEqual(throttlesOf({ tier: 'S1', units: 1 }));
});
