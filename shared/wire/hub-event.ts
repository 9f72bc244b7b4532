import { z } from 'zod';
import type { Evidence } from '../campaign/evidence.ts';
import type { HubHostName } from '../domain/hub.ts';
import type { HubTable } from '../domain/hub-table.ts';
import type { TwinLabels } from '../flows/take-labels.ts';
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
type Sighting = { readonly deviceId: string; readonly evidence: Evidence };

/** Names of tags, and of reported properties, that are taken over as labels. */
export type LabelsFrom = { readonly tags: readonly string[]; readonly reported: readonly string[] };
export const noLabels: LabelsFrom = { tags: [], reported: [] };

export type HubSighting =
  | ({ readonly kind: 'sighting' } & Sighting)
  /** What a twin says that rules go by; and what it tells of the device besides. */
  | { readonly kind: 'labels'; readonly told: TwinLabels; readonly sighting: Sighting | undefined }
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
  tags: z.record(z.string(), z.unknown()).optional(),
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
  labelsFrom: LabelsFrom = noLabels,
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
      const { tags = {}, properties: { reported = {} } = {} } = twin.data;
      const word = propertyName === undefined ? undefined : parseWord(hub, reported[propertyName]);
      const seen: Sighting | undefined = word && {
        deviceId,
        evidence: { kind: 'said', hub, at, word },
      };
      const told = labelsIn(deviceId, tags, reported, labelsFrom);
      if (told) return { kind: 'labels', told, sighting: seen };
      return seen ? { kind: 'sighting', ...seen } : nothing;
    }
    default:
      return nothing;
  }
};

/** What operators write comes before what the device says. A value that is no text is none. */
const labelsIn = (
  deviceId: string,
  tags: Readonly<Record<string, unknown>>,
  reported: Readonly<Record<string, unknown>>,
  { tags: tagNames, reported: reportedNames }: LabelsFrom,
): TwinLabels | undefined => {
  const among = (held: Readonly<Record<string, unknown>>, names: readonly string[]) =>
    Object.fromEntries(
      names.flatMap((name): readonly (readonly [string, string | null])[] => {
        const value = held[name];
        if (value === null) return [[name, null]];
        return typeof value === 'string' && value.length <= labelLengthMax ? [[name, value]] : [];
      }),
    );
  const byOperators = among(tags, tagNames);
  if (Object.keys(byOperators).length > 0)
    return { deviceId, by: 'operators', labels: byOperators };
  const byDevice = among(reported, reportedNames);
  return Object.keys(byDevice).length > 0
    ? { deviceId, by: 'device', labels: byDevice }
    : undefined;
};

const labelLengthMax = 64;

/** The message itself goes where it is kept whole: what stands in it is not repeated. */
const unparsable = ({ issues }: z.ZodError): HubSighting => ({
  kind: 'unparsable',
  because: issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; '),
});

/** `east` → `east.azure-devices.net`: the suffix differs from cloud to cloud. */
export const hubCalled = (name: string, { hubs }: HubTable): HubHostName | undefined => {
  const short = `${name.toLowerCase()}.`;
  for (const host of hubs.keys())
    if (host.startsWith(short) && host.indexOf('.') === name.length) return host;
  return undefined;
};
