import type { EventHubProducerClient } from '@azure/event-hubs';
import { toAmqp } from '../local/event-hubs/route-hub-events.ts';
import type { HubEvent } from '../local/iot-hub/hub-event.ts';
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
    await producer.sendBatch(
      events.slice(from, from + batchMax).map((event) => toAmqp(event, realWorld)),
      { partitionId },
    );
};
