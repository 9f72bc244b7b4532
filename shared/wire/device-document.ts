import { z } from 'zod';
import { type DeviceKey, type DeviceRecord, registrationId } from '../domain/device.ts';
import { hubHostName } from '../domain/hub.ts';
import { instant } from '../domain/instant.ts';
import { parseScope } from '../domain/scope.ts';

/** A device's record as a document of the `devices` container: 1 KB at most. Times are milliseconds since the epoch. */
export type DeviceDocument = z.input<typeof deviceDocument>;

const hub = z.string().transform(hubHostName);
const time = z.number().transform(instant);

const deviceDocument = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  slice: z.string(),
  scope: z.string().transform((text, context) => {
    const scope = parseScope(text);
    if (scope) return scope;
    context.addIssue('not a scope');
    return z.NEVER;
  }),
  deviceId: z.string(),
  registrationId: z.string().transform(registrationId),
  observed: z.object({ hub, at: time }).optional(),
  pending: z
    .object({ hub, calls: z.number(), firstAt: time, lastAt: time, tried: z.array(hub) })
    .optional(),
  conflictsWith: z.string().optional(),
});

export const toDeviceDocument = (
  { id, slice }: DeviceKey,
  { observed, pending, conflictsWith, ...record }: DeviceRecord,
): DeviceDocument => ({
  schemaVersion: 1,
  id,
  slice,
  ...record,
  ...(observed ? { observed } : {}),
  ...(pending ? { pending: { ...pending, tried: [...pending.tried] } } : {}),
  ...(conflictsWith === undefined ? {} : { conflictsWith }),
});

/** @throws ZodError when it is none of ours. */
export const parseDeviceDocument = (document: unknown): DeviceRecord => {
  const {
    scope,
    deviceId,
    registrationId: device,
    observed,
    pending,
    conflictsWith,
  } = deviceDocument.parse(document);
  return { scope, deviceId, registrationId: device, observed, pending, conflictsWith };
};
