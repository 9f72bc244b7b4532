import { z } from 'zod';
import { type Hub, hubHostName, hubStates } from '../domain/hub.ts';

/** A hub as a document of the `hubs` container; `id` is its host name. */
const hubDocument = z.object({
  schemaVersion: z.literal(1),
  id: z.string().transform(hubHostName),
  state: z.enum(hubStates),
  weight: z.number().positive(),
  capacity: z.int().positive(),
  deviceCount: z.int().nonnegative().optional(),
});
export type HubDocument = z.input<typeof hubDocument>;

export const toHubDocument = ({ hostName, deviceCount, ...hub }: Hub): HubDocument => ({
  schemaVersion: 1,
  id: hostName,
  ...hub,
  ...(deviceCount === undefined ? {} : { deviceCount }),
});

/** @throws ZodError when it is none of ours. */
export const parseHubDocument = (document: unknown): Hub => {
  const { id, state, weight, capacity, deviceCount } = hubDocument.parse(document);
  return { hostName: id, state, weight, capacity, deviceCount };
};
