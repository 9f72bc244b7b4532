import type { EventHubProducerClient } from '@azure/event-hubs';
import type { HubEvent } from '../local/iot-hub/hub-event.ts';
import { toRoutedMessage } from '../local/iot-hub/routing.ts';
import { isoTime, realWorld } from '../local/world.ts';

/** What hubs tell of a device, as their routes send it. */
export const hubEvent = (
  hubName: string,
  deviceId: string,
  opType: HubEvent['opType'],
  at: number,
): HubEvent => ({
  hubName,
  deviceId,
  opType,
  source: opType.endsWith('Identity')
    ? 'deviceLifecycleEvents'
    : opType === 'updateTwin'
      ? 'twinChangeEvents'
      : 'deviceConnectionStateEvents',
  operationTimestamp: isoTime(at),
  body: {},
});

const batchMax = 100;

/** Onto one partition, in order. */
export const sendTo = async (
  producer: EventHubProducerClient,
  partitionId: string,
  events: readonly HubEvent[],
): Promise<void> => {
  for (let from = 0; from < events.length; from += batchMax)
    await producer.sendBatch(events.slice(from, from + batchMax).map(toAmqp), { partitionId });
};

const toAmqp = (event: HubEvent) => {
  const { body, properties, annotations } = toRoutedMessage(event, realWorld);
  return {
    body: Buffer.from(body),
    bodyType: 'data' as const,
    applicationProperties: { ...properties },
    messageAnnotations: { ...annotations },
    properties: { contentType: 'application/json', contentEncoding: 'utf-8' },
  };
};
