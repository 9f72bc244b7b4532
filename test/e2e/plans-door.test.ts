import { expect, test, vi } from 'vitest';
import { startVirtualDevice } from '../../local/devices/virtual-device.ts';
import { aCommand } from '../support/a-command.ts';
import { aFleet, answersIn } from '../support/a-fleet.ts';
import { hostOf } from '../support/a-hub.ts';
import { aSmallFleet } from '../support/a-small-fleet.ts';

/** Plans, hubs and the inventory by their doors and on the command line, over the built app. */

const settings = { REHOME_SNAPSHOT_MS: '200', REHOME_IMBALANCE_COUNT: '5' };

const aFleetOf30 = async () => {
  const fleet = await aSmallFleet(settings, 30);
  const plan = (body: object) => fleet.planned('plans/main', body);
  return { ...fleet, plan, rehome: aCommand(fleet.appUrl(), 'an-operator') };
};

const doors: readonly (readonly [method: string, path: string, token: string, status: number])[] = [
  ['GET', 'plans/main', 'a-reader', 200],
  ['POST', 'plans/main', 'a-reader', 403],
  ['GET', 'plans/main', 'nobody', 401],
  ['GET', 'plans/other', 'a-reader', 404],
  ['GET', 'plans/main/p-1', 'a-reader', 404],
  ['GET', 'plans/main/p-1/moves', 'a-reader', 404],
  ['GET', 'plans/main/p-1/moves?page=-1', 'a-reader', 400],
  ['GET', 'hubs', 'a-reader', 200],
  ['GET', 'hubs/east.azure-devices.net', 'a-reader', 200],
  ['GET', 'hubs/nobody.azure-devices.net', 'a-reader', 404],
  ['PUT', 'hubs/east.azure-devices.net', 'a-reader', 403],
  ['GET', 'hubs', 'nobody', 401],
  ['GET', 'inventory/main', 'a-reader', 404],
  ['GET', 'inventory/main', 'nobody', 401],
];

const refused: readonly (readonly [path: string, body: object, field: string, detail: string])[] = [
  ['plans/main', { goal: 'drain', reason: 'x' }, 'hub', 'drain needs it'],
  [
    'plans/main',
    { goal: 'rebalance', hub: hostOf('east'), reason: 'x' },
    'hub',
    'rebalance takes none',
  ],
  ['plans/main', { goal: 'return', reason: 'x' }, 'devices', 'return needs it'],
  ['plans/main', { goal: 'tidy', reason: 'x' }, 'goal', 'Invalid option'],
  ['plans/main', { goal: 'rebalance' }, 'reason', 'expected string'],
  [
    'plans/main',
    { goal: 'rebalance', reason: 'x', limits: { groupLabel: 'site' } },
    'limits.groupMovesMax',
    'go together',
  ],
  [
    'plans/main',
    { goal: 'rebalance', reason: 'x', limits: { movesMax: 0 } },
    'limits.movesMax',
    'Too small',
  ],
  ['hubs/east.azure-devices.net', { reason: 'x' }, 'body', 'it changes nothing'],
  ['hubs/east.azure-devices.net', { reason: 'x', state: 'draining' }, 'state', 'Invalid option'],
  ['hubs/east.azure-devices.net', { reason: 'x', weight: 0 }, 'weight', 'Too small'],
  ['hubs/east.azure-devices.net', { reason: 'x', tier: 'S9' }, 'tier', 'expected F1'],
  ['hubs/east.azure-devices.net', { state: 'open' }, 'reason', 'expected string'],
  [
    'hubs/east.azure-devices.net',
    { state: 'open', reason: 'a\n\u001b[31mb' },
    'reason',
    'expected one line',
  ],
  ['hubs/east.azure-devices.net', { weight: 0.5, reason: 'x' }, 'weight', 'expected int'],
];

test('who may, and what is refused, by its field', async () => {
  const { call } = await aFleet(settings);
  for (const [method, path, token, status] of doors) {
    const body = method === 'GET' ? undefined : { reason: 'a test' };
    const answered = await call(method, path, body, token);
    expect(answered.status, `${method} ${path} by ${token}`).toBe(status);
  }
  for (const [path, body, field, detail] of refused) {
    const method = path.startsWith('plans') ? 'POST' : 'PUT';
    const answered = await call(method, path, body);
    const { errors = [] } = answered.body as {
      readonly errors: readonly { readonly field: string; readonly detail: string }[];
    };
    expect(answered.status, JSON.stringify(body)).toBe(400);
    expect(errors[0]?.field, JSON.stringify(body)).toBe(field);
    expect(errors[0]?.detail).toContain(detail);
  }
});

test('a fleet is looked at, planned, and its plans compared: by the doors and on the command line', async () => {
  const { on, settled, plan, rehome, call, log, azure } = await aFleetOf30();
  const [east, before] = [hostOf('east'), on('east')];
  await settled();
  expect((await rehome('inventory')).out).toContain('30  devices that DPS knows');

  const drain = await plan({ goal: 'drain', hub: east });
  if (!('plan' in drain) || !drain.plan) throw new Error(JSON.stringify(drain));
  expect(drain.plan).toMatchObject({ moveCount: before, gap: 0, refusalCount: 0 });
  const page = await call('GET', `plans/main/${drain.id}/moves`);
  const { moves, total } = page.body as {
    readonly moves: readonly { from: string }[];
    total: number;
  };
  expect(moves.map(({ from }) => from)).toEqual(Array.from({ length: total }, () => east));
  expect((await call('GET', `plans/main/${drain.id}/moves?page=9`)).status).toBe(404);
  expect((await call('GET', `plans/main/${drain.id}/refusals`)).body).toMatchObject({ total: 0 });
  expect(on('east')).toBe(before); // a plan moves nobody
  expect(
    log.some((line) => line.includes('"event":"plan-asked"') && line.includes('"by":"Otto"')),
  ).toBe(true);

  const said = await rehome('plan', 'drain', 'east', '--reason', 'a try', '--moves-max', '1');
  expect(said.out).toContain('1 move, as few as can be');
  expect(said.out).toContain('wait for the next plan');
  const listed = await rehome('plan', 'list');
  expect(listed.out.split('\n').filter((line) => line.includes('drain'))).toHaveLength(2);
  const other = /p-[0-9a-f]{20}/.exec(said.out)?.[0] ?? '';
  const diff = await rehome('plan', 'diff', drain.id, other);
  expect(diff.out).toContain('1 move the same in both');
  expect(diff.out).toContain(`${before - 1} only in ${drain.id}`);
  expect((await rehome('plan', 'rebalance', '--reason', 'a try')).out).toContain('nobody is moved');
  const wrong = await rehome('plan', 'drain', 'nobody', '--reason', 'x');
  expect(wrong.err).toContain(
    'There is no such hub: hub: expected one of east.azure-devices.net, north',
  );
  expect((await rehome('plan', 'drian')).err).toContain(
    'plan takes one of rebalance, relocate, drain',
  );
  expect((await rehome('plan', 'drain', '--reason', 'x')).err).toContain('expected one hub');
  expect((await rehome('plan', 'show', 'p-0')).err).toContain('There is no such plan');
  expect(azure.hubs.size).toBe(3);
}, 60_000);

test('a hub that is cordoned takes no new device from the next second on, and again when it is not', async () => {
  const { rehome, azure, identityOf, log, call, runTimer } = await aFleetOf30();
  await runTimer('rebalance');
  const said = await rehome('hubs', 'cordon', 'north', '--reason', 'a new rack');
  expect(said.out).toContain('north.azure-devices.net is cordoned');
  expect(log.find((line) => line.includes('"event":"hub-changed"'))).toMatch(
    /"before":{"state":"open"},"after":{"state":"cordoned"},"reason":"a new rack","by":"Otto"/,
  );
  const stateOf = async () =>
    ((await call('GET', `hubs/${hostOf('north')}`)).body as { readonly state: string }).state;
  await vi.waitFor(async () => expect(await stateOf()).toBe('cordoned'), { timeout: 5_000 });
  const answered = async (name: string): Promise<string | undefined> => {
    const { registrationId, key } = identityOf(name);
    await startVirtualDevice(azure.dps, registrationId, key);
    return answersIn(log).get(registrationId)?.[0];
  };
  const new1 = await Promise.all(
    Array.from({ length: 20 }, (_, index) => answered(`new-${index}`)),
  );
  expect(new1).not.toContain(hostOf('north'));
  await rehome('hubs', 'uncordon', 'north', '--reason', 'it is there');
  await rehome('hubs', 'weight', 'north', '1000', '--reason', 'it is large');
  await vi.waitFor(async () => expect(await stateOf()).toBe('open'), { timeout: 5_000 });
  const new2 = await Promise.all(
    Array.from({ length: 20 }, (_, index) => answered(`newer-${index}`)),
  );
  expect(new2).toContain(hostOf('north'));
  expect((await rehome('hubs')).out).toMatch(/north +open .* 1000/);
  expect((await rehome('hubs', 'weight', 'north', '--reason', 'x')).err).toContain(
    'expected one hub and a number',
  );
}, 60_000);
