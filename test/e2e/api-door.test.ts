import { expect, test, vi } from 'vitest';
import type { AuditView } from '../../shared/wire/api/history.ts';
import { isChange } from '../../shared/wire/api/route.ts';
import { aFleet } from '../support/a-fleet.ts';
import { hostOf } from '../support/a-hub.ts';
import { aSmallFleet, hashOf } from '../support/a-small-fleet.ts';
import { operationOf, operations } from '../support/contract-of-the-api.ts';
import { groupRegistration } from '../support/samples.ts';

/** The management API, whole, through the host. Every answer is held against what the API says of itself. */

const settings = {
  REHOME_SNAPSHOT_MS: '200',
  REHOME_CAMPAIGN: JSON.stringify({ bakeMinutes: 0 }),
};

const roles = ['Read', 'Operate', 'Admin'] as const;
const callers = [
  { token: 'nobody', role: undefined, isKnown: false },
  { token: 'no-role', role: undefined, isKnown: true },
  { token: 'a-reader', role: 'Read', isKnown: true },
  { token: 'an-operator', role: 'Operate', isKnown: true },
  { token: 'an-admin', role: 'Admin', isKnown: true },
] as const;

/** A path of an operation: its parameters name what there is none of. */
const somePath = ({ api, route }: ReturnType<typeof operations>[number]): string => {
  const words = Object.fromEntries(
    Object.entries(route.params ?? {}).map(([name, schema]) => [
      name,
      ['drain', 'pause'].find((word) => schema.safeParse(word).success) ?? 'x',
    ]),
  );
  const rest = route.path
    .split('/')
    .map((part) => (part.startsWith(':') ? (words[part.slice(1)] ?? 'nothing') : part));
  return [api.noun, ...(api.isScoped ? ['main'] : []), ...rest].filter(Boolean).join('/');
};

test('every operation × every role, and none', async () => {
  const { send } = await aFleet(settings);
  for (const operation of operations()) {
    const { route, id } = operation;
    for (const { token, role, isKnown } of callers) {
      const path = somePath(operation);
      const body = route.method === 'GET' || route.method === 'DELETE' ? undefined : {};
      const may = role !== undefined && roles.indexOf(role) >= roles.indexOf(route.role);
      const { status } = await send(route.method, path, body, { token });
      const told = `${id} by ${token}: ${route.method} ${path}`;
      if (!isKnown) expect(status, told).toBe(401);
      else if (!may) expect(status, told).toBe(403);
      else expect([401, 403], told).not.toContain(status);
      if (!may || route.method === 'GET') continue;
      const forged = { token, 'x-requested-with': '' };
      expect((await send(route.method, path, body, forged)).status, `${told}, forged`).toBe(403);
    }
  }
}, 60_000);

test('who says that they are somebody is nobody, here and where nobody is asked to sign in', async () => {
  const { appUrl, keys } = await aFleet(settings);
  const claims = [{ typ: 'roles', val: 'Admin' }];
  const principal = Buffer.from(JSON.stringify({ claims })).toString('base64');
  const headers = { 'x-ms-client-principal': principal, 'x-requested-with': 'a test' };
  const ask = async (path: string, init: RequestInit = {}) =>
    (await fetch(`${appUrl()}/api/${path}`, { ...init, headers })).status;
  expect(await ask('hubs')).toBe(401);
  expect(await ask('status')).toBe(401);
  // Excluded from App Service authentication: a header says nothing there, a key does.
  expect(await ask('health/live')).toBe(200);
  expect(await ask('health/ready')).toBe(200);
  expect(await ask('health/else')).toBe(404);
  expect(await ask('alerts', { method: 'POST', body: '{}' })).toBe(401);
  const body = groupRegistration();
  expect(await ask('dps/main/allocate', { method: 'POST', body })).toBe(401);
  expect(await ask(`dps/main/allocate?code=${keys.host}`, { method: 'POST', body })).toBe(200);
});

test('a store that is gone is told: not ready, by whom asks; and nothing is changed of which nobody would know', async () => {
  const { appUrl, cosmos, send } = await aFleet(settings);
  cosmos.faults.push({
    count: Number.POSITIVE_INFINITY,
    matches: ({ url }) => url.includes('/docs'),
    does: { kind: 'answer', status: 503 },
  });
  const ready = await fetch(`${appUrl()}/api/health/ready`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: 'degraded', store: 'gives no answer', disabled: [] },
  ]);
  expect((await fetch(`${appUrl()}/api/health/live`)).status).toBe(200);
  const path = `hubs/${hostOf('east')}`;
  expect(await send('PUT', path, { state: 'cordoned', reason: 'a test' })).toMatchObject({
    status: 503,
    body: { type: 'urn:rehome:audit-away' },
  });
  expect((await send('GET', 'status')).body).toMatchObject({
    you: { name: 'Otto', roles: ['Operate'] },
    store: { kind: 'cosmos', fault: expect.any(String) },
  });
}, 60_000);

test('[R5] every operation answers as it says, every change stands in the audit, before and after', async () => {
  const fleet = await aSmallFleet(settings, 12);
  const seen = new Set<string>();
  const ask = async (method: string, path: string, body?: object | string, headers = {}) => {
    const answered = await fleet.send(method, path, body, { token: 'an-admin', ...headers });
    seen.add(`${operationOf(method, path)?.id} ${answered.status}`);
    return { ...answered, body: answered.body as Record<string, never> };
  };
  await fleet.settled();
  const reason = 'a test';
  const east = hostOf('east');
  await ask('GET', 'status');
  await ask('GET', 'inventory/main');
  // Most devices are on the heaviest hub, however quick they were: that one is drained.
  const [exile, fullest] = [hostOf('east'), hostOf('north')];
  const policy = { quarantine: exile, rules: [] };
  const put = 'policy?reason=a+test';
  await ask('PUT', put, policy, { 'if-match': '"0"' });
  expect((await ask('PUT', put, policy, { 'if-match': '"0"' })).status).toBe(412);
  for (const path of ['policy', 'policy/1']) await ask('GET', path);

  await ask('GET', 'hubs');
  const { etag } = await ask('GET', `hubs/${east}`);
  const seenThen = { 'if-match': etag ?? '' };
  expect((await ask('PUT', `hubs/${east}`, { weight: 5, reason }, seenThen)).status).toBe(200);
  expect((await ask('PUT', `hubs/${east}`, { weight: 6, reason }, seenThen)).status).toBe(412);

  await ask('GET', 'decisions/main');
  await ask('GET', 'decisions/main?since=2026-01-01T00:00:00Z');
  await ask('POST', 'decisions/main', groupRegistration());
  await ask('GET', 'devices/main');
  await ask('GET', 'devices/main?all=true&limit=5');
  const device = 'devices/main/device-0';
  const known = await ask('GET', device);
  for (const rest of ['explanation', 'moves']) await ask('GET', `${device}/${rest}`);
  const asSeen = { 'if-match': known.etag ?? '' };
  await ask('PUT', `${device}/labels`, { tenant: 'a' }, asSeen);
  expect((await ask('PUT', `${device}/labels`, { tenant: 'b' }, asSeen)).status).toBe(412);
  await ask('PUT', `${device}/pin`, { reason });
  await ask('DELETE', `${device}/pin?reason=a+test`);
  const at = (known.body['observed'] as { readonly hub: string } | undefined)?.hub;
  const to = [hostOf('west'), fullest].find((hub) => hub !== at);
  // It has no power: the request waits for it, and can be called off for sure.
  await fleet.devices[0]?.stop();
  await ask('POST', `${device}/moves`, { to, reason, allowUnknown: true });
  await ask('DELETE', `${device}/move?reason=a+test`);
  await ask('PUT', 'devices/main/device-1/quarantine', { reason });
  const back = `devices/main/device-1/quarantine?reason=a+test&to=${hostOf('west')}`;
  await vi.waitFor(async () => {
    expect((await ask('DELETE', back)).status).toBeLessThan(300);
  }, 20_000);

  const key = { 'idempotency-key': 'once' };
  const goal = { goal: 'rebalance', reason };
  const once = await ask('POST', 'plans/main', goal, key);
  expect((await ask('POST', 'plans/main', goal, key)).body).toEqual(once.body);
  expect((await ask('POST', 'plans/main', { ...goal, reason: 'b' }, key)).body).toMatchObject({
    type: 'urn:rehome:key-reused',
  });
  const plan = await fleet.planned(`hubs/${fullest}/drain`, { scope: 'main' });
  expect(plan.plan?.moveCount).toBeGreaterThan(0);
  await ask('POST', `hubs/${fullest}/drain`, { scope: 'main', reason });
  await ask('GET', 'plans/main');
  for (const rest of ['', '/moves', '/refusals']) await ask('GET', `plans/main/${plan.id}${rest}`);

  await ask('POST', 'campaigns/main', { plan: plan.id, reason });
  const order = { plan: plan.id, hash: hashOf(plan), reason };
  const begun = await ask('POST', 'campaigns/main', order, key);
  expect((await ask('POST', 'campaigns/main', order, key)).body).toEqual(begun.body);
  const other = { ...order, limits: { bakeMinutes: 7 } };
  expect((await ask('POST', 'campaigns/main', other, key)).body).toMatchObject({
    type: 'urn:rehome:key-reused',
  });
  const campaign = `campaigns/main/${begun.body['id']}`;
  await ask('GET', 'campaigns/main');
  await ask('GET', 'campaigns/main/breaker');
  await ask('PUT', 'campaigns/main/breaker', { reason });
  const first = await ask('GET', campaign);
  expect((await ask('POST', `${campaign}/abort`, { reason })).status).toBe(202);
  const stale = { 'if-match': first.etag ?? '' };
  expect((await ask('POST', `${campaign}/pause`, { reason }, stale)).status).toBe(412);
  await fleet.runTimer('advanceCampaigns');
  await ask('GET', `${campaign}/moves`);
  await ask('POST', `${campaign}/rollback`, { reason });
  await ask('GET', 'history');

  const never = operations()
    .filter(({ id }) => ![...seen].some((one) => one.startsWith(`${id} 20`)))
    .map(({ id }) => id);
  expect(never).toEqual([]);

  const changes: AuditView[] = [];
  for (let after = ''; ; ) {
    const page = await ask('GET', `history?limit=10${after && `&after=${after}`}`);
    changes.push(...(page.body['changes'] as unknown as AuditView[]));
    if (page.body['after'] === null) break;
    after = String(page.body['after']);
  }
  const done = changes.filter(({ outcome }) => outcome === 'done');
  const changing = operations().filter(({ route }) => isChange(route));
  expect(new Set(done.map(({ operation }) => operation))).toEqual(
    new Set(changing.map(({ id }) => id)),
  );
  expect(done.find(({ operation }) => operation === 'changeHub')).toMatchObject({
    by: 'Ada',
    target: `hubs/${east}`,
    because: reason,
    before: { weight: 1 },
    after: { weight: 5 },
  });
  expect(changes.filter(({ outcome }) => outcome === 'begun')).toEqual([]);
  expect([...changes].sort((one, two) => (one.id < two.id ? 1 : -1))).toEqual(changes);
}, 90_000);

test('where two persons are needed, whoever asked for the plan does not approve it', async () => {
  const fleet = await aSmallFleet({ ...settings, REHOME_TWO_PERSONS: 'true' }, 6);
  await fleet.settled();
  const plan = await fleet.planned('plans/main', { goal: 'drain', hub: hostOf('north') });
  const order = { plan: plan.id, hash: hashOf(plan), reason: 'a test' };
  expect(await fleet.send('POST', 'campaigns/main', order)).toMatchObject({
    status: 409,
    body: { type: 'urn:rehome:same-person' },
  });
  expect(await fleet.send('POST', 'campaigns/main', order, { token: 'an-admin' })).toMatchObject({
    status: 201,
  });
  expect((await fleet.send('GET', 'status')).body).toMatchObject({ needsTwoPersons: true });
}, 60_000);

test('a drill stays a drill, by whatever door it is carried out; an evacuation goes all at once', async () => {
  const fleet = await aSmallFleet(settings, 12);
  await fleet.settled();
  const hub = hostOf('north');
  const drill = await fleet.planned(`hubs/${hub}/drill`, { scope: 'main' });
  expect(drill.isDrill).toBe(true);
  const order = { plan: drill.id, hash: hashOf(drill), reason: 'a test' };
  // As a drain it would never come back.
  expect(await fleet.send('POST', `hubs/${hub}/drain`, { scope: 'main', ...order })).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'plan', detail: 'it was asked for as a drill' }] },
  });
  expect(await fleet.send('POST', 'campaigns/main', order)).toMatchObject({
    status: 201,
    body: { isDrill: true },
  });
  const evacuation = await fleet.planned(`hubs/${hub}/evacuate`, { scope: 'main' });
  const count = evacuation.plan?.moveCount ?? 0;
  expect(evacuation.plan?.waves).toMatchObject({ sizes: [count] });
}, 60_000);
