import { describe, expect, test } from 'vitest';
import { breakerAfter, closedBreaker, withFailure } from '../../shared/campaign/breaker.ts';
import { alwaysOpen } from '../../shared/campaign/calendar.ts';
import type { CampaignState } from '../../shared/campaign/campaign.ts';
import { driftOf } from '../../shared/campaign/drift.ts';
import { nextRung } from '../../shared/campaign/ladder.ts';
import { type Valve, valveOf, whyShut } from '../../shared/campaign/valve.ts';
import { type Hub, isDead, silentNow } from '../../shared/domain/hub.ts';
import { instant } from '../../shared/domain/instant.ts';
import { aCampaign, moving } from '../support/a-campaign.ts';
import { aHub, aTable } from '../support/a-hub.ts';
import { host } from '../support/a-move.ts';

const now = instant(0);
const hour = 3_600_000;
const campaignId = aCampaign().order.id;

describe('[C3] the valve', () => {
  const sent = { campaignId, ask: { kind: 'sent' } } as Parameters<typeof whyShut>[0];
  const parked = { campaignId, ask: { kind: 'parked' } } as Parameters<typeof whyShut>[0];
  const byCampaign = (valve: Valve) => new Map([[campaignId, valve]]);
  const why = (move: typeof sent, state: CampaignState, isBroken = false, calendar = alwaysOpen) =>
    whyShut(
      move,
      {},
      { byCampaign: byCampaign({ ...valveOf(aCampaign({ state })), calendar }), isBroken },
      now,
    );
  const held = { ...moving(0), because: '' };

  test.each([
    ['running', moving(0), undefined, undefined],
    ['paused', { ...held, kind: 'paused' }, undefined, 'its campaign is paused'],
    ['held', { ...held, kind: 'held' }, undefined, 'its campaign is paused'],
    [
      'stopping',
      { kind: 'stopping', because: '', wave: 0, rollsBack: false },
      undefined,
      'its campaign is paused',
    ],
    [
      'aborting',
      { kind: 'aborting', because: '', wave: 0, rollsBack: false },
      'its campaign is over, or being aborted',
      'its campaign is over, or being aborted',
    ],
  ] as const)('%s: those on their way, and those that wait', (_name, state, onItsWay, waiting) => {
    expect(why(sent, state as CampaignState)).toBe(onItsWay);
    expect(why(parked, state as CampaignState)).toBe(waiting);
  });

  test('one that waited, and has accepted since, is not on its way', () => {
    const accepted = { ...sent, ask: { kind: 'accepted' }, inTwin: true } as typeof sent;
    expect(why(accepted, { ...held, kind: 'paused' } as CampaignState)).toBeDefined();
    expect(why(accepted, moving(0))).toBeUndefined();
  });

  test('of a campaign that is not known it is shut; of an order that a person gave it is not', () => {
    const nobody = { byCampaign: new Map(), isBroken: false };
    expect(whyShut(sent, {}, nobody, now)).toBeDefined();
    expect(whyShut({ ...sent, campaignId: 'organic' }, {}, nobody, now)).toBeUndefined();
  });

  test('[C7] the breaker shuts all of them', () => {
    expect(why(sent, moving(0), true)).toBe('the breaker has stopped everything');
  });

  test('[C8] outside its window it is shut, and where nobody knows what the clock says', () => {
    const night = { ...alwaysOpen, windows: [{ days: undefined, from: '22:00', to: '05:00' }] };
    expect(why(sent, moving(0), false, night)).toBeUndefined(); // midnight
    expect(why(sent, moving(0), false, { ...night, zone: 'Asia/Tokyo' })).toBeDefined();
    expect(why(sent, moving(0), false, { ...night, zone: 'Asia/Nowhere' })).toBeDefined();
  });
});

describe('[C7] the breaker', () => {
  const trouble = { kind: 'unhealthy', since: now } as const;
  const [well, ill] = [aHub('east'), aHub('west', { trouble })];

  const long = instant(-5 * 60_000);

  test('trips when two campaigns failed within a day, and not for one that failed twice', () => {
    const once = withFailure(closedBreaker, 'c-1', now);
    const twice = withFailure(once, 'c-1', now);
    expect(breakerAfter(twice, aTable(well), now).tripped).toBeUndefined();
    const two = withFailure(once, 'c-2', instant(23 * hour));
    expect(breakerAfter(two, aTable(well), instant(23 * hour)).tripped).toBeDefined();
    const late = breakerAfter(two, aTable(well), instant(24 * hour));
    expect(late).toEqual({ tripped: undefined, failures: two.failures.slice(1) });
  });

  test.each([
    ['one of two hubs', [well, ill], false],
    ['two of four hubs', [well, ill, aHub('north', { trouble }), aHub('south')], true],
    ['one ill, and one silent', [well, ill, aHub('north', { silentSince: long })], true],
    [
      'one ill, and one that was closed',
      [well, ill, aHub('shut', { trouble, state: 'closed' })],
      false,
    ],
    ['one ill, and one silent just now', [well, ill, aHub('north', { silentSince: now })], false],
    [
      'two of six hubs',
      [ill, aHub('a', { trouble }), aHub('b'), aHub('c'), aHub('d'), aHub('e')],
      false,
    ],
  ])('%s in trouble', (_name, hubs, isTripped) => {
    const after = breakerAfter(closedBreaker, aTable(...hubs), now);
    expect(after.tripped !== undefined).toBe(isTripped);
  });

  test('a hub is silent for as long as it was asked in vain, and no longer', () => {
    const minute = 60_000;
    const asked = (...minutes: readonly number[]): Hub =>
      minutes.reduce((hub, at) => silentNow(hub, instant(at * minute)), aHub('east'));
    expect(asked(0, 1, 2, 3).silentSince).toBe(0);
    expect(asked(0, 40).silentSince).toBe(40 * minute); // nobody asked in between
    const ill = { trouble: { kind: 'unhealthy', since: instant(0) } } as const;
    expect(isDead({ ...asked(0, 40), ...ill }, instant(40 * minute))).toBe(false);
    const often = Array.from({ length: 31 }, (_, at) => at);
    expect(isDead({ ...asked(...often), ...ill }, instant(30 * minute))).toBe(true);
  });

  test('tells nothing new where nothing is', () => {
    const quiet = breakerAfter(closedBreaker, aTable(well), now);
    expect(quiet).toBe(closedBreaker);
    const failed = withFailure(closedBreaker, 'c-1', now);
    expect(breakerAfter(failed, aTable(well), now)).toBe(failed);
  });

  test('stays as it tripped, and why, until a person has looked', () => {
    const tripped = { tripped: { at: now, because: 'this' }, failures: [] };
    const two = withFailure(withFailure(tripped, 'c-1', now), 'c-2', now);
    expect(breakerAfter(two, aTable(well), instant(99 * hour)).tripped).toEqual(tripped.tripped);
  });
});

describe('what has changed since a plan was made', () => {
  const world = { policyVersion: 3, sources: [host('east')], targets: [host('west')] };
  test.each([
    ['nothing', [aHub('east'), aHub('west')], 3, []],
    [
      'the policy',
      [aHub('east'), aHub('west')],
      4,
      ['the policy is version 4: the plan was made by version 3'],
    ],
    [
      'a target is closed',
      [aHub('east'), aHub('west', { state: 'closed' })],
      3,
      ['west.azure-devices.net is closed'],
    ],
    [
      'a source is cordoned, as a drain has it',
      [aHub('east', { state: 'cordoned' }), aHub('west')],
      3,
      [],
    ],
    ['a hub is gone', [aHub('west')], 3, ['east.azure-devices.net is in the hub table no more']],
    [
      'a target is overfull',
      [aHub('east'), aHub('west', { capacity: 5, deviceCount: 6 })],
      3,
      ['west.azure-devices.net holds more than it may'],
    ],
  ] as const)('%s', (_name, hubs, policy, expected) => {
    expect(driftOf(world, aTable(...hubs), policy)).toEqual(expected);
  });
});

describe('the ladder of a dead source', () => {
  const waiting = { failedAt: instant(100), triggeredAt: instant(50), resetAt: undefined };
  test.each([
    ['it has not come yet', { ...waiting, failedAt: undefined }, 'delete', undefined],
    [
      'what failed before does not count',
      { ...waiting, failedAt: instant(50) },
      'delete',
      undefined,
    ],
    ['it may only be answered', waiting, 'answer', 'none'],
    ['its twin may be reset', waiting, 'reset', 'reset'],
    [
      'that was done, and it has not come since',
      { ...waiting, resetAt: instant(100) },
      'delete',
      undefined,
    ],
    ['that was done, and did not help', { ...waiting, resetAt: instant(60) }, 'delete', 'delete'],
    [
      'that was done, did not help, and is all that may be',
      { ...waiting, resetAt: instant(60) },
      'reset',
      'none',
    ],
  ] as const)('%s', (_name, seen, highest, expected) => {
    expect(nextRung(seen, highest)).toBe(expected);
  });
});
