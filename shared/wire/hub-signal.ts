import { z } from 'zod';
import type { HubHostName } from '../domain/hub.ts';
import type { HubTable } from '../domain/hub-table.ts';
import type { HubSignal } from '../flows/heed-hub.ts';
import { fromIso } from './device-contract.ts';
import { hubCalled } from './hub-event.ts';

/** What Azure says of hubs as resources; docs/azure-signals.md tells each shape with its source, and how sure it is. */

export type ParsedSignal =
  | { readonly kind: 'signal'; readonly signal: HubSignal }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unparsable'; readonly because: string };

const nothing: ParsedSignal = { kind: 'nothing' };

/** `/subscriptions/…/providers/Microsoft.Devices/IotHubs/east`, in any case; children of a hub are none. */
const hubResource = /\/providers\/microsoft\.devices\/iothubs\/([^/]+)$/i;

const hubNamed = (resource: string, table: HubTable): HubHostName | 'unknown' | undefined => {
  const name = hubResource.exec(resource)?.[1];
  return name === undefined ? undefined : (hubCalled(name, table) ?? 'unknown');
};

const eventOf = z
  .object({
    eventType: z.string().optional(),
    type: z.string().optional(),
    eventTime: z.string().optional(),
    time: z.string().optional(),
    subject: z.string(),
    data: z.looseObject({
      operationName: z.string().optional(),
      resourceInfo: z
        .looseObject({
          sku: z.looseObject({ name: z.string(), capacity: z.int().positive() }).optional(),
        })
        .optional(),
    }),
  })
  .transform(({ eventType, type, eventTime, time, ...rest }, context) => {
    const [kind, at] = [eventType ?? type, fromIso(eventTime ?? time ?? '')];
    if (kind !== undefined && !Number.isNaN(at)) return { ...rest, kind, at };
    context.addIssue('expected a type and a time');
    return z.NEVER;
  });

const written = [
  'Microsoft.Resources.ResourceWriteSuccess',
  'Microsoft.ResourceNotifications.Resources.CreatedOrUpdated',
];
const deleted = [
  'Microsoft.Resources.ResourceDeleteSuccess',
  'Microsoft.ResourceNotifications.Resources.Deleted',
];
const acted = 'Microsoft.Resources.ResourceActionSuccess';

export const isResourceEvent = (type: string): boolean =>
  type.startsWith('Microsoft.Resources.') || type.startsWith('Microsoft.ResourceNotifications.');

/** By Event Grid, in its own schema or as a CloudEvent. What is not of a hub tells nothing. */
export const parseResourceEvent = (event: unknown, table: HubTable): ParsedSignal => {
  const read = eventOf.safeParse(event);
  if (!read.success) return unparsable(read.error);
  const { kind, at, subject, data } = read.data;
  const hub = hubNamed(subject, table);
  if (!hub) return nothing;
  if (hub === 'unknown')
    return written.includes(kind)
      ? { kind: 'signal', signal: { kind: 'unlisted', resource: subject, at } }
      : nothing;
  const signal = (told: HubSignal): ParsedSignal => ({ kind: 'signal', signal: told });
  if (deleted.includes(kind)) return signal({ kind: 'deleted', hub, at });
  if (written.includes(kind)) {
    const { sku } = data.resourceInfo ?? {};
    return signal({ kind: 'changed', hub, at, tier: sku?.name, units: sku?.capacity });
  }
  const isFailover = /\/failover\/action$/i.test(data.operationName ?? '');
  return kind === acted && isFailover ? signal({ kind: 'failingOver', hub, at }) : nothing;
};

const alertOf = z.object({
  schemaId: z.literal('azureMonitorCommonAlertSchema'),
  data: z.object({
    essentials: z.looseObject({
      monitoringService: z.string(),
      monitorCondition: z.string(),
      alertTargetIDs: z.array(z.string()),
      firedDateTime: z.string(),
    }),
    alertContext: z.looseObject({
      eventTimestamp: z.string().optional(),
      properties: z.looseObject({ currentHealthStatus: z.string().nullish() }).nullish(),
      condition: z
        .looseObject({
          allOf: z.array(
            z.looseObject({ metricName: z.string(), metricValue: z.number().nullish() }),
          ),
        })
        .nullish(),
    }),
  }),
});

/** By an action group, in the common alert schema: of a hub's health, and of the messages that it has used today. */
export const parseAlert = (alert: unknown, table: HubTable): readonly ParsedSignal[] => {
  const read = alertOf.safeParse(alert);
  if (!read.success) return [unparsable(read.error)];
  const { essentials, alertContext } = read.data.data;
  const at = fromIso(alertContext.eventTimestamp ?? essentials.firedDateTime);
  if (Number.isNaN(at)) return [{ kind: 'unparsable', because: 'firedDateTime: expected a time' }];
  return essentials.alertTargetIDs.map((target): ParsedSignal => {
    const hub = hubNamed(target, table);
    if (hub === 'unknown')
      return { kind: 'signal', signal: { kind: 'unlisted', resource: target, at } };
    if (!hub) return nothing;
    const service = essentials.monitoringService.replaceAll(' ', '').toLowerCase();
    const signal =
      service === 'resourcehealth'
        ? healthOf(hub, alertContext.properties?.currentHealthStatus ?? '', at)
        : usageOf(hub, alertContext.condition?.allOf ?? [], at);
    return signal ? { kind: 'signal', signal } : nothing;
  });
};

/** That nothing is known of a hub's health is no sign of its health. */
const healthOf = (hub: HubHostName, status: string, at: HubSignal['at']): HubSignal | undefined => {
  switch (status.toLowerCase()) {
    case 'unavailable':
    case 'degraded':
      return { kind: 'unhealthy', hub, at };
    case 'available':
      return { kind: 'healthy', hub, at };
    default:
      return undefined;
  }
};

const usageOf = (
  hub: HubHostName,
  met: readonly { readonly metricName: string; readonly metricValue?: number | null | undefined }[],
  at: HubSignal['at'],
): HubSignal | undefined => {
  const used = met.find(({ metricName }) => metricName === 'dailyMessageQuotaUsed')?.metricValue;
  return typeof used === 'number' ? { kind: 'messages', hub, at, count: used } : undefined;
};

const unparsable = ({ issues }: z.ZodError): ParsedSignal => ({
  kind: 'unparsable',
  because: issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; '),
});
