import type { JsonObject } from '../json.ts';

/**
 * A non-telemetry event, as message routing tells it.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-non-telemetry-event-schema
 */
export type HubEvent = {
  readonly hubName: string;
  readonly deviceId: string;
  readonly source: 'deviceLifecycleEvents' | 'deviceConnectionStateEvents' | 'twinChangeEvents';
  readonly opType:
    | 'createDeviceIdentity'
    | 'deleteDeviceIdentity'
    | 'deviceConnected'
    | 'deviceDisconnected'
    | 'updateTwin';
  /** ISO 8601. */
  readonly operationTimestamp: string;
  readonly body: JsonObject;
};
