import { expect, test } from 'vitest';
import { instant } from '../../shared/domain/instant.ts';
import { endOf } from '../../shared/flows/advance-campaigns.ts';
import { repeat } from '../simulation/virtual-world.ts';
import { aCampaignWorld, minute } from '../support/a-campaign-world.ts';
import { host } from '../support/a-move.ts';
import { steadyPace } from '../support/steady-pace.ts';

test.each([
  ['in time', 0, 59_400],
  ['three seconds late', 3_000, 59_400],
  ['a moment early', -2, 59_398],
  ['by hand, at half past', 30_000, 89_400],
])(
  'a run whose timer came %s leaves as the next is due, or lasts its whole time',
  (_when, now, end) => {
    const minutes = 7 * minute;
    expect(endOf(instant(minutes + now), { budgetMs: 59_400 })).toBe(minutes + end);
  },
);

const drain = { kind: 'drain', hub: host('east') } as const;

test('[C4] the pace comes to 97 % of what the organic load leaves, and no registration is throttled', async () => {
  const world = await aCampaignWorld(2_400);
  const { radios, dps } = world;
  // Devices of another hub register by themselves, as evenly as a fleet does: 200 of 1,000 a minute.
  let [next, organic, throttled] = [2_000, 0, 0];
  repeat(
    world.world,
    () => minute / 200,
    () => {
      next = next === 2_399 ? 2_000 : next + 1;
      organic += 1;
      radios[next]?.register(undefined).catch(() => {
        throttled += 1;
      });
    },
  );
  const id = await world.begin(drain, { bakeMs: 0, wavePercents: [100] });
  const spent: number[] = [];
  repeat(
    world.world,
    () => 1_000,
    () => void spent.push(dps.registrationMeter.count),
  );
  const ended = await world.until(id, 'ended', 40 * minute);
  expect(ended.state).toMatchObject({ outcome: 'completed' });
  expect(await world.tally(id)).toMatchObject({ v: 2_400 });
  const moved = world.answered.filter(({ current, hub }) => hub !== current);
  const pace = steadyPace(moved.map(({ at }) => at));
  expect(organic).toBeGreaterThan(400);
  expect(throttled).toBe(0);
  expect(Math.max(...spent)).toBeLessThanOrEqual(1_000);
  expect(pace).toBeGreaterThan(0.97 * 800);
});

test('[C4] where a round takes most of its second the pace is kept', async () => {
  const world = await aCampaignWorld(13_000, {
    registrationsPerMinute: 10_000,
    edition: { tier: 'S3', units: 1 },
  });
  const id = await world.begin(drain, { bakeMs: 0, wavePercents: [100] });
  await world.until(id, 'ended', 40 * minute);
  const moved = world.answered.flatMap(({ at, current, hub }) => (hub === current ? [] : [at]));
  const pace = steadyPace(moved);
  expect(world.dps.registrationMeter.refused).toBe(0);
  expect(pace).toBeGreaterThan(0.97 * 8_000);
}, 60_000);
