import { expect, test, vi } from 'vitest';
import type { toCampaignView } from '../../shared/wire/campaign-view.ts';
import { aCommand } from '../support/a-command.ts';
import { aFleet } from '../support/a-fleet.ts';
import { hostOf } from '../support/a-hub.ts';
import { aSmallFleet, hashOf } from '../support/a-small-fleet.ts';

/** Campaigns, alerts and the breaker by their doors and on the command line, over the built app. */

const settings = {
  REHOME_SNAPSHOT_MS: '200',
  REHOME_CAMPAIGN: JSON.stringify({ bakeMinutes: 0 }),
};
const id = `c-${'0'.repeat(20)}`;

const doors: readonly (readonly [method: string, path: string, token: string, status: number])[] = [
  ['GET', 'campaigns/main', 'a-reader', 200],
  ['GET', 'campaigns/main', 'nobody', 401],
  ['GET', 'campaigns/other', 'a-reader', 404],
  ['POST', 'campaigns/main', 'a-reader', 403],
  ['GET', `campaigns/main/${id}`, 'a-reader', 404],
  ['GET', `campaigns/main/${id}/moves`, 'a-reader', 404],
  ['GET', `campaigns/main/${id}/moves?page=x`, 'a-reader', 400],
  ['GET', 'campaigns/main/no%2Fid%3F%23', 'a-reader', 404],
  ['GET', 'plans/main/no%2Fid%3F%23', 'a-reader', 404],
  ['POST', `campaigns/main/${id}/pause`, 'a-reader', 403],
  ['POST', `campaigns/main/${id}/pause`, 'an-operator', 404],
  ['POST', `campaigns/main/${id}/rollback`, 'an-operator', 404],
  ['POST', `campaigns/main/${id}/explode`, 'an-operator', 404],
  ['GET', 'campaigns/main/breaker', 'a-reader', 200],
  ['PUT', 'campaigns/main/breaker', 'an-operator', 403],
  ['PUT', 'campaigns/main/breaker', 'an-admin', 200],
  ['POST', `hubs/${hostOf('east')}/drain`, 'a-reader', 403],
  ['POST', `hubs/${hostOf('nobody')}/drain`, 'an-operator', 404],
];

test('who may', async () => {
  const { call } = await aFleet(settings);
  for (const [method, path, token, status] of doors) {
    const body = method === 'GET' ? undefined : { reason: 'a test' };
    const answered = await call(method, path, body, token);
    expect(answered.status, `${method} ${path} by ${token}`).toBe(status);
  }
});

const aSettledFleet = async () => {
  const fleet = await aSmallFleet(settings, 30);
  await fleet.settled();
  return { ...fleet, rehome: aCommand(fleet.appUrl(), 'an-operator') };
};

/** With an idempotency key. */
const approving = async (appUrl: string, body: object, key: string) => {
  const response = await fetch(`${appUrl}/api/campaigns/main`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer an-operator',
      'Idempotency-Key': key,
      'x-requested-with': 'a test',
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as { readonly id: string } };
};

test('[C6] a plan is tried, approved by its hash, carried out, reported and rolled back', async () => {
  const { on, planned, call, appUrl, runTimer, log, rehome, kill, restart } = await aSettledFleet();
  const before = on('east');
  const view = await planned(`hubs/${hostOf('east')}/drain`, { scope: 'main' });
  const order = { plan: view.id, reason: 'a test' };
  const dry = await call('POST', 'campaigns/main', order);
  expect(dry).toMatchObject({ status: 200, body: { dryRun: true, isSingle: true } });
  const wrong = { ...order, hash: `sha256:${'0'.repeat(64)}` };
  expect(await call('POST', 'campaigns/main', wrong)).toMatchObject({ status: 409 });
  expect((await call('GET', 'campaigns/main')).body).toEqual({ campaigns: [] });

  const right = { ...order, hash: hashOf(view) };
  const first = await approving(appUrl(), right, 'k-1');
  const again = await approving(appUrl(), right, 'k-1');
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(again.body.id).toBe(first.body.id);
  const { id: campaignId } = first.body;
  expect(await call('POST', 'campaigns/main', right)).toMatchObject({
    status: 409,
    body: { detail: `by ${campaignId}` },
  });
  const following = rehome('campaign', 'follow', campaignId);
  kill();
  await restart();
  const report = async () =>
    (await call('GET', `campaigns/main/${campaignId}`)).body as ReturnType<typeof toCampaignView>;
  await vi.waitFor(
    async () => {
      await runTimer('advanceCampaigns');
      expect((await report()).state).toBe('ended');
    },
    { timeout: 60_000, interval: 500 },
  );
  expect((await following).out).toContain('ended: completed'); // through the restart
  const ended = await report();
  expect(ended).toMatchObject({ outcome: 'completed', moves: { total: before, verified: before } });
  expect(ended.log.map(({ by, what }) => [by, what])).toContainEqual(['Otto', 'approved']);
  expect(on('east')).toBe(0);
  const shown = await rehome('campaign', 'show', campaignId);
  expect(shown.out).toContain('ended: completed');
  expect(shown.out).toMatch(/out of service p50\/p95\/p99/);
  const moves = (await call('GET', `campaigns/main/${campaignId}/moves`)).body;
  expect(moves).toMatchObject({ pages: 1, moves: expect.arrayContaining([]) });
  expect(
    (await call('POST', `campaigns/main/${campaignId}/pause`, { reason: 'late' })).status,
  ).toBe(409);

  const would = await call('POST', `campaigns/main/${campaignId}/rollback`, { reason: 'a test' });
  expect(would.body).toMatchObject({ dryRun: true, wouldReturn: before });
  const done = await rehome(
    ...['campaign', 'rollback', campaignId, '--hash', hashOf(view), '--reason', 'a test'],
  );
  expect(done.out).toMatch(/c-[0-9a-f]{20}/);
  await vi.waitFor(
    async () => {
      await runTimer('advanceCampaigns');
      expect(on('east')).toBe(before);
    },
    { timeout: 60_000, interval: 500 },
  );
  for (const event of ['campaign-approved', 'campaign-command'])
    expect(log.some((line) => line.includes(event) && line.includes('"by":"Otto"'))).toBe(true);
}, 120_000);

test('an alert of Azure holds a hub’s campaigns; a person says that it is well', async () => {
  const { appUrl, keys, call, log } = await aFleet(settings);
  const rehome = aCommand(appUrl(), 'an-operator');
  const target = '/subscriptions/s/providers/microsoft.devices/iothubs/east';
  const alert = {
    schemaId: 'azureMonitorCommonAlertSchema',
    data: {
      essentials: {
        monitoringService: 'Resource Health',
        monitorCondition: 'Fired',
        alertTargetIDs: [target],
        firedDateTime: new Date().toISOString(),
      },
      alertContext: { properties: { currentHealthStatus: 'Unavailable' } },
    },
  };
  const tell = (body: object, code: string) =>
    fetch(`${appUrl()}/api/alerts?code=${code}`, { method: 'POST', body: JSON.stringify(body) });
  expect((await tell(alert, 'wrong')).status).toBe(401);
  expect((await tell({ schemaId: 'other' }, keys.host)).status).toBe(202); // it is kept, and not sent again
  expect(log.some((line) => line.includes('schemaId'))).toBe(true);
  await vi.waitFor(async () => expect((await tell(alert, keys.host)).status).toBeLessThan(300), {
    timeout: 5_000,
    interval: 200,
  });
  const east = async () => (await call('GET', `hubs/${hostOf('east')}`)).body;
  const known = { timeout: 10_000, interval: 200 };
  await vi.waitFor(async () => {
    await tell(alert, keys.host);
    expect(await east()).toMatchObject({ trouble: { kind: 'unhealthy' } });
  }, known);
  expect((await rehome('hubs')).out).toContain('open, unhealthy');
  await rehome('hubs', 'healthy', 'east', '--reason', 'Otto has looked');
  await vi.waitFor(async () => expect(await east()).toMatchObject({ trouble: null }), known);
}, 60_000);
