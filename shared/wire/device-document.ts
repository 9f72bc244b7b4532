import { z } from 'zod';
import {
  type DeviceKey,
  type DeviceRecord,
  type Finding,
  findingKinds,
  type LastMove,
  nextAtOf,
  type Quarantine,
  registrationId,
} from '../domain/device.ts';
import { verdicts } from '../domain/move.ts';
import type { Due } from '../ports/device-records.ts';
import { hub, move, moveId, scope, time } from './move-document.ts';

const order = { since: time, because: z.string(), by: z.string() };

/** A device's record as a document of the `devices` container: 1 KB at most. Times are milliseconds since the epoch. */
const deviceDocument = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  slice: z.string(),
  scope,
  deviceId: z.string(),
  registrationId: z.string().transform(registrationId),
  home: hub.optional(),
  observed: z.object({ hub, at: time }).optional(),
  enrollment: z.string().optional(),
  pending: z
    .object({ hub, calls: z.number(), firstAt: time, lastAt: time, tried: z.array(hub) })
    .optional(),
  conflictsWith: z.string().optional(),
  move: move.optional(),
  leftover: z
    .object({ moves: z.array(moveId), hubs: z.array(hub), since: time, nextAt: time })
    .optional(),
  finding: z
    .object({ kind: z.enum(findingKinds), hub, since: time, nextAt: time.optional() })
    .transform(({ nextAt, ...found }): Finding => ({ ...found, nextAt }))
    .optional(),
  strayed: z.int().optional(),
  ghosts: z.array(hub).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  claimed: z
    .object({ labels: z.record(z.string(), z.string().nullable()), nextAt: time })
    .optional(),
  pin: z.object(order).optional(),
  quarantine: z
    .object({ ...order, returnTo: hub.optional() })
    .transform(({ returnTo, ...ordered }): Quarantine => ({ ...ordered, returnTo }))
    .optional(),
  lastMoveAt: time.optional(),
  lastMove: z
    .object({
      id: moveId,
      verdict: z.enum(verdicts),
      gapMs: z.number().optional(),
      heard: z.boolean(),
      tookMs: z.number(),
    })
    .transform(({ gapMs, ...last }): LastMove => ({ ...last, gapMs }))
    .optional(),
  traits: z
    .object({ enabled: z.boolean(), iotEdge: z.boolean(), advertises: z.boolean() })
    .optional(),
  /** When the sweep looks after it: absent when it need not. */
  nextAt: z.number().optional(),
  /** Where it is observed, for the index. */
  hub: z.string().optional(),
});

export const toDeviceDocument = ({ id, slice }: DeviceKey, record: DeviceRecord) => ({
  schemaVersion: 1 as const,
  id,
  slice,
  ...present({
    ...record,
    strayed: record.strayed || undefined,
    ghosts: record.ghosts.length ? record.ghosts : undefined,
    labels: Object.keys(record.labels).length ? record.labels : undefined,
  }),
  ...present({ nextAt: nextAtOf(record), hub: record.observed?.hub }),
});

/** Without what is undefined: JSON has none. */
const present = <Held extends object>(held: Held): Held =>
  Object.fromEntries(Object.entries(held).filter(([, value]) => value !== undefined)) as Held;

/** A document as a query answers it: with its key and its version, or with what is wrong with it. */
export const dueIn = (document: unknown): Due => {
  const { id, slice, _etag: version } = stored.parse(document);
  const key = { id, slice };
  const read = deviceDocument.safeParse(document);
  if (read.success) return { key, kept: { record: toRecord(read.data), version } };
  const [issue] = read.error.issues;
  return { key, fault: `${issue?.path.join('.')}: ${issue?.message}` };
};

const stored = z.object({ id: z.string(), slice: z.string(), _etag: z.string() });

/** @throws ZodError when it is none of ours. */
export const parseDeviceDocument = (document: unknown): DeviceRecord =>
  toRecord(deviceDocument.parse(document));

const toRecord = (read: z.output<typeof deviceDocument>): DeviceRecord => ({
  scope: read.scope,
  deviceId: read.deviceId,
  registrationId: read.registrationId,
  home: read.home,
  observed: read.observed,
  enrollment: read.enrollment,
  pending: read.pending,
  conflictsWith: read.conflictsWith,
  move: read.move,
  leftover: read.leftover,
  finding: read.finding,
  strayed: read.strayed ?? 0,
  ghosts: read.ghosts ?? [],
  labels: read.labels ?? {},
  claimed: read.claimed,
  pin: read.pin,
  quarantine: read.quarantine,
  lastMoveAt: read.lastMoveAt,
  lastMove: read.lastMove,
  traits: read.traits,
});
