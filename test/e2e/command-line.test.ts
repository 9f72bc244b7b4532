import { expect, test } from 'vitest';
import { aCommand } from '../support/a-command.ts';
import { aSmallFleet } from '../support/a-small-fleet.ts';

/** The command line as scripts use it: what it prints for programs, and its exit codes. */

const settings = {
  REHOME_SNAPSHOT_MS: '200',
  REHOME_CAMPAIGN: JSON.stringify({ bakeMinutes: 0 }),
  'AzureWebJobs.advanceCampaigns.Disabled': 'true',
};

test('every command says as JSON what it comes to, and nothing else', async () => {
  const fleet = await aSmallFleet(settings, 4);
  await fleet.settled();
  const rehome = aCommand(fleet.appUrl(), 'an-admin');
  const json = async (...command: readonly string[]): Promise<Record<string, never>> => {
    const { code, out, err } = await rehome(...command, '--json');
    expect([command.join(' '), code, err]).toEqual([command.join(' '), 0, '']);
    return JSON.parse(out);
  };
  const why = ['--reason', 'a test'];
  expect(await json('status')).toMatchObject({ you: { name: 'Ada' }, dial: 'propose' });
  expect(await json('devices')).toMatchObject({ devices: [] });
  expect(await json('decisions')).toMatchObject({ isCut: false });
  expect(await json('show', 'device-0')).toMatchObject({ moves: [] });
  expect(await json('explain', 'device-0')).toMatchObject({ answer: { because: 'resident' } });
  expect(await json('pin', 'device-0', ...why)).toMatchObject({ device: { pin: { by: 'Ada' } } });
  expect(await json('unpin', 'device-0', ...why)).toMatchObject({ device: { pin: null } });
  expect(await json('label', 'device-0', 'a=b')).toMatchObject({ device: { labels: { a: 'b' } } });
  expect(await json('hubs')).toMatchObject({ hubs: [{}, {}, {}] });
  expect(await json('hubs', 'weight', 'east', '4', ...why)).toMatchObject({ weight: 4 });
  expect(await json('breaker')).toMatchObject({ tripped: null });
  expect(await json('policy', 'show')).toMatchObject({ version: 0 });
  const busiest = ['east', 'north', 'west'].find((hub) => fleet.on(hub) > 0) ?? '';
  expect(await json('hubs', 'drain', busiest, ...why)).toMatchObject({ dryRun: true });
  const begun = await json('hubs', 'drain', busiest, ...why, '--yes');
  expect(begun).toMatchObject({ state: 'preparing' });
  const id = String(begun['id']);
  expect(await json('campaign', 'show', id)).toMatchObject({ id });
  expect(await json('campaign', 'abort', id, ...why)).toMatchObject({ id, state: 'aborting' });
  await fleet.runTimer('advanceCampaigns');
  expect(await json('campaign', 'moves', id)).toEqual([]);
  expect(await json('history')).toMatchObject({
    changes: expect.arrayContaining([expect.objectContaining({ operation: 'pinDevice' })]),
  });
}, 120_000);

test('help of one command, and exit codes that a script can go by', async () => {
  const fleet = await aSmallFleet(settings, 1);
  const rehome = aCommand(fleet.appUrl(), 'a-reader');
  const help = await rehome('campaign', '--help');
  expect(help).toMatchObject({ code: 0, out: expect.stringContaining('campaign rollback C') });
  expect(help.out).toContain('exit codes: 0 done');
  expect(help.out).not.toContain('policy check');
  expect(await rehome('history')).toMatchObject({
    code: 0,
    out: expect.stringContaining('nobody'),
  });
  expect(await rehome('hubs', 'cordon', 'east', '--reason', 'x')).toMatchObject({
    code: 1,
    err: expect.stringContaining('role: expected Operate'),
  });
  for (const wrong of [['nonsense'], ['move', 'x'], ['hubs', 'cordon'], ['--bad']])
    expect([wrong, (await rehome(...wrong)).code]).toEqual([wrong, 2]);
  const away = aCommand('http://127.0.0.1:9', 'a-reader');
  expect(await away('hubs')).toMatchObject({
    code: 3,
    err: expect.stringContaining('gives no answer'),
  });
}, 60_000);
