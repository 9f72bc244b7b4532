import { expect, test } from 'vitest';
import { deviceKey } from '../../shared/domain/device.ts';
import { noPolicy } from '../../shared/domain/policy.ts';
import { aCampaignWorld, minute } from '../support/a-campaign-world.ts';
import { host } from '../support/a-move.ts';
import { main } from '../support/a-question.ts';
import { byAPerson, powerOff, powerOn } from '../support/hands.ts';

const drain = { kind: 'drain', hub: host('east') } as const;
const hour = 60 * minute;

test('[C5] stragglers go back as well, in a wave of their own', async () => {
  const world = await aCampaignWorld(40, { registrationsPerMinute: 20, hubs: ['east', 'west'] });
  await powerOff(world, 0, 1);
  const id = await world.begin(drain, { bakeMs: minute, parkedMs: hour });
  await world.run(6 * minute);
  expect(await world.tally(id)).toMatchObject({ v: 39, p: 1 });
  const ordered = await world.manage.command(main, id, 'rollback', 'a mistake', 'Otto');
  expect(ordered).toMatchObject({ kind: 'done' });
  await world.until(id, 'ended', 2 * hour);
  const all = await world.manage.recent(main);
  const back = all.find(({ order }) => order.source.kind === 'rollback');
  if (!back) throw new Error('nothing goes back');
  const { id: backId } = back.order;
  const running = await world.until(backId, 'running', 5 * minute);
  expect(running.waves.map(({ moveCount }) => moveCount)).toEqual([39]);
  await powerOn(world, 0, 1);
  await byAPerson(world, 'device-0', 'west'); // it was called off, and goes there all the same
  const ended = await world.until(backId, 'ended', 4 * hour);
  expect(ended.state).toMatchObject({ outcome: 'completed' });
  expect(ended.waves.map(({ moveCount }) => moveCount)).toEqual([39, 1]);
  expect((await world.recordOf('device-0'))?.lastMove).toMatchObject({ verdict: 'verified' });
  expect(world.on('east')).toBe(40);
  const east = world.shared.hubTables.latest().hubs.get(host('east'));
  expect(east?.state).toBe('open'); // as it was before
});

test('[C5] what was rolled back is not rolled back again, and a rollback is none of its own', async () => {
  const world = await aCampaignWorld(40);
  const id = await world.begin(drain, { bakeMs: minute });
  await world.until(id, 'ended', 2 * hour);
  expect(await world.manage.wouldReturn(await world.campaign(id))).toEqual({ moved: 40 });
  const ordered = await world.manage.command(main, id, 'rollback', 'back', 'Otto');
  const back = ordered.kind === 'done' ? (ordered.rollback ?? '') : '';
  const doubled = await world.manage.command(main, id, 'rollback', 'back', 'Otto');
  expect(doubled).toMatchObject({ rollback: back }); // sent twice it is one
  await world.until(back, 'ended', 2 * hour);
  const said = `${back} has taken everything back already`;
  expect(await world.manage.command(main, id, 'rollback', 'again', 'Otto')).toEqual({
    kind: 'refused',
    because: said,
  });
  expect(await world.manage.wouldReturn(await world.campaign(id))).toBe(said);
  const own = await world.manage.command(main, back, 'rollback', 'and back', 'Otto');
  expect(own).toMatchObject({ kind: 'refused' });
});

test('[C3] a rollback that is ordered while devices move is its orderer’s, and is told', async () => {
  const world = await aCampaignWorld(120);
  const id = await world.begin(drain, { bakeMs: minute });
  await world.until(id, 'running', 5 * minute);
  await world.manage.command(main, id, 'rollback', 'back', 'Otto');
  const { state } = await world.until(id, 'ended', hour);
  const back = state.kind === 'ended' ? (state.rollback ?? '') : '';
  expect((await world.campaign(back)).order).toMatchObject({
    by: 'Otto',
    reason: 'back again: back',
  });
});

test('[C3] a rollback that is aborted before it began moves nobody', async () => {
  const world = await aCampaignWorld(40);
  const id = await world.begin(drain, { bakeMs: minute });
  await world.until(id, 'ended', 2 * hour);
  const ordered = await world.manage.command(main, id, 'rollback', 'back', 'Otto');
  const back = ordered.kind === 'done' ? (ordered.rollback ?? '') : '';
  await world.manage.command(main, back, 'abort', 'no, wait', 'Otto');
  const ended = await world.until(back, 'ended', hour);
  expect(ended.state).toMatchObject({ outcome: 'aborted' });
  await world.run(hour);
  expect(world.on('east')).toBe(0);
  // It was called off: it can be ordered again.
  const again = await world.manage.command(main, id, 'rollback', 'back after all', 'Otto');
  const second = again.kind === 'done' ? (again.rollback ?? '') : '';
  expect(second).not.toBe(back);
  await world.until(second, 'ended', 2 * hour);
  expect(world.on('east')).toBe(40);
});

test('[C5] what was put into quarantine comes back, and out of it; what was let out goes in again', async () => {
  const policy = { ...noPolicy, quarantine: host('north') };
  const world = await aCampaignWorld(20, { policy });
  const devices = ['device-1', 'device-2', 'device-3'];
  const marks = async () => {
    const records = await Promise.all(devices.map(world.recordOf));
    return records.map((record) => [record?.observed?.hub, record?.quarantine !== undefined]);
  };
  const all = (name: string, isMarked: boolean) => devices.map(() => [host(name), isMarked]);
  const back = async (id: string): Promise<void> => {
    const ordered = await world.manage.command(main, id, 'rollback', 'a mistake', 'Otto');
    await world.until(ordered.kind === 'done' ? (ordered.rollback ?? '') : '', 'ended', 2 * hour);
  };
  const isolated = await world.begin({ kind: 'quarantine', devices }, { bakeMs: minute });
  await world.until(isolated, 'ended', 2 * hour);
  expect(await marks()).toEqual(all('north', true));
  await back(isolated);
  expect(await marks()).toEqual(all('east', false));
  const again = await world.begin({ kind: 'quarantine', devices }, { bakeMs: minute });
  await world.until(again, 'ended', 2 * hour);
  const returned = await world.begin({ kind: 'return', devices }, { bakeMs: minute });
  await world.until(returned, 'ended', 2 * hour);
  expect(await marks()).toEqual(all('east', false));
  await back(returned);
  expect(await marks()).toEqual(all('north', true));
});

test('[C3] [C5] who was marked and not moved is taken out of quarantine again; what a person has marked since stays', async () => {
  const policy = { ...noPolicy, quarantine: host('north') };
  const world = await aCampaignWorld(20, { policy });
  await powerOff(world, 1, 2);
  const devices = ['device-1', 'device-2', 'device-3'];
  const id = await world.begin({ kind: 'quarantine', devices }, { bakeMs: minute });
  await world.run(20 * minute);
  expect(await world.tally(id)).toMatchObject({ v: 2, p: 1 });
  const key = deviceKey(main, 'device-2');
  const { signal } = new AbortController();
  const kept = await world.shared.records.read(key, signal);
  if (!kept) throw new Error('no device-2');
  const order = { since: world.shared.clock.now(), because: 'malware', by: 'Olga' };
  const quarantine = { ...order, returnTo: host('east') };
  await world.shared.records.write(key, { ...kept.record, quarantine }, kept.version, signal);
  const ordered = await world.manage.command(main, id, 'rollback', 'a mistake', 'Otto');
  expect(ordered).toMatchObject({ kind: 'done' });
  const { state } = await world.until(id, 'ended', hour);
  await world.until(state.kind === 'ended' ? (state.rollback ?? '') : '', 'ended', 2 * hour);
  await powerOn(world, 1, 2);
  await world.run(10 * minute);
  const found = await Promise.all(devices.map(world.recordOf));
  expect(found.map((record) => [record?.observed?.hub, record?.quarantine?.by])).toEqual([
    [host('east'), undefined], // it waited for its device, and was called off
    [host('north'), 'Olga'],
    [host('east'), undefined],
  ]);
});

test('[C3] who waited when a campaign was called off is marked as before: into quarantine, and out of it', async () => {
  const policy = { ...noPolicy, quarantine: host('north') };
  const world = await aCampaignWorld(20, { policy });
  const devices = ['device-1', 'device-2'];
  const abortedWhileOneSleeps = async (kind: 'quarantine' | 'return'): Promise<void> => {
    await powerOff(world, 1, 2);
    const id = await world.begin({ kind, devices }, { bakeMs: minute });
    await world.run(20 * minute);
    expect(await world.tally(id)).toMatchObject({ v: 1, p: 1 });
    await world.manage.command(main, id, 'abort', 'a mistake', 'Otto');
    await world.until(id, 'ended', hour);
    await powerOn(world, 1, 2);
    await world.run(10 * minute);
  };
  const found = async () => {
    const records = await Promise.all(devices.map(world.recordOf));
    return records.map((record) => [record?.observed?.hub, record?.quarantine?.returnTo]);
  };
  await abortedWhileOneSleeps('quarantine');
  expect(await found()).toEqual([
    [host('east'), undefined], // it stays, and is not sent there when it registers
    [host('north'), host('east')],
  ]);
  const rest = await world.begin({ kind: 'quarantine', devices }, { bakeMs: minute });
  await world.until(rest, 'ended', 2 * hour);
  await abortedWhileOneSleeps('return');
  expect(await found()).toEqual([
    [host('north'), host('east')], // it stays, and in quarantine
    [host('east'), undefined],
  ]);
});

test('[C5] a rollback that found its hub cordoned left some behind: it can be ordered again', async () => {
  const world = await aCampaignWorld(20, { registrationsPerMinute: 10 });
  const id = await world.begin(drain, { bakeMs: minute });
  await world.until(id, 'ended', 2 * hour);
  const back = async (): Promise<string> => {
    const ordered = await world.manage.command(main, id, 'rollback', 'back', 'Otto');
    const found = ordered.kind === 'done' ? (ordered.rollback ?? '') : '';
    const { state } = await world.campaign(id);
    expect(state).toMatchObject({ rollback: found }); // its campaign tells of it
    return found;
  };
  const first = await back();
  await world.until(first, 'running', 5 * minute);
  await world.setState('east', 'cordoned');
  await world.until(first, 'ended', 2 * hour);
  expect(world.on('east')).toBeLessThan(20);
  await world.setState('east', 'open');
  const second = await back();
  expect(second).not.toBe(first);
  await world.until(second, 'ended', 2 * hour);
  expect(world.on('east')).toBe(20);
  const third = await world.manage.command(main, id, 'rollback', 'back', 'Otto');
  expect(third).toMatchObject({ kind: 'refused' }); // all are back
});
