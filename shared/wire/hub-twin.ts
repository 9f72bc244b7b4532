import { z } from 'zod';
import type { TwinSight } from '../campaign/look.ts';
import type { HubHostName } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import { advertisesContract, fromIso, parseWord } from './device-contract.ts';

/**
 * A hub's twin of a device, as `GET /twins/{id}` answers it, as far as it is read.
 * @see https://learn.microsoft.com/rest/api/iothub/service/devices/get-twin
 */
const hubTwin = z.object({
  status: z.string().optional(),
  connectionState: z.string().optional(),
  /** `0001-01-01T00:00:00Z` for never. */
  lastActivityTime: z.string().optional(),
  capabilities: z.object({ iotEdge: z.boolean().optional() }).optional(),
  properties: z.object({ reported: z.record(z.string(), z.unknown()).optional() }).optional(),
});

/** @throws ZodError when it is none. */
export const parseHubTwin = (
  hub: HubHostName,
  body: unknown,
  propertyName: string | undefined,
): TwinSight => {
  const { status, connectionState, lastActivityTime, capabilities, properties } =
    hubTwin.parse(body);
  const reported = propertyName === undefined ? undefined : properties?.reported?.[propertyName];
  return {
    kind: 'found',
    enabled: status !== 'disabled',
    iotEdge: capabilities?.iotEdge ?? false,
    // Without a property to say it in, whoever set the profile has said it for the fleet.
    advertises: propertyName === undefined || advertisesContract(reported),
    connected: connectionState?.toLowerCase() === 'connected',
    lastActivityAt: activity(lastActivityTime),
    word: parseWord(hub, reported),
  };
};

const activity = (text: string | undefined): Instant | undefined => {
  const at = fromIso(text ?? '');
  return at > 0 ? at : undefined;
};
