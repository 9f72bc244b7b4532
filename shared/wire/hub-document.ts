import { z } from 'zod';
import { type Hub, hubHostName, hubStates, troubles } from '../domain/hub.ts';
import { instant } from '../domain/instant.ts';

const time = z.number().transform(instant);

/** A hub as a document of the `hubs` container; `id` is its host name. */
const hubDocument = z.object({
  schemaVersion: z.literal(1),
  id: z.string().transform(hubHostName),
  state: z.enum(hubStates),
  weight: z.number().positive(),
  capacity: z.int().positive(),
  deviceCount: z.int().nonnegative().optional(),
  countedAt: time.optional(),
  region: z.string().optional(),
  tier: z.string().optional(),
  units: z.int().positive().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  daily: z
    .object({
      messageCountMax: z.int().positive(),
      perDevice: z.number().positive().optional(),
      messageCount: z.int().nonnegative().optional(),
      measuredAt: time.optional(),
    })
    .optional(),
  joinedAt: time.optional(),
  intakePerMinuteMax: z.int().positive().optional(),
  trouble: z.object({ kind: z.enum(troubles), since: time }).optional(),
  troubleAt: time.optional(),
  silentSince: time.optional(),
  silentAt: time.optional(),
});
export type HubDocument = z.input<typeof hubDocument>;

export const toHubDocument = ({ hostName, tags, ...hub }: Hub): HubDocument => ({
  schemaVersion: 1,
  id: hostName,
  ...JSON.parse(JSON.stringify(hub)), // without what is undefined
  ...(Object.keys(tags).length > 0 ? { tags } : {}),
});

/** @throws ZodError when it is none of ours. */
export const parseHubDocument = (document: unknown): Hub => {
  const { id, schemaVersion: _, daily, ...read } = hubDocument.parse(document);
  return {
    hostName: id,
    state: read.state,
    weight: read.weight,
    capacity: read.capacity,
    deviceCount: read.deviceCount,
    countedAt: read.countedAt,
    region: read.region,
    tier: read.tier,
    units: read.units ?? 1,
    tags: read.tags ?? {},
    daily: daily && {
      messageCountMax: daily.messageCountMax,
      perDevice: daily.perDevice,
      messageCount: daily.messageCount,
      measuredAt: daily.measuredAt,
    },
    joinedAt: read.joinedAt,
    intakePerMinuteMax: read.intakePerMinuteMax,
    trouble: read.trouble,
    troubleAt: read.troubleAt,
    silentSince: read.silentSince,
    silentAt: read.silentAt,
  };
};
