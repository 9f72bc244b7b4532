import { createHash } from 'node:crypto';
import type { Brand } from './brand.ts';
import type { HubHostName } from './hub.ts';
import type { Instant } from './instant.ts';
import type { Scope } from './scope.ts';

/** What a device calls itself at DPS, folded to lower case: DPS ignores its case, as hubs do not ignore a deviceId's. */
export type RegistrationId = Brand<string, 'RegistrationId'>;

export const registrationId = (spelled: string): RegistrationId =>
  spelled.toLowerCase() as RegistrationId;

/**
 * The longest registration id that DPS takes.
 * @see https://learn.microsoft.com/azure/iot-dps/concepts-service#registration-id
 */
export const registrationIdLengthMax = 128;

/** Where a device's record is kept. */
export type DeviceKey = { readonly id: string; readonly slice: string };

/** How many slices the records are spread over. It cannot change: a slice is computed from the id. */
const sliceCount = 4_096;

/**
 * Scope and deviceId, folded to lower case, because a registration id is, and with what Cosmos forbids in an id escaped:
 * `main:pump%2f7`. @see https://learn.microsoft.com/rest/api/cosmos-db/documents
 */
export const deviceKey = (scope: Scope, deviceId: string): DeviceKey => {
  const escaped = deviceId
    .toLowerCase()
    .replaceAll(/[%/\\?#]/g, encodeURIComponent)
    .toLowerCase();
  const id = `${scope}:${escaped}`;
  const slice = createHash('sha256').update(id).digest().readUInt16BE() % sliceCount;
  return { id, slice: `s${String(slice).padStart(4, '0')}` };
};

/** A hub that evidence last saw the device on: a fact, which follows evidence. */
export type Observation = { readonly hub: HubHostName; readonly at: Instant };

/** A hub that DPS was answered and that nothing has confirmed yet: a reply is not an outcome. It is not load. */
export type PendingAnswer = {
  readonly hub: HubHostName;
  /** How often it was answered. */
  readonly calls: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** Hubs that were answered before it in vain. */
  readonly tried: readonly HubHostName[];
};

/** What Rehome knows of a device. */
export type DeviceRecord = {
  readonly scope: Scope;
  /** As spelled where DPS or the enrollment gave it, else the registration id. */
  readonly deviceId: string;
  readonly registrationId: RegistrationId;
  readonly observed: Observation | undefined;
  readonly pending: PendingAnswer | undefined;
  /** Another deviceId that differs from this one in case alone, and so shares its key: such a device is not movable. */
  readonly conflictsWith: string | undefined;
};
