import { describe, expect, test } from 'vitest';
import { keepsContract } from '../../local/devices/running.ts';
import { alwaysOpen } from '../../shared/campaign/calendar.ts';
import type { Hub } from '../../shared/domain/hub.ts';
import { instant } from '../../shared/domain/instant.ts';
import { changeHub } from '../../shared/flows/change-hub.ts';
import { aCampaignWorld, minute } from '../support/a-campaign-world.ts';
import { host } from '../support/a-move.ts';
import { main } from '../support/a-question.ts';
import { byAPerson } from '../support/hands.ts';

const drain = { kind: 'drain', hub: host('east') } as const;
const hour = 60 * minute;

type World = Awaited<ReturnType<typeof aCampaignWorld>>;

const changed = ({ shared }: World, name: string, but: Partial<Hub>) =>
  changeHub(shared.hubTables.documents, shared.deadline, host(name), (hub) => ({ ...hub, ...but }));

/** When each device was answered a new hub. */
const movedAt = ({ answered }: World): ReadonlyMap<string, number> =>
  new Map(
    answered
      .filter(({ current, hub }) => hub !== current)
      .map(({ deviceId, at }) => [deviceId, at]),
  );

test('a site has no more of its devices under way than its cap lets', async () => {
  const siteOf = (index: number): string => `site-${index % 4}`;
  const world = await aCampaignWorld(80, { labelsOf: (index) => ({ site: siteOf(index) }) });
  const caps = [{ label: 'site', atOnce: 2 }];
  const id = await world.begin(drain, { bakeMs: minute, caps });
  const most = new Map<string, number>();
  await world.run(10_000);
  for (let step = 0; step < 3_600; step += 1) {
    await world.run(1_000);
    const open = new Map<string, number>();
    for (let index = 0; index < 80; index += 1) {
      const record = await world.recordOf(`device-${index}`);
      if (!record?.move) continue;
      open.set(siteOf(index), (open.get(siteOf(index)) ?? 0) + 1);
    }
    for (const [site, count] of open) most.set(site, Math.max(most.get(site) ?? 0, count));
    if ((await world.campaign(id)).state.kind === 'ended') break;
  }
  expect(await world.tally(id)).toMatchObject({ v: 80 });
  expect([...most.values()]).toEqual([2, 2, 2, 2]);
});

test('[C8] each site is moved in its own night', async () => {
  // Time begins on 1970-01-01T00:00Z: it is night in UTC, and morning in Tokyo.
  const isTokyo = (index: number): boolean => index % 2 === 0;
  const world = await aCampaignWorld(60, {
    labelsOf: (index) => ({ tz: isTokyo(index) ? 'Asia/Tokyo' : 'UTC' }),
  });
  const windows = [{ days: undefined, from: '22:00', to: '05:00' }];
  const calendar = { ...alwaysOpen, windows, zoneLabel: 'tz' };
  const id = await world.begin(drain, { bakeMs: minute, calendar });
  await world.run(6 * hour);
  expect(await world.tally(id)).toMatchObject({ v: 30, '.': 30 });
  const { pace } = await world.campaign(id);
  expect(pace?.binds).toBe('the window, or a freeze');
  await world.until(id, 'ended', 12 * hour);
  for (const [deviceId, at] of movedAt(world)) {
    const localHour = (at / hour + (isTokyo(Number(deviceId.split('-')[1])) ? 9 : 0)) % 24;
    expect(localHour < 5 || localHour >= 22).toBe(true);
  }
  expect(movedAt(world).size).toBe(60);
});

describe('what no longer is as it was', () => {
  test('a target that is cordoned before a wave holds it, until a person has looked', async () => {
    const world = await aCampaignWorld(300, { registrationsPerMinute: 200 });
    const id = await world.begin(drain, { bakeMs: 5 * minute });
    const start = world.world.now();
    while ((await world.campaign(id)).waves[0]?.endedAt === undefined) {
      await world.run(10_000);
      if (world.world.now() > start + hour) throw new Error('the canary does not end');
      const { state } = await world.campaign(id);
      if (state.kind === 'running' && state.phase.kind === 'baking')
        await world.setState('west', 'cordoned');
    }
    const held = await world.until(id, 'held', hour);
    expect(held.state).toMatchObject({ wave: 1 });
    expect(JSON.stringify(held.state)).toContain('west.azure-devices.net is cordoned');
    const before = await world.tally(id);
    await world.run(hour);
    expect(await world.tally(id)).toEqual(before);
    await world.setState('west', 'open');
    await world.manage.command(main, id, 'resume', 'it is open again', 'Otto');
    const ended = await world.until(id, 'ended', 5 * hour);
    expect(ended.state).toMatchObject({ outcome: 'completed' });
    expect((await world.tally(id)).v).toBe(300);
  });

  test.each(['east', 'west'])(
    'a hub in trouble, %s, holds its moves; when it is well again they go on',
    async (name) => {
      const world = await aCampaignWorld(120, { hubs: ['east', 'west'] });
      const id = await world.begin(drain, { bakeMs: minute });
      await changed(world, name, { trouble: { kind: 'unhealthy', since: instant(0) } });
      await world.run(30 * minute);
      expect(movedAt(world).size).toBe(0);
      expect((await world.campaign(id)).pace?.binds).toBe(`${name}.azure-devices.net is unhealthy`);
      await changed(world, name, { trouble: undefined });
      await world.until(id, 'ended', 2 * hour);
      expect(await world.tally(id)).toMatchObject({ v: 120 });
    },
  );

  test('[C6] a device that has gone elsewhere meanwhile is left alone, and it is said why', async () => {
    const world = await aCampaignWorld(40);
    await world.setState('east', 'cordoned');
    const id = await world.begin(drain, { bakeMs: minute }, async () => {
      await byAPerson(world, 'device-7', 'north');
      await world.run(5 * minute);
    });
    expect((await world.recordOf('device-7'))?.observed?.hub).toBe(host('north'));
    await world.until(id, 'ended', 2 * hour);
    expect(await world.tally(id)).toMatchObject({ v: 39, k: 1 });
    const [page] = await world.manage.progress(id);
    expect(Object.values(page?.notes ?? {})).toEqual([
      'it is on north.azure-devices.net now, not on east.azure-devices.net',
    ]);
  });
});

test('an abort calls off its own moves alone: what a person has ordered since goes on', async () => {
  const world = await aCampaignWorld(40);
  const device = await world.devices[7];
  await device?.stop();
  await world.run(5_000);
  const id = await world.begin(drain, { bakeMs: minute });
  await world.run(10 * minute);
  expect(await world.tally(id)).toMatchObject({ v: 39, p: 1 });
  const ended = world.apps[0]?.end(main, 'device-7', 'a person said so');
  await world.run(5_000);
  expect(await ended).toMatchObject({ kind: 'ended' });
  await byAPerson(world, 'device-7', 'north');
  await world.manage.command(main, id, 'abort', 'enough', 'Otto');
  await world.until(id, 'ended', hour);
  expect((await world.recordOf('device-7'))?.move).toMatchObject({ campaignId: 'by-hand' });
});

test('[C2] a campaign that goes no further than its canary is held after it, and goes on by a person’s word', async () => {
  const world = await aCampaignWorld(300);
  const id = await world.begin(drain, { bakeMs: minute, isCanaryOnly: true });
  await world.until(id, 'held', hour);
  const { v } = await world.tally(id);
  expect(v).toBe((await world.campaign(id)).waves[0]?.moveCount);
  await world.run(hour);
  expect((await world.tally(id)).v).toBe(v);
  await world.manage.command(main, id, 'resume', 'it looks well', 'Otto');
  const ended = await world.until(id, 'ended', 3 * hour);
  expect(ended.state).toMatchObject({ outcome: 'completed' });
  expect(world.on('east')).toBe(0);
});

test.each(['open', 'cordoned'] as const)(
  'a drill goes, and comes back by itself, off a hub that was %s',
  async (state) => {
    const world = await aCampaignWorld(60);
    await world.setState('east', state);
    const id = await world.begin(drain, { bakeMs: minute, isDrill: true });
    await world.until(id, 'ended', 2 * hour);
    const [back] = (await world.manage.recent(main)).filter(
      ({ order }) => order.source.kind === 'rollback',
    );
    if (!back) throw new Error('nothing goes back');
    await world.until(back.order.id, 'ended', 3 * hour);
    expect(await world.tally(back.order.id)).toMatchObject({ v: 60 });
    expect(world.on('east')).toBe(60);
    expect(world.shared.hubTables.latest().hubs.get(host('east'))?.state).toBe('open');
  },
);

test('what can go no more, because its target takes nobody, is given up after a while, and said', async () => {
  const world = await aCampaignWorld(120, { hubs: ['east', 'west'], registrationsPerMinute: 100 });
  const id = await world.begin(drain, { bakeMs: minute });
  await world.until(id, 'running', 5 * minute);
  await world.run(20_000);
  await world.setState('west', 'cordoned');
  await world.run(10 * minute);
  expect((await world.campaign(id)).state.kind).toBe('running');
  const ended = await world.until(id, 'ended', hour);
  expect(ended.state).toMatchObject({ outcome: 'completed' });
  const { v, k } = await world.tally(id);
  expect(v).toBeGreaterThan(10);
  expect(v + k).toBe(120);
  expect(world.on('east')).toBe(k);
  const [page] = await world.manage.progress(id);
  expect(new Set(Object.values(page?.notes ?? {}))).toEqual(
    new Set(['west.azure-devices.net is cordoned']),
  );
});

test('one device of which nothing is known keeps its wave for a quarter of an hour, and no longer', async () => {
  const knowsNothing = { mood: { kind: 'accepts' }, habit: 'knows nothing' } as const;
  const world = await aCampaignWorld(30, {
    firmwareOf: (index) => (index === 7 ? knowsNothing : keepsContract()),
  });
  const id = await world.begin(drain, { bakeMs: minute });
  await world.run(10 * minute);
  expect(await world.tally(id)).toMatchObject({ v: 29, '.': 1 });
  await world.until(id, 'ended', hour);
  expect(await world.tally(id)).toMatchObject({ v: 29, k: 1 });
  expect(world.on('east')).toBe(1);
});
