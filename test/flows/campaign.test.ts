import { describe, expect, test } from 'vitest';
import type { Firmware } from '../../local/devices/running.ts';
import { brokenOf } from '../../shared/campaign/progress.ts';
import { aCampaignWorld, minute } from '../support/a-campaign-world.ts';
import { host } from '../support/a-move.ts';
import { main } from '../support/a-question.ts';

const drain = { kind: 'drain', hub: host('east') } as const;
const hour = 60 * minute;

test('a drain runs from approval to its end, and says how long devices were away', async () => {
  const world = await aCampaignWorld(100);
  const id = await world.begin(drain, { bakeMs: minute });
  const ended = await world.until(id, 'ended', 2 * hour);
  expect(ended.state).toMatchObject({ outcome: 'completed' });
  expect(await world.tally(id)).toMatchObject({ v: 100 });
  expect(world.on('east')).toBe(0);
  expect(world.shared.hubTables.latest().hubs.get(host('east'))?.state).toBe('cordoned');
  const measured = (await world.manage.progress(id)).flatMap(({ gaps }) => Object.values(gaps));
  expect(measured.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(90);
});

test('[C2] [C1] a wave begins when the gate before it has passed, and its members stay', async () => {
  const world = await aCampaignWorld(400);
  const id = await world.begin(drain, { bakeMs: 3 * minute });
  await world.until(id, 'running', 5 * minute);
  const page = () => world.shared.campaigns.readPage(id, 0, new AbortController().signal);
  const before = await page();
  let checked = 0;
  await world.run(2 * hour, () => undefined);
  const { waves, state } = await world.campaign(id);
  expect(state).toMatchObject({ kind: 'ended', outcome: 'completed' });
  for (const [index, wave] of waves.entries()) {
    const last = waves[index - 1];
    if (!last) continue;
    expect(last.gate?.ruling).toBe('pass');
    expect(wave.begunAt ?? 0).toBeGreaterThan(last.endedAt ?? Number.POSITIVE_INFINITY);
    checked += 1;
  }
  expect(checked).toBeGreaterThan(1);
  expect(await page()).toEqual(before);
});

test('[C6] no device is answered a hub that its plan did not name', async () => {
  const world = await aCampaignWorld(120);
  const id = await world.begin(drain, { bakeMs: minute });
  await world.until(id, 'ended', 2 * hour);
  const { order, waves } = await world.campaign(id);
  const planned = new Map<string, string | undefined>();
  for (let page = 0; page < waves.length; page += 1)
    for (const { deviceId, to } of (await world.shared.campaigns.readPage(
      id,
      page,
      new AbortController().signal,
    )) ?? [])
      planned.set(deviceId, order.hubs[to]);
  expect(world.answered.length).toBeGreaterThanOrEqual(120);
  for (const { deviceId, current, hub } of world.answered)
    expect([current, planned.get(deviceId)]).toContain(hub);
});

const fault: Firmware = { mood: { kind: 'accepts' }, habit: 'dies' };
const sound = (): Firmware => ({ mood: { kind: 'accepts' }, habit: 'keeps the contract' });

describe.each([1, 2, 3])(
  'a firmware fault, eight of a hundred never come back, seed %i',
  (seed) => {
    test('[C5] is stopped by the canary, and what was moved goes back', async () => {
      const world = await aCampaignWorld(600, {
        seed,
        firmwareOf: (index) => (index % 25 < 2 ? fault : sound()),
      });
      const id = await world.begin(drain, { bakeMs: minute, onFail: 'rollback', parkedMs: hour });
      const ended = await world.until(id, 'ended', 6 * hour);
      expect(ended.state).toMatchObject({ outcome: 'aborted' });
      expect(ended.waves[1]?.begunAt).toBeUndefined();
      const tally = await world.tally(id);
      const begun = Object.values(tally).reduce((sum, count) => sum + count, 0);
      expect(begun).toBe(ended.waves[0]?.moveCount);
      const [back] = (await world.manage.recent(main)).filter(
        ({ order }) => order.source.kind === 'rollback',
      );
      if (!back) throw new Error('nothing goes back');
      await world.until(back.order.id, 'ended', 6 * hour);
      const returned = await world.tally(back.order.id);
      expect(returned.v).toBeGreaterThan(100);
      expect(world.on('east')).toBe(600 - brokenOf(returned));
      expect(brokenOf(returned)).toBe(brokenOf(tally));
    });
  },
);
