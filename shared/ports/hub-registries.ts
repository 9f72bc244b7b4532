import type { TwinSight } from '../campaign/look.ts';
import type { HubHostName } from '../domain/hub.ts';

/** What a hub's registry says of its twin. */
export type Registered = {
  readonly deviceId: string;
  readonly sight: Extract<TwinSight, { readonly kind: 'found' }>;
};

/** The hubs' registries. A hub that gives no answer throws: whoever asked asks again later. */
export type HubRegistries = {
  /** How many devices it holds. It costs no quota. */
  readonly countDevices: (hub: HubHostName) => Promise<number>;
  /** All of its devices, 100 at most a page; `after` is where the page before ended. A query of the hub's quota. */
  readonly page: (
    hub: HubHostName,
    after: string | undefined,
  ) => Promise<{ readonly devices: readonly Registered[]; readonly after: string | undefined }>;
  /** Those of these that it holds, 100 at most. A query of the hub's quota, which may be minutes behind. */
  readonly among: (
    hub: HubHostName,
    deviceIds: readonly string[],
  ) => Promise<readonly Registered[]>;
};

/** @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-query-language */
export const registryPageMax = 100;
