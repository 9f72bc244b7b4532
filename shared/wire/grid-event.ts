import { z } from 'zod';
import type { HubTable } from '../domain/hub-table.ts';
import { fromIso } from './device-contract.ts';
import { type HubSighting, hubCalled } from './hub-event.ts';

/**
 * A device's event by Event Grid, in its own schema or as a CloudEvent.
 * @see https://learn.microsoft.com/azure/event-grid/event-schema-iot-hub
 */
const gridEvent = z
  .object({
    eventType: z.string().optional(),
    type: z.string().optional(),
    eventTime: z.string().optional(),
    time: z.string().optional(),
    data: z.object({
      hubName: z.string().min(1),
      deviceId: z.string().min(1),
      moduleId: z.string().optional(),
    }),
  })
  .transform(({ eventType, type, eventTime, time, data }, context) => {
    const at = fromIso(eventTime ?? time ?? '');
    const kind = eventType ?? type;
    if (kind !== undefined && !Number.isNaN(at)) return { kind, at, data };
    context.addIssue('expected a type and a time');
    return z.NEVER;
  });

const typed = z.object({ eventType: z.string().optional(), type: z.string().optional() });
const ours = /^Microsoft\.Devices\.Device(Created|Deleted|Connected|Disconnected)$/;

/** What it tells of the device. Telemetry, and whatever else a subscription brings, tells nothing that we use. */
export const parseGridEvent = (event: unknown, table: HubTable): HubSighting => {
  const { data: named } = typed.safeParse(event);
  const type = named?.eventType ?? named?.type;
  if (type !== undefined && !ours.test(type)) return { kind: 'nothing' };
  const read = gridEvent.safeParse(event);
  if (!read.success) {
    const because = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return { kind: 'unparsable', because: because.join('; ') };
  }
  const { kind, at, data } = read.data;
  const hub = hubCalled(data.hubName, table);
  if (!hub || data.moduleId !== undefined) return { kind: 'nothing' };
  const { deviceId } = data;
  switch (kind) {
    case 'Microsoft.Devices.DeviceCreated':
      return { kind: 'sighting', deviceId, evidence: { kind: 'created', hub, at } };
    case 'Microsoft.Devices.DeviceDeleted':
      return { kind: 'sighting', deviceId, evidence: { kind: 'absent', hub, at } };
    case 'Microsoft.Devices.DeviceConnected':
      return { kind: 'sighting', deviceId, evidence: { kind: 'active', hub, at } };
    default:
      return { kind: 'nothing' };
  }
};
