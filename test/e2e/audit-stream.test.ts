import { CloudEvent } from 'cloudevents';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { startVirtualDevice } from '../../local/devices/virtual-device.ts';
import { eventConsumer, subscribeOptions } from '../../local/event-hubs/sdk.ts';
import type { AuditEvent } from '../../shared/wire/audit-event.ts';
import { hostOf } from '../support/a-hub.ts';
import { aSmallFleet, hashOf } from '../support/a-small-fleet.ts';

/** The audit stream, as somebody hears it who subscribes to its Event Hub by the genuine SDK. */

const settings = {
  REHOME_SNAPSHOT_MS: '200',
  REHOME_CAMPAIGN: JSON.stringify({ bakeMinutes: 0 }),
  // What runs by itself beside it would tell twice.
  'AzureWebJobs.tellChanges.Disabled': 'true',
};

type Heard = AuditEvent & { readonly partition: string };

const aListenedFleet = async () => {
  const fleet = await aSmallFleet(settings, 0);
  await fleet.runTimer('tellChanges'); // from now on
  const { REHOME_EVENTS = '', REHOME_AUDIT_HUB = '' } = fleet.settings;
  const client = eventConsumer('$Default', REHOME_EVENTS, REHOME_AUDIT_HUB);
  const heard: Heard[] = [];
  const subscription = client.subscribe(
    {
      processEvents: async (events, { partitionId: partition }) => {
        for (const { body, contentType, messageId } of events) {
          const event = body as AuditEvent; // the SDK has parsed it
          // Whoever checks it strictly takes it.
          expect(new CloudEvent({ ...event }).validate()).toBe(true);
          expect(contentType).toBe('application/cloudevents+json; charset=utf-8');
          expect(messageId).toBe(event.id);
          heard.push({ ...event, partition });
        }
      },
      processError: async () => undefined,
    },
    { ...subscribeOptions, startPosition: { offset: '-1' } },
  );
  const stopListening = async (): Promise<void> => {
    await subscription.close();
    await client.close();
  };
  const ofType = (type: string): readonly Heard[] =>
    heard.filter((event) => event.type === `rehome.${type}.v1`);
  return { ...fleet, heard, ofType, stopListening };
};

const identities = (fleet: Awaited<ReturnType<typeof aListenedFleet>>, count: number) =>
  Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const { registrationId, key } = fleet.identityOf(`device-${index}`);
      await startVirtualDevice(fleet.azure.dps, registrationId, key);
    }),
  );

test('decisions, plans, moves, campaigns and what people do are told, each device’s in order', async () => {
  const fleet = await aListenedFleet();
  await identities(fleet, 9);
  await fleet.settled();
  await fleet.runTimer('tellChanges');
  await fleet.send('PUT', `hubs/${hostOf('east')}`, { weight: 7, reason: 'a test' });
  const plan = await fleet.planned('plans/main', { goal: 'drain', hub: hostOf('north') });
  const order = { plan: plan.id, hash: hashOf(plan), reason: 'a test' };
  expect((await fleet.send('POST', 'campaigns/main', order)).status).toBe(201);
  await fleet.runTimer('advanceCampaigns');
  await fleet.runTimer('tellChanges');
  const moved = plan.plan?.moveCount ?? 0;
  await vi.waitFor(() => expect(fleet.ofType('move.settled')).toHaveLength(moved), 20_000);
  // What is told last: then all of it was heard.
  await vi.waitFor(() => expect(fleet.ofType('plan.changed').length).toBeGreaterThan(0), 20_000);

  expect(new Set(fleet.ofType('decision.made').map(({ subject }) => subject)).size).toBe(9);
  const [settled] = fleet.ofType('move.settled');
  expect(settled).toMatchObject({
    source: '/rehome',
    subject: expect.stringMatching(/^devices\/main\/device-\d$/),
    data: { verdict: 'verified', scope: 'main', from: hostOf('north') },
  });
  const own = fleet.heard.filter(({ subject }) => subject === settled?.subject);
  expect(own[0]?.type).toBe('rehome.decision.made.v1');
  expect(own.at(-1)?.type).toBe('rehome.move.settled.v1');
  expect(new Set(own.map(({ partition }) => partition)).size).toBe(1);
  expect(fleet.ofType('plan.changed').at(-1)).toMatchObject({ data: { id: plan.id } });
  expect(fleet.ofType('campaign.changed').at(-1)).toMatchObject({ data: { hash: order.hash } });
  const changed = fleet.ofType('operation.told').map(({ data }) => data);
  expect(changed).toContainEqual(
    expect.objectContaining({ operation: 'changeHub', by: 'Otto', after: expect.anything() }),
  );
  const [secret] = z.array(z.string()).parse([fleet.keys.host]);
  expect(JSON.stringify(fleet.heard)).not.toContain(secret);
  await fleet.stopListening();
}, 180_000);

test('[R1] [R2] an Event Hub that is busy, and an app that is killed, lose nothing: what is told again has the same id', async () => {
  const fleet = await aListenedFleet();
  const hub = fleet.eventHubs.hubs.get('audit');
  if (!hub) throw new Error('no hub for the audit');
  hub.isBusy = true;
  await identities(fleet, 6);
  await expect(fleet.runTimer('tellChanges')).rejects.toThrow('tellChanges failed');
  // Sent, and killed before it is written that it was.
  hub.isBusy = false;
  fleet.cosmos.faults.push({
    count: Number.POSITIVE_INFINITY,
    matches: ({ method, body }) => method === 'PUT' && body.includes('"cursor"'),
    does: { kind: 'hang' },
  });
  const dying = fleet.runTimer('tellChanges').catch(() => undefined);
  await vi.waitFor(() => expect(fleet.ofType('decision.made')).toHaveLength(6), 20_000);
  fleet.kill();
  await dying;
  fleet.cosmos.faults.length = 0;
  await fleet.restart();
  await fleet.runTimer('tellChanges');
  await vi.waitFor(() => expect(fleet.ofType('decision.made')).toHaveLength(12), 20_000);
  const ids = fleet.ofType('decision.made').map(({ id }) => id);
  expect(new Set(ids).size).toBe(6);
  await fleet.runTimer('tellChanges');
  expect(fleet.ofType('decision.made')).toHaveLength(12);
  await fleet.stopListening();
}, 120_000);
