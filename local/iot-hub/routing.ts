import { isoTime, type World } from '../world.ts';
import type { HubEvent } from './hub-event.ts';

/** A message as a route puts it on an Event Hub. */
export type RoutedMessage = {
  readonly body: string;
  readonly properties: Readonly<Record<string, string>>;
  /** Annotations: Event Hubs hands them on as system properties. */
  readonly annotations: Readonly<Record<string, string>>;
};

const schemaOf: Record<HubEvent['source'], string> = {
  deviceLifecycleEvents: 'deviceLifecycleNotification',
  deviceConnectionStateEvents: 'deviceConnectionStateNotification',
  twinChangeEvents: 'twinChangeNotification',
};

/** @see https://learn.microsoft.com/azure/iot-hub/iot-hub-non-telemetry-event-schema */
export const toRoutedMessage = (
  { hubName, deviceId, source, opType, operationTimestamp, body }: HubEvent,
  world: World,
): RoutedMessage => ({
  body: JSON.stringify(body),
  properties: {
    hubName,
    deviceId,
    opType,
    operationTimestamp,
    'iothub-message-schema': schemaOf[source],
  },
  annotations: {
    'iothub-connection-device-id': deviceId,
    'iothub-enqueuedtime': isoTime(world.now()),
    'iothub-message-source': source,
  },
});
