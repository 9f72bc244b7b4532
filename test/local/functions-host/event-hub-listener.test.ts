import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { listenEventHubs } from '../../../local/event-hubs/amqp-front.ts';
import { createEventHubs } from '../../../local/event-hubs/event-hubs.ts';
import { eventProducer } from '../../../local/event-hubs/sdk.ts';
import type {
  RegisteredFunction,
  RpcRetryOptions,
} from '../../../local/functions-host/core-types.ts';
import { listenToEventHub } from '../../../local/functions-host/event-hub-listener.ts';
import type { Invoke } from '../../../local/functions-host/invoke.ts';
import { realWorld } from '../../../local/world.ts';

const patience = { timeout: 15_000, interval: 20 };

/** An Event Hub of one partition, and a trigger on it that does what the test says. */
const aTrigger = async (retryOptions?: RpcRetryOptions, trigger: object = {}) => {
  const hubs = createEventHubs([{ name: 'events', partitionCount: 1 }], realWorld);
  const front = await listenEventHubs(hubs);
  const stateFolder = await mkdtemp(path.join(tmpdir(), 'a-trigger-'));
  process.env['TEST_EVENTS'] = front.connectionString;
  process.env['TEST_EVENTS_HUB'] = 'events';
  const fed: RegisteredFunction = {
    name: 'fed',
    bindings: {},
    triggerName: 't',
    trigger: {
      type: 'eventHubTrigger',
      direction: 'in',
      connection: 'TEST_EVENTS',
      eventHubName: '%TEST_EVENTS_HUB%',
      cardinality: 'many',
      dataType: 'binary',
      ...trigger,
    },
    handler: () => undefined,
    ...(retryOptions ? { retryOptions } : {}),
  };
  const calls: string[][] = [];
  const does = { fails: 0 };
  const invoke: Invoke = async (_fed, { collectionBytes }) => {
    calls.push((collectionBytes?.bytes ?? []).map((bytes) => Buffer.from(bytes).toString()));
    does.fails -= 1;
    if (does.fails >= 0) throw new Error('it fails');
    return {};
  };
  const start = () =>
    listenToEventHub(fed, { maxEventBatchSize: 10 }, stateFolder, invoke, () => undefined);
  const send = async (...bodies: readonly string[]) => {
    const producer = eventProducer(front.connectionString, 'events');
    for (const body of bodies)
      await producer.sendBatch([{ body: Buffer.from(body), bodyType: 'data' } as never]);
    await producer.close();
  };
  onTestFinished(async () => {
    await front.stop();
    await rm(stateFolder, { recursive: true });
  });
  return { start, send, calls, does };
};

const endless: RpcRetryOptions = { maxRetryCount: -1, delayInterval: { seconds: 0 } };

test('[R2] with endless retries a batch comes again until it is taken, and nothing overtakes it', async () => {
  const { start, send, calls, does } = await aTrigger(endless);
  does.fails = 3;
  const listener = await start();
  await send('one');
  await vi.waitFor(() => expect(calls.length).toBeGreaterThan(3), patience);
  await send('two');
  await vi.waitFor(() => expect(calls.at(-1)).toEqual(['two']), patience);
  expect(calls).toEqual([['one'], ['one'], ['one'], ['one'], ['two']]);
  await listener.stop();
});

test('without a retry policy a batch that fails is passed over, as in Azure', async () => {
  const { start, send, calls, does } = await aTrigger();
  does.fails = 1;
  const listener = await start();
  await send('one');
  await vi.waitFor(() => expect(calls).toHaveLength(1), patience);
  await send('two');
  await vi.waitFor(() => expect(calls).toEqual([['one'], ['two']]), patience);
  await listener.stop();
});

test('a restart goes on behind the last checkpoint', async () => {
  const { start, send, calls } = await aTrigger();
  const first = await start();
  await send('one');
  await vi.waitFor(() => expect(calls).toEqual([['one']]), patience);
  await first.stop();
  await send('two');
  const second = await start();
  await vi.waitFor(() => expect(calls).toEqual([['one'], ['two']]), patience);
  await second.stop();
});

test.each([
  [{ cardinality: 'one' }, 'batches of bytes alone'],
  [{ connection: 'ABSENT' }, 'the setting ABSENT is missing'],
  [{ eventHubName: '%ABSENT%' }, 'the setting ABSENT is missing'],
])('a trigger with %o is refused by name', async (but, named) => {
  const { start } = await aTrigger(undefined, but);
  await expect(start()).rejects.toThrow(named);
});
