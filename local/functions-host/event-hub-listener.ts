import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import {
  type EventPosition,
  earliestEventPosition,
  type ReceivedEventData,
  type Subscription,
} from '@azure/event-hubs';
import { ManagedIdentityCredential } from '@azure/identity';
import { eventConsumer, subscribeOptions } from '../event-hubs/sdk.ts';
import type { RegisteredFunction, RpcRetryOptions, TypedData } from './core-types.ts';
import type { HostJson } from './host-json.ts';
import type { Invoke } from './invoke.ts';
import type { Log } from './log.ts';

export type EventHubListener = { readonly stop: () => Promise<void> };

/**
 * Feeds an Event Hub trigger by Microsoft's own consumer, as the host does: every partition in order, a batch at a time, again as its
 * retry policy says, and then a checkpoint, whether it failed or not. Checkpoints are files, so that a restart goes on where they are.
 * @throws Error naming the option that this host does not have, or the setting that is missing.
 */
export const listenToEventHub = async (
  fed: RegisteredFunction,
  { maxEventBatchSize }: HostJson['extensions']['eventHubs'],
  stateFolder: string,
  invoke: Invoke,
  log: Log,
): Promise<EventHubListener> => {
  const {
    connection,
    eventHubName,
    consumerGroup = '$Default',
    cardinality,
    dataType,
  } = fed.trigger;
  if (cardinality !== 'many' || dataType !== 'binary') {
    throw new Error(`Function ${fed.name}: the embedded host feeds batches of bytes alone.`);
  }
  const hub = fromSettings(fed.name, String(eventHubName));
  const group = String(consumerGroup);
  const { address, entered } = connectionOf(fed.name, String(connection));
  const client = eventConsumer(group, entered, hub);
  // Those of another namespace are none of ours, though the hub has the same name.
  const namespace = createHash('sha256').update(address).digest('hex').slice(0, 12);
  const folder = path.join(stateFolder, 'checkpoints', namespace, hub, group);
  await mkdir(folder, { recursive: true });
  const stopping = new AbortController();
  const subscriptions: Subscription[] = [];
  for (const partition of await client.getPartitionIds()) {
    const file = path.join(folder, `${partition}.json`);
    const startPosition = await readCheckpoint(file);
    const processEvents = async (events: readonly ReceivedEventData[]): Promise<void> => {
      const last = events.at(-1);
      if (!last || stopping.signal.aborted) return;
      await untilTaken(fed, events, partition, invoke, stopping.signal);
      if (!stopping.signal.aborted) await writeCheckpoint(file, last);
    };
    const processError = async (error: Error): Promise<void> => {
      log('warning', 'Host.EventHubs', `partition ${partition}: ${error.message}`);
    };
    const handlers = { processEvents, processError };
    const options = { ...subscribeOptions, maxBatchSize: maxEventBatchSize, startPosition };
    subscriptions.push(client.subscribe(partition, handlers, options));
  }
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(subscriptions.map((subscription) => subscription.close()));
      await client.close();
    },
  };
};

/**
 * A connection of that name: a connection string, or a namespace that is entered by the app's identity.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection
 */
const connectionOf = (name: string, key: string) => {
  const namespace = process.env[`${key}__fullyQualifiedNamespace`];
  if (process.env[key] || !namespace) {
    const text = setting(name, key);
    return { address: text, entered: text };
  }
  if (process.env[`${key}__credential`] !== 'managedidentity')
    throw new Error(`Function ${name}: the setting ${key}__credential is not managedidentity.`);
  const clientId = setting(name, `${key}__clientId`);
  const credential = new ManagedIdentityCredential({ clientId });
  return { address: namespace, entered: { namespace, credential } };
};

const setting = (name: string, key: string): string => {
  const value = process.env[key];
  if (!value) throw new Error(`Function ${name}: the setting ${key} is missing.`);
  return value;
};

const fromSettings = (name: string, text: string): string =>
  text.replaceAll(/%([^%]+)%/g, (_, key: string) => setting(name, key));

/** Again and again, as long as the policy says. */
const untilTaken = async (
  fed: RegisteredFunction,
  events: readonly ReceivedEventData[],
  partition: string,
  invoke: Invoke,
  signal: AbortSignal,
): Promise<void> => {
  const { retryOptions = {} } = fed;
  const { maxRetryCount = 0 } = retryOptions;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      await invoke(fed, bodiesOf(events), { triggerMetadata: metadataOf(events, partition) });
      return;
    } catch {
      // The invoker has logged it.
      if (maxRetryCount !== -1 && attempt >= maxRetryCount) return;
    }
    await after(delayMs(retryOptions, attempt), undefined, { signal }).catch(() => undefined);
  }
};

const delayMs = (options: RpcRetryOptions, attempt: number): number => {
  const { delayInterval, minimumInterval, maximumInterval } = options;
  if (delayInterval) return (delayInterval.seconds ?? 0) * 1000;
  const [least = 1, most = 60] = [minimumInterval?.seconds, maximumInterval?.seconds];
  return Math.min(most, least * 2 ** attempt) * 1000;
};

const bodiesOf = (events: readonly ReceivedEventData[]): TypedData => ({
  collectionBytes: { bytes: events.map(rawBody) },
});

/** As it came: the SDK has parsed it where it could, and keeps a data section as rhea has it. */
const rawBody = (event: ReceivedEventData): Uint8Array => {
  const body = event.getRawAmqpMessage().body as { readonly content?: unknown } | string | null;
  const content = typeof body === 'object' ? body?.content : body;
  if (Buffer.isBuffer(content)) return content;
  return Buffer.from(typeof content === 'string' ? content : JSON.stringify(body));
};

const metadataOf = (
  events: readonly ReceivedEventData[],
  partition: string,
): Record<string, TypedData> => {
  const json = (value: unknown): TypedData => ({ json: JSON.stringify(value) });
  return {
    PartitionContext: json({ PartitionId: partition }),
    PropertiesArray: json(events.map(({ properties }) => properties ?? {})),
    SystemPropertiesArray: json(
      events.map(({ systemProperties, sequenceNumber, offset, partitionKey, enqueuedTimeUtc }) => ({
        ...systemProperties,
        SequenceNumber: sequenceNumber,
        Offset: offset,
        PartitionKey: partitionKey,
        EnqueuedTimeUtc: enqueuedTimeUtc,
      })),
    ),
    SequenceNumberArray: json(events.map(({ sequenceNumber }) => sequenceNumber)),
    OffsetArray: json(events.map(({ offset }) => offset)),
    EnqueuedTimeUtcArray: json(events.map(({ enqueuedTimeUtc }) => enqueuedTimeUtc)),
  };
};

const readCheckpoint = async (file: string): Promise<EventPosition> => {
  try {
    return { offset: JSON.parse(await readFile(file, 'utf8')).offset };
  } catch {
    return earliestEventPosition; // none yet
  }
};

/** Whole or not at all. */
const writeCheckpoint = async (file: string, { offset }: ReceivedEventData): Promise<void> => {
  await writeFile(`${file}.new`, JSON.stringify({ offset }));
  await rename(`${file}.new`, file);
};
