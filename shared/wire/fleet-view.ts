import { z } from 'zod';
import { registrationId } from '../domain/device.ts';
import { instant } from '../domain/instant.ts';
import type { FleetPage } from '../flows/export-fleet.ts';
import { enrollment } from './enrollment-document.ts';
import { parseHubDocument, toHubDocument } from './hub-document.ts';
import { hub, scope } from './move-document.ts';

/** A page of a fleet as `npx rehome export` writes it: all that it takes to place the devices anew. */
export const toFleetView = ({ table, enrollments, devices, ...page }: FleetPage) => ({
  takenAt: table.takenAt,
  hubs: [...table.hubs.values()].map(toHubDocument),
  enrollments: Object.fromEntries(enrollments),
  devices: devices.map((device) => ({
    scope: device.scope,
    deviceId: device.deviceId,
    registrationId: device.registrationId,
    enrollment: device.enrollment,
    hub: device.observed?.hub ?? device.pending?.hub,
    labels: device.labels,
    quarantined: device.quarantine ? true : undefined,
  })),
  unreadable: page.unreadable,
  after: page.after ?? null,
});

export const fleetPage = z.object({
  takenAt: z.number().transform(instant),
  hubs: z.array(z.unknown()).transform((hubs) => hubs.map(parseHubDocument)),
  enrollments: z.record(z.string(), enrollment),
  devices: z.array(
    z.object({
      scope,
      deviceId: z.string(),
      registrationId: z.string().transform(registrationId),
      enrollment: z.string().optional(),
      hub: hub.optional(),
      labels: z.record(z.string(), z.string()).default({}),
      quarantined: z.boolean().default(false),
    }),
  ),
});
export type FleetFile = z.output<typeof fleetPage>;
