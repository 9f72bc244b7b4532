import { z } from 'zod';
import type { Evidence } from '../campaign/evidence.ts';
import type { HubHostName } from '../domain/hub.ts';
import type { HubTable } from '../domain/hub-table.ts';
import { fromIso, parseWord } from './device-contract.ts';
import { parseJson } from './parse-json.ts';

/** A hub's event as it comes by message routing: application properties, annotations, and the body as text. */
export type HubMessage = {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly systemProperties: Readonly<Record<string, unknown>>;
  readonly body: string;
};

/**
 * `sighting`: what it tells of a device. `nothing`: it is understood, and tells nothing that we use. `unparsable`: it is to be kept
 * whole, for a person.
 */
export type HubSighting =
  | { readonly kind: 'sighting'; readonly deviceId: string; readonly evidence: Evidence }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unparsable'; readonly because: string };

const nothing: HubSighting = { kind: 'nothing' };

/** Of a message that may be a telemetry message of a device: nothing else of it is read. */
const source = z.object({ 'iothub-message-source': z.string().optional() });

const sources: readonly (string | undefined)[] = [
  'deviceLifecycleEvents',
  'deviceConnectionStateEvents',
  'twinChangeEvents',
];

const eventProperties = z.object({
  hubName: z.string().min(1),
  deviceId: z.string().min(1),
  moduleId: z.string().optional(),
  opType: z.string().min(1),
  operationTimestamp: z.string().refine((text) => !Number.isNaN(fromIso(text)), 'expected a time'),
});

const twinBody = z.object({
  properties: z.object({ reported: z.record(z.string(), z.unknown()).optional() }).optional(),
});

/**
 * Lifecycle, connection and twin events of devices. That a device left says nothing of where it is; a change of a twin counts by the
 * device's own word in it alone, because a migration writes twins too. Hubs are told by their short name, and looked up.
 *
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-non-telemetry-event-schema
 */
export const parseHubEvent = (
  { properties, systemProperties, body }: HubMessage,
  table: HubTable,
  propertyName: string | undefined,
): HubSighting => {
  const told = source.safeParse(systemProperties);
  if (!told.success || !sources.includes(told.data['iothub-message-source'])) return nothing;
  const read = eventProperties.safeParse(properties);
  if (!read.success) return unparsable(read.error);
  const { hubName, deviceId, moduleId, opType, operationTimestamp } = read.data;
  const hub = hubCalled(hubName, table);
  if (!hub || moduleId !== undefined) return nothing;
  const at = fromIso(operationTimestamp);
  const sighting = (evidence: Evidence): HubSighting => ({ kind: 'sighting', deviceId, evidence });
  switch (opType) {
    case 'createDeviceIdentity':
      return sighting({ kind: 'created', hub, at });
    case 'deleteDeviceIdentity':
      return sighting({ kind: 'absent', hub, at });
    case 'deviceConnected':
      return sighting({ kind: 'active', hub, at });
    case 'updateTwin':
    case 'replaceTwin': {
      const twin = twinBody.safeParse(parseJson(body));
      if (!twin.success) return unparsable(twin.error);
      if (propertyName === undefined) return nothing;
      const word = parseWord(hub, twin.data.properties?.reported?.[propertyName]);
      return word ? sighting({ kind: 'said', hub, at, word }) : nothing;
    }
    default:
      return nothing;
  }
};

/** The message itself goes where it is kept whole: what stands in it is not repeated. */
const unparsable = ({ issues }: z.ZodError): HubSighting => ({
  kind: 'unparsable',
  because: issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; '),
});

/** `east` → `east.azure-devices.net`: the suffix differs from cloud to cloud. */
export const hubCalled = (name: string, { hubs }: HubTable): HubHostName | undefined => {
  const folded = name.toLowerCase();
  return [...hubs.keys()].find((host) => host.split('.')[0] === folded);
};
