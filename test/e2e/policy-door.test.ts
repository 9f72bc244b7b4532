import { expect, test } from 'vitest';
import { aFleet } from '../support/a-fleet.ts';
import { groupRegistration } from '../support/samples.ts';

/** The doors of policy and decisions, through the host: who may, and what bad input is answered. */

test('roles, versions, and errors that name rule and field', async () => {
  const { appUrl } = await aFleet();
  const ask = async (
    method: string,
    path: string,
    token: string | undefined,
    body?: string,
    headers: Record<string, string> = {},
  ) => {
    const response = await fetch(`${appUrl()}/api/${path}`, {
      method,
      headers: {
        'x-requested-with': 'a test',
        ...headers,
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      ...(body === undefined ? {} : { body }),
    });
    const told = (await response.json().catch(() => undefined)) as Record<string, unknown>;
    return { status: response.status, etag: response.headers.get('etag'), told };
  };
  const rules = (name: string) => JSON.stringify({ rules: [{ name }] });
  const put = 'policy?reason=a+test';

  expect(await ask('GET', 'policy', undefined)).toMatchObject({ status: 401 });
  expect(await ask('GET', 'policy', 'a-reader')).toMatchObject({
    etag: '"0"',
    told: { by: 'settings' },
  });
  expect(await ask('PUT', put, 'an-operator', rules('a'))).toMatchObject({ status: 403 });
  expect(await ask('PUT', put, 'an-admin', rules('a'))).toMatchObject({
    status: 200,
    etag: '"1"',
    told: { version: 1, by: 'Ada', reason: 'a test' },
  });
  const stale = { 'if-match': '"0"' };
  expect(await ask('PUT', put, 'an-admin', rules('b'), stale)).toMatchObject({
    status: 412,
    told: { detail: 'version 1 stands' },
  });
  expect(await ask('PUT', put, 'an-admin', rules('b'), { 'if-match': '"1"' })).toMatchObject({
    etag: '"2"',
  });
  expect(await ask('PUT', 'policy', 'an-admin', rules('c'))).toMatchObject({
    status: 400,
    told: { errors: [{ field: 'reason' }] },
  });
  expect(await ask('PUT', put, 'an-admin', rules('c'), { 'if-match': 'x' })).toMatchObject({
    status: 400,
    told: { errors: [{ field: 'If-Match' }] },
  });
  const bad = {
    rules: [
      { name: 'eu', tiers: ['S9'] },
      { name: 'us', regions: [] },
    ],
  };
  expect(await ask('PUT', put, 'an-admin', JSON.stringify(bad))).toMatchObject({
    status: 400,
    told: {
      errors: [
        { field: 'rules[0].tiers[0]', detail: 'rule eu: expected S1, B2 …' },
        { field: 'rules[1].regions', detail: expect.stringContaining('rule us: ') },
      ],
    },
  });
  const slow = { rules: [{ name: 'eu', when: { labels: { a: { pattern: '(a+)+$' } } } }] };
  expect(await ask('PUT', put, 'an-admin', JSON.stringify(slow))).toMatchObject({
    status: 400,
    told: { errors: [{ field: 'rules[0].when.labels.a' }] },
  });
  expect((await ask('GET', 'policy', 'a-reader')).told).toMatchObject({ version: 2 });
  expect((await ask('GET', 'policy/1', 'a-reader')).told).toMatchObject({
    policy: { rules: [{ name: 'a' }] },
  });
  expect((await ask('GET', 'policy/0', 'a-reader')).told).toMatchObject({ by: 'settings' });
  for (const version of ['3', 'x', '-1', '1/2'])
    expect((await ask('GET', `policy/${version}`, 'a-reader')).status).toBe(404);

  const explained = await ask('POST', 'decisions/main', 'a-reader', groupRegistration());
  expect(explained).toMatchObject({
    status: 200,
    told: { answer: { because: 'newcomer' }, hubs: [{ deciders: expect.any(Array) }, {}] },
  });
  expect((await ask('POST', 'decisions/main', undefined, groupRegistration())).status).toBe(401);
  expect((await ask('POST', 'decisions/main', 'a-reader', '{')).status).toBe(400);
  expect((await ask('POST', 'decisions/other', 'a-reader', '{')).status).toBe(404);

  for (const [method, path, body] of [
    ['PUT', 'devices/main/pump/labels', '{"a b":"c"}'],
    ['PUT', 'devices/main/pump/labels', '{"a":7}'],
    [
      'PUT',
      'devices/main/pump/labels',
      `{${Array.from({ length: 9 }, (_, at) => `"l${at}":"x"`)}}`,
    ],
    ['PUT', 'devices/main/pump/pin', '{}'],
    ['PUT', 'devices/main/pump/quarantine', 'x'],
    ['DELETE', 'devices/main/pump/quarantine', undefined],
    ['DELETE', 'devices/main/pump/pin', undefined],
  ] as const)
    expect([path, (await ask(method, path, 'an-operator', body)).status]).toEqual([path, 400]);
  for (const [path, status] of [
    ['devices/main/pump/pin', 404],
    ['devices/main/pump/quarantine', 409],
  ] as const)
    expect((await ask('PUT', path, 'an-operator', '{"reason":"x"}')).status).toBe(status);
  expect((await ask('PUT', 'devices/main/pump/labels', 'a-reader', '{}')).status).toBe(403);
  expect((await ask('GET', 'devices/main/pump/explanation', 'a-reader')).status).toBe(404);
  expect((await ask('PUT', 'devices/main/pump/labels', 'an-operator', '{"a":"b"}')).status).toBe(
    200,
  );
  expect((await ask('PUT', 'devices/main/pump/pin', 'an-operator', '{"reason":"x"}')).status).toBe(
    409,
  );
}, 30_000);
