import { expect, test } from 'vitest';
import type { Firmware } from '../../local/devices/running.ts';
import { closedBreaker } from '../../shared/campaign/breaker.ts';
import { noted } from '../../shared/campaign/progress.ts';
import { deviceKey } from '../../shared/domain/device.ts';
import { instant } from '../../shared/domain/instant.ts';
import { beginCampaign } from '../../shared/flows/begin-campaign.ts';
import { die } from '../simulation/instance.ts';
import { aCampaignWorld, minute } from '../support/a-campaign-world.ts';
import { host } from '../support/a-move.ts';
import { main } from '../support/a-question.ts';

const drain = { kind: 'drain', hub: host('east') } as const;
const hour = 60 * minute;
const { signal } = new AbortController();

type World = Awaited<ReturnType<typeof aCampaignWorld>>;

/** The most that were answered a new hub in any minute. */
const busiestMinute = ({ answered }: World): number => {
  const moved = answered.filter(({ current, hub }) => hub !== current).map(({ at }) => at);
  return Math.max(
    ...moved.map((at) => moved.filter((other) => other >= at && other < at + minute).length),
  );
};

/** Each device was moved once, and asked under one request. */
const expectOnce = (world: World, count: number): void => {
  const moves = world.answered.filter(({ current, hub }) => hub !== current);
  expect(new Set(moves.map(({ deviceId }) => deviceId)).size).toBe(count);
  expect(moves.length).toBe(count);
};

test('[R4] [C4] two runners that both believe that they have the campaign are as safe as one', async () => {
  const world = await aCampaignWorld(400, {
    registrationsPerMinute: 200,
    instances: 2,
    leaseMs: 1,
  });
  const id = await world.begin(drain, { bakeMs: minute });
  const ended = await world.until(id, 'ended', 3 * hour);
  expect(ended.state).toMatchObject({ outcome: 'completed' });
  expect(await world.tally(id)).toMatchObject({ v: 400 });
  expectOnce(world, 400);
  expect(busiestMinute(world)).toBeLessThanOrEqual(200 * 0.8);
});

test('[R4] of runners that come together one has the campaign, for its whole run', async () => {
  const world = await aCampaignWorld(400, { registrationsPerMinute: 100, instances: 3 });
  const id = await world.begin(drain);
  await world.run(minute);
  const runners = new Map<number, Set<string>>();
  for (const end = world.world.now() + 3 * minute; world.world.now() < end; ) {
    await world.run(10);
    const { runner } = await world.campaign(id);
    const inMinute = Math.floor(world.world.now() / minute);
    const known = runners.get(inMinute) ?? new Set();
    runners.set(inMinute, runner ? known.add(runner.id) : known);
  }
  expect([...runners.values()].map(({ size }) => size)).toEqual([1, 1, 1, 1]);
});

test.each([1, 2, 3, 4, 5])(
  '[R1] killed in every wave, nothing is lost or doubled, seed %i',
  async (seed) => {
    const world = await aCampaignWorld(400, { seed, registrationsPerMinute: 200 });
    const id = await world.begin(drain, { bakeMs: minute });
    const killedIn = new Set<number>();
    let kills = 0;
    for (let step = 0; step < 600; step += 1) {
      await world.run(world.world.between(2_000, 20_000));
      const { state } = await world.campaign(id);
      if (state.kind === 'ended') break;
      const [app] = world.apps;
      if (state.kind !== 'running' || state.phase.kind !== 'moving' || !app) continue;
      const isFresh = !killedIn.has(state.wave);
      if (!isFresh && !world.world.chance(0.2)) continue;
      killedIn.add(state.wave);
      kills += 1;
      die(app.instance);
      world.apps[0] = world.makeApp();
    }
    const ended = await world.until(id, 'ended', 6 * hour);
    expect(ended.state).toMatchObject({ outcome: 'completed' });
    expect(killedIn.size).toBe(ended.waves.length);
    expect(kills).toBeGreaterThan(3);
    const tally = await world.tally(id);
    expect(tally.v).toBe(400);
    expectOnce(world, 400);
  },
);

test('[C7] the breaker stops everything, and needs a person', async () => {
  const world = await aCampaignWorld(300, { registrationsPerMinute: 200 });
  const id = await world.begin(drain, { bakeMs: minute });
  await world.until(id, 'running', 5 * minute);
  await world.run(30_000);
  const { version } = await world.shared.breakers.read(signal);
  const tripped = { at: instant(world.world.now()), because: 'a test' };
  await world.shared.breakers.write({ ...closedBreaker, tripped }, version, signal);
  await world.run(5_000);
  const held = await world.campaign(id);
  expect(held.state).toMatchObject({ kind: 'held', because: 'the breaker has tripped' });
  world.answered.length = 0;
  await world.run(hour);
  expect(world.answered.filter(({ current, hub }) => hub !== current)).toEqual([]);
  const refused = await world.manage.command(main, id, 'resume', 'go on', 'Otto');
  expect(refused).toMatchObject({
    kind: 'refused',
    because: 'the breaker has stopped everything: a test',
  });
  await expect(world.begin(drain)).rejects.toThrow('breaker-tripped'); // nor does another begin
  await world.manage.resetBreaker();
  await world.manage.command(main, id, 'resume', 'I looked', 'Otto');
  const ended = await world.until(id, 'ended', 3 * hour);
  expect(ended.state).toMatchObject({ outcome: 'completed' });
});

test('a device that was pinned since is skipped, and says why', async () => {
  const world = await aCampaignWorld(30);
  const id = await world.begin(drain, { bakeMs: minute });
  const key = deviceKey(main, 'device-7');
  const kept = await world.shared.records.read(key, signal);
  if (!kept) throw new Error('no device-7');
  const pin = { since: instant(0), because: 'a demo', by: 'Otto' };
  await world.shared.records.write(key, { ...kept.record, pin }, kept.version, signal);
  const ended = await world.until(id, 'ended', 2 * hour);
  expect(ended.state).toMatchObject({ outcome: 'completed' });
  expect(await world.tally(id)).toMatchObject({ k: 1, v: 29 });
  const notes = (await world.manage.progress(id)).flatMap((page) => Object.values(page.notes));
  expect(notes).toEqual(['it is pinned: a demo']);
});

test('[C3] [R1] what was claimed before a crash, and never begun, is not begun while the campaign is paused', async () => {
  const world = await aCampaignWorld(120, { registrationsPerMinute: 100 });
  const id = await world.begin(drain, { bakeMs: minute });
  await world.until(id, 'running', 5 * minute);
  await world.run(10_000);
  await world.manage.command(main, id, 'pause', 'lunch', 'Otto');
  await world.run(10 * minute);
  const { campaigns } = world.shared;
  const kept = await campaigns.readProgress(id, 0, signal);
  const rows = await campaigns.readPage(id, 0, signal);
  const row = kept?.progress.codes.indexOf('.') ?? -1;
  const deviceId = rows?.[row]?.deviceId ?? '';
  if (!kept || row < 0) throw new Error('all have begun');
  const claimed = noted(kept.progress, [{ row, code: 'c' }]);
  await campaigns.writeProgress(id, 0, claimed, kept.version, signal);
  await world.run(10 * minute);
  expect((await world.recordOf(deviceId))?.move).toBeUndefined();
  expect((await world.recordOf(deviceId))?.lastMove).toBeUndefined();
  await world.manage.command(main, id, 'resume', 'lunch is over', 'Otto');
  await world.until(id, 'ended', 2 * hour);
  expect(await world.tally(id)).toMatchObject({ v: 120 });
  expectOnce(world, 120);
});

test('each minute has its runner, also while there is nothing to do but wait', async () => {
  const silent: Firmware = { mood: { kind: 'accepts' }, habit: 'dies' };
  const world = await aCampaignWorld(20, { firmwareOf: () => silent });
  const id = await world.begin(drain, { bakeMs: minute });
  await world.until(id, 'running', 5 * minute);
  await world.run(minute);
  const missing: number[] = [];
  for (let step = 0; step < 60; step += 1) {
    await world.run(10_000);
    const { runner } = await world.campaign(id);
    if (!runner || runner.until <= world.world.now()) missing.push(world.world.now());
  }
  expect(missing.length).toBeLessThanOrEqual(1); // it may be looked at between two runs
});

test('[R4] who prepares a campaign late finds it under way, and leaves its waves as they are', async () => {
  const world = await aCampaignWorld(120);
  const id = await world.begin(drain, { bakeMs: minute });
  await world.until(id, 'running', 5 * minute);
  await world.run(30_000);
  const before = await world.campaign(id);
  expect(before.waves[0]?.begunAt).toBeDefined();
  const beat = async () => undefined;
  await beginCampaign({ ...world.shared, beat }, before, world.shared.clock.now());
  expect((await world.campaign(id)).waves).toEqual(before.waves);
});

test.each([1, 2])(
  '[R4] a campaign that takes longer to prepare than its lease lasts has one runner, and holds up no other, on %i instances',
  async (instances) => {
    const world = await aCampaignWorld(400, { registrationsPerMinute: 40, instances });
    const caps = [{ label: 'site', atOnce: 10 }];
    const quick = await world.begin(drain, { bakeMs: 10 * minute });
    const slow = await world.begin(drain, { bakeMs: minute, caps });
    world.slow.readMs = 9_000;
    const runners = new Set<string | undefined>();
    const start = world.world.now();
    while ((await world.campaign(slow)).state.kind === 'preparing') {
      await world.run(5_000);
      if (world.world.now() > start + hour) throw new Error('it is never prepared');
      const { state, runner } = await world.campaign(slow);
      if (state.kind === 'preparing' && runner) runners.add(runner.id);
    }
    expect(world.world.now() - start).toBeGreaterThan(100_000); // more than its lease, and than a run
    expect(runners.size).toBe(1);
    const { pace } = await world.campaign(quick);
    expect(world.world.now() - (pace?.at ?? 0)).toBeLessThan(40_000);
  },
);

test('[C2] who lets a wave go on that has failed has pardoned what had failed, and not what fails from then on', async () => {
  const dies: Firmware = { mood: { kind: 'accepts' }, habit: 'dies' };
  const sound: Firmware = { mood: { kind: 'accepts' }, habit: 'keeps the contract' };
  const firmwareOf = (index: number): Firmware => (index % 3 === 0 ? dies : sound);
  const world = await aCampaignWorld(300, { registrationsPerMinute: 4, firmwareOf });
  const id = await world.begin(drain, { bakeMs: minute, onFail: 'hold', windowMs: 5 * minute });
  const held = await world.until(id, 'held', 3 * hour);
  const before = await world.tally(id);
  expect(before['.']).toBeGreaterThan(0); // it failed early
  await world.manage.command(main, id, 'resume', 'I have looked', 'Otto');
  await world.run(2 * minute);
  expect((await world.campaign(id)).waves[0]?.pardoned).not.toEqual([]);
  const again = await world.until(id, 'held', 3 * hour);
  const after = await world.tally(id);
  expect(after.s + after.x + after.o).toBeGreaterThan(before.s + before.x + before.o);
  expect(JSON.stringify(again.state)).toMatch(/the gate of wave 0 failed/);
  const early = { wave: 0, phase: { kind: 'moving' } };
  expect([held, again].map(({ state }) => state)).toMatchObject([early, early]);
});

test('[C2] who resumes in spite of a drift has not pardoned what fails from then on', async () => {
  const dies: Firmware = { mood: { kind: 'accepts' }, habit: 'dies' };
  const sound: Firmware = { mood: { kind: 'accepts' }, habit: 'keeps the contract' };
  const world = await aCampaignWorld(300, { firmwareOf: (index) => (index % 2 ? dies : sound) });
  await world.setState('west', 'open');
  const id = await world.begin(drain, { bakeMs: minute, wavePercents: [100] }, () =>
    world.run(minute),
  );
  await world.setState('west', 'cordoned');
  await world.until(id, 'held', 10 * minute);
  await world.setState('west', 'open');
  await world.manage.command(main, id, 'resume', 'it is open again', 'Otto');
  const ended = await world.until(id, 'ended', 6 * hour);
  expect(ended.state).toMatchObject({ outcome: 'aborted' });
});
