import type { EventDataBatch, EventHubProducerClient } from '@azure/event-hubs';
import type { TokenCredential } from '@azure/identity';
import type { AuditStream, FeedItem } from '../../ports/changes.ts';
import { auditContentType, toAuditEvent } from '../../wire/audit-event.ts';
import { connect, type EventHubAddress } from './connect.ts';

/**
 * The audit stream as CloudEvents on an Event Hub. What belongs together is sent to one partition, in order: we choose it, since the hub's own
 * keys would make a batch of each device.
 */
export const eventHubAuditStream = (
  hub: EventHubAddress,
  credential: () => Promise<TokenCredential>,
): AuditStream => {
  let made: Promise<EventHubProducerClient> | undefined;
  const producer = (): Promise<EventHubProducerClient> => {
    made ??= connect(hub, credential);
    made.catch(() => {
      made = undefined; // the next one tries again
    });
    return made;
  };
  return {
    send: async (changes, abortSignal) => {
      const client = await producer();
      const partitions = await client.getPartitionIds({ abortSignal });
      const events = changes.map((change: FeedItem) => toAuditEvent(change));
      const byPartition = Map.groupBy(events, ({ orderedBy }) =>
        partitionFor(orderedBy, partitions),
      );
      for (const [partitionId, own] of byPartition) {
        let batch: EventDataBatch | undefined;
        for (const { event } of own) {
          const message = {
            body: Buffer.from(JSON.stringify(event)),
            contentType: auditContentType,
            messageId: event.id,
          };
          batch ??= await client.createBatch({ partitionId, abortSignal });
          if (batch.tryAdd(message)) continue;
          await client.sendBatch(batch, { abortSignal });
          batch = await client.createBatch({ partitionId, abortSignal });
          if (!batch.tryAdd(message)) throw new Error(`An event of ${event.type} is too large.`);
        }
        if (batch) await client.sendBatch(batch, { abortSignal });
      }
    },
  };
};

/** The same for the same key, while the hub has as many partitions. */
const partitionFor = (key: string, partitions: readonly string[]): string => {
  let hash = 0;
  for (const character of key) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) | 0;
  return partitions[(hash >>> 0) % partitions.length] ?? '0';
};
