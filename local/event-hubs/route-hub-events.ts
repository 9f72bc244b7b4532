import type { HubEvent } from '../iot-hub/hub-event.ts';
import { toRoutedMessage } from '../iot-hub/routing.ts';
import type { World } from '../world.ts';
import { eventProducer } from './sdk.ts';

/** A hub's route to an Event Hub, in order and at least once, by Microsoft's own producer. */
export type HubRoute = {
  readonly take: (event: HubEvent) => void;
  /** Sends what waits, and closes. */
  readonly stop: () => Promise<void>;
};

const batchMax = 100;
const retryMs = 500;

export const routeHubEvents = (
  connectionString: string,
  eventHub: string,
  world: World,
): HubRoute => {
  const producer = eventProducer(connectionString, eventHub);
  const waiting: HubEvent[] = [];
  let sending: Promise<void> | undefined;
  let isStopped = false;

  /** The first, and those behind it of the same device: they share a partition. */
  const nextBatch = (): readonly HubEvent[] => {
    const [first] = waiting;
    if (!first) return [];
    const end = waiting.findIndex(({ deviceId }) => deviceId !== first.deviceId);
    return waiting.slice(0, Math.min(batchMax, end === -1 ? waiting.length : end));
  };
  const send = async (): Promise<void> => {
    for (let batch = nextBatch(); batch.length > 0; batch = nextBatch()) {
      try {
        const partitionKey = batch[0]?.deviceId ?? '';
        await producer.sendBatch(
          batch.map((event) => toAmqp(event, world)),
          { partitionKey },
        );
        waiting.splice(0, batch.length);
      } catch {
        if (isStopped) return;
        await new Promise((resolve) => setTimeout(resolve, retryMs)); // it may have arrived: at least once
      }
    }
  };
  return {
    take: (event) => {
      waiting.push(event);
      sending ??= send().finally(() => {
        sending = undefined;
      });
    },
    stop: async () => {
      isStopped = true;
      await sending;
      await producer.close();
    },
  };
};

/** As a hub's route sends it. */
export const toAmqp = (event: HubEvent, world: World) => {
  const { body, properties, annotations } = toRoutedMessage(event, world);
  return {
    body: Buffer.from(body),
    bodyType: 'data' as const,
    applicationProperties: { ...properties },
    messageAnnotations: { ...annotations },
    properties: { contentType: 'application/json', contentEncoding: 'utf-8' },
  };
};
