import { describe, expect, test } from 'vitest';
import { campaignLimits } from '../../shared/campaign/campaign-limits.ts';
import { limitsIn } from '../../shared/composition/campaigns.ts';
import { planLimits } from '../../shared/planning/goal.ts';
import { parseCampaignCommand, parseCampaignOrder } from '../../shared/wire/campaign-order.ts';
import { parseEmptyOrder } from '../../shared/wire/empty-order.ts';
import { idOfKey } from '../../shared/wire/idempotency-key.ts';
import { main } from '../support/a-question.ts';

const order = { plan: `p-${'a'.repeat(20)}`, reason: 'a test' };
const hash = `sha256:${'0'.repeat(64)}`;
const parsed = (but: object) =>
  parseCampaignOrder(JSON.stringify({ ...order, ...but }), campaignLimits);

describe('what a campaign is bounded by', () => {
  test('what is not said is as usual, and what the plan allows is the plan’s', () => {
    const asked = parsed({});
    if (asked.kind === 'refused') throw new Error(JSON.stringify(asked.errors));
    const limits = { ...planLimits, resetAllowed: true };
    expect(asked.limits({ limits })).toEqual({ ...campaignLimits, resetAllowed: true });
    expect(asked.hash).toBeUndefined();
  });

  test('what is said, in the units of people', () => {
    const asked = parsed({
      hash,
      limits: {
        bakeMinutes: 0.5,
        wavePercents: [10, 100],
        windows: [{ days: ['fri', 'sat'], from: '22:00', to: '05:00' }],
        freezes: [{ from: '2026-12-24T00:00', to: '2026-12-27T00:00' }],
        timeZone: 'Europe/Zurich',
        timeZoneLabel: 'tz',
        caps: [{ label: 'site', atOnce: 3 }],
        parkedHours: 2,
        canaryOnly: true,
        ladder: 'reset',
      },
    });
    if (asked.kind === 'refused') throw new Error(JSON.stringify(asked.errors));
    expect(asked.limits({ limits: planLimits })).toMatchObject({
      bakeMs: 30_000,
      wavePercents: [10, 100],
      calendar: {
        windows: [{ days: [5, 6], from: '22:00', to: '05:00' }],
        freezes: [{ from: '2026-12-24T00:00', to: '2026-12-27T00:00' }],
        zone: 'Europe/Zurich',
        zoneLabel: 'tz',
      },
      caps: [{ label: 'site', atOnce: 3 }],
      parkedMs: 7_200_000,
      isCanaryOnly: true,
      ladder: 'reset',
    });
  });

  test.each<[object, string, string]>([
    [{ plan: 'p-1' }, 'plan', 'expected p-'],
    [{ hash: 'abc' }, 'hash', 'expected sha256:'],
    [{ reason: '' }, 'reason', ''],
    [{ limits: { wavePercents: [5, 1] } }, 'limits.wavePercents', 'each is more'],
    [{ limits: { wavePercents: [] } }, 'limits.wavePercents', 'Too small'],
    [{ limits: { brokenPercent: 0 } }, 'limits.brokenPercent', 'Too small'],
    [{ limits: { brokenPercent: 101 } }, 'limits.brokenPercent', 'Too big'],
    [
      { limits: { windows: [{ from: '25:00', to: '05:00' }] } },
      'limits.windows[0].from',
      'a time as 22:00',
    ],
    [{ limits: { windows: [{ from: '05:00', to: '05:00' }] } }, 'limits.windows[0]', 'the same'],
    [
      { limits: { windows: [{ days: ['funday'], from: '1:00', to: '05:00' }] } },
      'limits.windows[0].days[0]',
      'Invalid option',
    ],
    [
      { limits: { freezes: [{ from: '2026-12-27T00:00', to: '2026-12-24T00:00' }] } },
      'limits.freezes[0]',
      'ends before',
    ],
    [{ limits: { timeZone: 'Europe/Nowhere' } }, 'limits.timeZone', 'no time zone'],
    [{ limits: { caps: [{ label: 'site', atOnce: 0 }] } }, 'limits.caps[0].atOnce', 'Too small'],
    [{ limits: { bake: 3 } }, 'limits', 'bake'],
    [{ limits: { ladder: 'jump' } }, 'limits.ladder', 'Invalid option'],
  ])('%j is refused, by its field', (but, field, detail) => {
    const asked = parsed(but);
    if (asked.kind !== 'refused') throw new Error('it was taken');
    expect(asked.errors[0]?.field).toBe(field);
    expect(asked.errors[0]?.detail).toContain(detail);
  });

  test('a setting that is wrong is named', () => {
    expect(() => limitsIn({ limits: { bakeMinutes: -1 }, needsTwoPersons: false })).toThrow(
      /^Bad settings: REHOME_CAMPAIGN.bakeMinutes: Too small/,
    );
  });
});

describe('commands', () => {
  const body = JSON.stringify({ reason: 'lunch' });
  test('are those that there are, each with its reason', () => {
    expect(parseCampaignCommand('pause', body)).toMatchObject({
      command: 'pause',
      reason: 'lunch',
    });
    expect(parseCampaignCommand('explode', body)).toMatchObject({ because: 'unknown-route' });
    expect(parseCampaignCommand('pause', '{}')).toMatchObject({ errors: [{ field: 'reason' }] });
  });

  test('the same caller with the same key means the same campaign', () => {
    const id = idOfKey('c', main, 'Otto', 'k-1');
    expect(id).toMatch(/^c-[0-9a-f]{20}$/);
    expect(idOfKey('c', main, 'Otto', 'k-1')).toBe(id);
    expect(idOfKey('c', main, 'Ada', 'k-1')).not.toBe(id);
    expect(idOfKey('c', main, 'Otto', 'k-2')).not.toBe(id);
    expect(idOfKey('c', main, 'Otto', undefined)).toBeUndefined();
    expect(idOfKey('c', main, 'Otto', 'k'.repeat(201))).toMatchObject({
      errors: [{ field: 'Idempotency-Key' }],
    });
  });
});

describe('emptying a hub', () => {
  const usual = { scopes: new Set([main]), plan: planLimits, campaign: campaignLimits };
  const empty = (verb: string, but: object = {}) =>
    parseEmptyOrder(verb, JSON.stringify({ scope: 'main', reason: 'a test', ...but }), usual);

  test('a plan first, and then with its hash the doing', () => {
    expect(empty('drain')).toMatchObject({ kind: 'plan', goal: 'drain' });
    expect(empty('evacuate')).toMatchObject({ kind: 'plan', goal: 'evacuate' });
    const drill = empty('drill', { plan: order.plan, hash });
    if (drill.kind !== 'carry-out') throw new Error('it is not carried out');
    expect(drill.goal).toBe('drain');
    expect(drill.limits({ limits: planLimits }).isDrill).toBe(true);
  });

  test.each<[string, object, string, string]>([
    ['drain', { plan: order.plan }, 'bad-request', 'hash'],
    ['drain', { hash }, 'bad-request', 'hash'],
    ['drain', { scope: 'other' }, 'unknown-scope', 'scope'],
    ['drain', { reason: undefined }, 'bad-request', 'reason'],
  ])('%s with %j is refused', (verb, but, because, field) => {
    expect(empty(verb, but)).toMatchObject({ because, errors: [{ field }] });
  });

  test('another verb is none', () => {
    expect(empty('explode')).toMatchObject({ because: 'unknown-route' });
  });
});
