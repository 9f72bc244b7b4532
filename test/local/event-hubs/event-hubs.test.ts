import { createRequire } from 'node:module';
import {
  EventHubConsumerClient,
  EventHubProducerClient,
  type EventPosition,
  earliestEventPosition,
  latestEventPosition,
  type ReceivedEventData,
} from '@azure/event-hubs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type EventHubsFront, listenEventHubs } from '../../../local/event-hubs/amqp-front.ts';
import { createEventHubs, type EventHubs } from '../../../local/event-hubs/event-hubs.ts';
import { partitionOfKey } from '../../../local/event-hubs/partition-of-key.ts';
import { eventConsumer, eventProducer, subscribeOptions } from '../../../local/event-hubs/sdk.ts';
import { isMalformed, splitMessage } from '../../../local/event-hubs/sections.ts';
import { realWorld } from '../../../local/world.ts';

/** The local Event Hubs through the genuine SDK. */

let hubs: EventHubs;
let front: EventHubsFront;
const patience = { timeout: 10_000, interval: 20 };

beforeAll(async () => {
  const names = ['keyed', 'positions', 'kinds', 'restart', 'epochs', 'plain'];
  hubs = createEventHubs(
    names.map((name) => ({
      name,
      partitionCount: name === 'keyed' ? 8 : 1,
      consumerGroups: ['other'],
    })),
    realWorld,
  );
  front = await listenEventHubs(hubs);
});
afterAll(() => front.stop());

const send = async (hub: string, bodies: readonly unknown[], partitionKey?: string) => {
  const producer = eventProducer(front.connectionString, hub);
  const events = bodies.map((body) => ({ body }));
  await producer.sendBatch(events, partitionKey === undefined ? {} : { partitionKey });
  await producer.close();
};

const listenTo = (hub: string, startPosition: EventPosition = earliestEventPosition) => {
  const client = eventConsumer('$Default', front.connectionString, hub);
  const seen: { readonly partition: string; readonly event: ReceivedEventData }[] = [];
  const errors: string[] = [];
  const subscription = client.subscribe(
    {
      processEvents: async (events, { partitionId: partition }) => {
        seen.push(...events.map((event) => ({ partition, event })));
      },
      processError: async ({ message }) => {
        errors.push(message);
      },
    },
    { ...subscribeOptions, startPosition },
  );
  const stop = async () => {
    await subscription.close();
    await client.close();
  };
  return { seen, errors, stop };
};

test('keys land where the SDK’s own mapper puts them', () => {
  const { mapPartitionKeyToId } = createRequire(import.meta.url)(
    '../../../node_modules/@azure/event-hubs/dist/commonjs/impl/partitionKeyToIdMapper.js',
  );
  for (let index = 0; index < 500; index += 1) {
    const key = `${'x'.repeat(index % 40)}${(index * 7919).toString(36)}${index % 3 ? '' : 'é√'}`;
    for (const count of [1, 4, 7, 32])
      expect(partitionOfKey(key, count)).toBe(mapPartitionKeyToId(key, count));
  }
});

test('events of a key stay in order, on the key’s partition', async () => {
  for (let round = 0; round < 5; round += 1)
    for (let device = 0; device < 6; device += 1)
      await send(
        'keyed',
        [
          { device, round: 2 * round },
          { device, round: 2 * round + 1 },
        ],
        `d${device}`,
      );
  const { seen, stop } = listenTo('keyed');
  await vi.waitFor(() => expect(seen).toHaveLength(60), patience);
  for (let device = 0; device < 6; device += 1) {
    const own = seen.filter(({ event }) => event.body.device === device);
    expect(own.map(({ event }) => event.body.round)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(own.map(({ partition }) => partition))).toEqual(
      new Set([String(partitionOfKey(`d${device}`, 8))]),
    );
    expect(own[0]?.event.partitionKey).toBe(`d${device}`);
  }
  await stop();
});

test('a consumer begins where it says', async () => {
  for (let index = 0; index < 6; index += 1) await send('positions', [index]);
  const all = listenTo('positions');
  await vi.waitFor(() => expect(all.seen).toHaveLength(6), patience);
  await all.stop();
  const third = all.seen[2]?.event;
  if (!third) throw new Error('no event');
  const { sequenceNumber, offset } = third;
  for (const [position, first] of [
    [{ sequenceNumber }, 3],
    [{ sequenceNumber, isInclusive: true }, 2],
    [{ offset }, 3],
    [{ offset, isInclusive: true }, 2],
    [{ enqueuedOn: new Date(third.enqueuedTimeUtc.getTime() - 1) }, 2],
  ] as const) {
    const { seen, stop } = listenTo('positions', position);
    await vi.waitFor(() => expect(seen.at(-1)?.event.body).toBe(5), patience);
    expect(seen[0]?.event.body).toBe(first);
    await stop();
  }
  const late = listenTo('positions', latestEventPosition);
  await vi.waitFor(async () => {
    await send('positions', ['new']);
    expect(late.seen.map(({ event }) => event.body)).toContain('new');
  }, patience);
  expect(late.seen.every(({ event }) => event.body === 'new')).toBe(true);
  await late.stop();
  const beyond = listenTo('positions', { sequenceNumber: sequenceNumber + 5_000 });
  await vi.waitFor(() => expect(beyond.errors.join()).toContain('is invalid'), patience);
  await beyond.stop();
});

test('properties, annotations and bodies of every kind come as they went', async () => {
  const producer = eventProducer(front.connectionString, 'kinds');
  await producer.sendBatch([
    {
      body: { a: [1, 'x', null] },
      properties: { n: 1, s: 'é', b: true },
      contentType: 'application/json',
    },
    { body: Buffer.from([0, 255, 1]) },
    { body: null },
  ]);
  const annotated = {
    body: Buffer.from('{}'),
    bodyType: 'data',
    messageAnnotations: { 'iothub-message-source': 'twinChangeEvents' },
  };
  await producer.sendBatch([annotated as never]);
  await producer.close();
  const { seen, stop } = listenTo('kinds');
  await vi.waitFor(() => expect(seen).toHaveLength(4), patience);
  const [first, second, third, fourth] = seen.map(({ event }) => event);
  expect(first).toMatchObject({
    body: { a: [1, 'x', null] },
    properties: { n: 1, s: 'é', b: true },
    contentType: 'application/json',
  });
  expect(Buffer.from(second?.body)).toEqual(Buffer.from([0, 255, 1]));
  expect(third?.body).toBeNull();
  expect(fourth?.systemProperties).toMatchObject({ 'iothub-message-source': 'twinChangeEvents' });
  await stop();
});

test('a wrong key is refused, and so is a hub that is none', async () => {
  const wrong = front.connectionString.replace(/SharedAccessKey=[^;]+/, 'SharedAccessKey=wrong');
  const retryOptions = { maxRetries: 0, timeoutInMs: 3_000 };
  const producer = new EventHubProducerClient(wrong, 'plain', { retryOptions });
  await expect(producer.sendBatch([{ body: 1 }])).rejects.toMatchObject({
    code: 'UnauthorizedError',
  });
  await producer.close();
  const nowhere = new EventHubProducerClient(front.connectionString, 'none', { retryOptions });
  await expect(nowhere.sendBatch([{ body: 1 }])).rejects.toMatchObject({
    code: 'MessagingEntityNotFoundError',
  });
  await nowhere.close();
});

test('the management node tells of a hub and its partitions', async () => {
  const client = eventConsumer('other', front.connectionString, 'keyed');
  expect(await client.getPartitionIds()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
  expect(await client.getPartitionProperties('0')).toMatchObject({ partitionId: '0' });
  await client.close();
});

test('the highest owner level has a partition for itself', async () => {
  const listening = (ownerLevel: number) => {
    const client = new EventHubConsumerClient('$Default', front.connectionString, 'epochs');
    const errors: string[] = [];
    let began = false;
    client.subscribe(
      '0',
      {
        processInitialize: async () => {
          began = true;
        },
        processEvents: async () => undefined,
        processError: async (error) => {
          errors.push('code' in error ? String(error.code) : error.message);
        },
      },
      { ...subscribeOptions, ownerLevel, startPosition: earliestEventPosition },
    );
    return { client, errors, began: () => began };
  };
  const first = listening(1);
  await vi.waitFor(() => expect(first.began()).toBe(true), patience);
  const second = listening(2);
  await vi.waitFor(() => expect(first.errors).toContain('ReceiverDisconnectedError'), patience);
  await Promise.all([first.client.close(), second.client.close()]);
});

test('after a restart clients go on by themselves, and what was there is there', async () => {
  const { seen, stop } = listenTo('restart');
  await send('restart', ['before']);
  await vi.waitFor(() => expect(seen).toHaveLength(1), patience);
  const { port } = front;
  await front.stop();
  front = await listenEventHubs(hubs, port);
  await send('restart', ['after']);
  await vi.waitFor(() => expect(seen.map(({ event }) => event.body)).toContain('after'), {
    timeout: 20_000,
    interval: 50,
  });
  expect(seen.at(-1)?.event.sequenceNumber).toBe((seen[0]?.event.sequenceNumber ?? 0) + 1);
  await stop();
}, 30_000);

test('what is no message is told apart from what is', () => {
  expect(splitMessage(Buffer.alloc(0))).toMatchObject({ annotationCount: 0 });
  for (const bytes of [[1], [0, 0x53], [0, 0x53, 0x72, 0xd1, 0, 0, 0, 9], [0, 0x53, 0x72, 0x12]]) {
    let caught: unknown;
    try {
      splitMessage(Buffer.from(bytes));
    } catch (error) {
      caught = error;
    }
    expect(isMalformed(caught)).toBe(true);
  }
});
