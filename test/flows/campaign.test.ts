import { describe, expect, test } from 'vitest';
import { startRehomedDevice } from '../../local/devices/rehomed-device.ts';
import type { Firmware } from '../../local/devices/running.ts';
import { brokenOf } from '../../shared/campaign/progress.ts';
import { aCampaignWorld, minute } from '../support/a-campaign-world.ts';
import { host } from '../support/a-move.ts';
import { main } from '../support/a-question.ts';
import { powerOff, powerOn } from '../support/hands.ts';

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

describe('brakes', () => {
  test('[C3] a pause holds from the next round: nothing more is triggered, and those that wait stay', async () => {
    const world = await aCampaignWorld(300, { registrationsPerMinute: 200 });
    await powerOff(world, 260);
    const id = await world.begin(drain, { bakeMs: minute });
    await world.until(id, 'running', 5 * minute);
    await world.run(40_000);
    const paused = await world.manage.command(main, id, 'pause', 'lunch', 'Otto');
    expect(paused).toMatchObject({ kind: 'done' });
    await world.run(3_000);
    const sent = await begunIn(world, id);
    expect(sent).toBeGreaterThan(20);
    expect(sent).toBeLessThan(300);
    await world.run(30 * minute);
    expect(await begunIn(world, id)).toBe(sent);
    world.answered.length = 0;
    await powerOn(world, 260); // the request stands in their twins
    await world.run(10 * minute);
    for (const { current, hub } of world.answered) expect(hub).toBe(current);
    await world.manage.command(main, id, 'resume', 'lunch is over', 'Otto');
    const ended = await world.until(id, 'ended', 9 * 24 * hour);
    expect(ended.log.map(({ what, by }) => [what, by])).toContainEqual(['pause', 'Otto']);
    expect(ended.state).toMatchObject({ outcome: 'completed' });
  });

  test('[C3] stop lets those on their way arrive, takes back what waits, and releases no more', async () => {
    const world = await aCampaignWorld(300, { registrationsPerMinute: 200 });
    await powerOff(world, 250);
    const id = await world.begin(drain, { bakeMs: minute });
    await world.until(id, 'running', 5 * minute);
    await world.run(minute);
    await world.manage.command(main, id, 'stop', 'enough', 'Otto');
    const ended = await world.until(id, 'ended', 2 * hour);
    expect(ended.state).toMatchObject({ outcome: 'stopped' });
    const { v, a } = await world.tally(id);
    expect(v).toBeGreaterThan(20);
    expect(await begunIn(world, id)).toBeLessThan(250);
    await powerOn(world, 250);
    await world.run(hour);
    expect(world.on('east')).toBe(300 - v);
    expect(a).toBeGreaterThan(0);
  });

  test('[C8] [C3] after an abort devices that were parked wake in a freeze, and stay where they are', async () => {
    const world = await aCampaignWorld(120);
    await powerOff(world, 60);
    // Time begins on a Thursday, 1970-01-01T00:00Z: the freeze is from one in the morning on.
    const freeze = { from: '1970-01-01T01:00', to: '1970-01-03T00:00' };
    const calendar = { windows: [], freezes: [freeze], zone: 'UTC', zoneLabel: undefined };
    const id = await world.begin(drain, { bakeMs: minute, calendar });
    await world.run(30 * minute);
    expect((await world.tally(id)).p).toBe(60);
    await world.run(hour - world.world.now());
    world.answered.length = 0;
    await powerOn(world, 90); // some wake in the freeze, and some after the abort
    await world.run(hour);
    expect(world.answered.filter(({ current, hub }) => hub !== current)).toEqual([]);
    await world.manage.command(main, id, 'abort', 'a storm is coming', 'Otto');
    const ended = await world.until(id, 'ended', 3 * hour);
    expect(ended.state).toMatchObject({ outcome: 'aborted' });
    for (const [index] of world.devices.slice(60, 90).entries())
      await powerOnOne(world, 60 + index);
    await world.run(2 * hour);
    expect(world.answered.filter(({ current, hub }) => hub !== current)).toEqual([]);
    expect(world.on('east')).toBe(60);
    for (let index = 60; index < 120; index += 1) {
      const twin = world.hubs.get(host('east'))?.devices.get(`device-${index}`);
      expect(twin?.desired.properties['reprovision']).toBeUndefined();
    }
  });
});

const powerOnOne = async (
  world: Awaited<ReturnType<typeof aCampaignWorld>>,
  index: number,
): Promise<void> => {
  const [radio, device] = [world.radios[index], await world.devices[index]];
  if (!radio || !device) throw new RangeError(`no device ${index}`);
  world.devices[index] = startRehomedDevice(radio, world.world, device.memory, device.firmware);
};

/** Moves that were begun. */
const begunIn = async (
  world: Awaited<ReturnType<typeof aCampaignWorld>>,
  id: string,
): Promise<number> => {
  const { '.': _planned, k: _skipped, ...begun } = await world.tally(id);
  return Object.values(begun).reduce((sum, count) => sum + count, 0);
};
