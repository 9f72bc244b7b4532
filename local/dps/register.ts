import type { HubDevice } from '../iot-hub/device.ts';
import { isHubError } from '../iot-hub/hub-error.ts';
import type { Json } from '../json.ts';
import { derivedKey, parseSas, sasProves } from '../sas.ts';
import { isoTime, randomHex } from '../world.ts';
import { type Dps, enrollmentKey, type Operation, type Registration } from './dps.ts';
import { dpsError } from './dps-error.ts';
import { type Enrollment, newEtag } from './enrollment.ts';
import { newMeter, spend } from './quota.ts';
import { type Keys, settle } from './settle.ts';
import { askWebhook } from './webhook.ts';

/** The enrollment that a device's token proves, and the device's own keys. @throws DpsError 401 */
export const proveDevice = (
  dps: Dps,
  idScope: string,
  registrationId: string,
  sas: string | undefined,
): { readonly enrollment: Enrollment; readonly keys: Keys } => {
  const token = parseSas(sas);
  const resource = `${idScope}/registrations/${registrationId}`;
  const proves = ({ primaryKey, secondaryKey }: Keys): boolean =>
    sasProves(token, resource, [primaryKey, secondaryKey], dps.world.now());

  const own = dps.enrollments.get(enrollmentKey('individual', registrationId));
  const candidates = own
    ? [own]
    : [...dps.enrollments.values()].filter(({ kind }) => kind === 'group');
  for (const enrollment of idScope === dps.idScope ? candidates : []) {
    const keys = own ? enrollment : derivedKeys(enrollment, registrationId);
    if (proves(keys)) return { enrollment, keys };
  }
  throw dpsError(401, 401002, 'Unauthorized');
};

const derivedKeys = ({ primaryKey, secondaryKey }: Keys, registrationId: string): Keys => ({
  primaryKey: derivedKey(primaryKey, registrationId),
  secondaryKey: derivedKey(secondaryKey, registrationId),
});

/**
 * A device registers. Answers the operation, which is `assigning` until it is done; the one under way where there is one.
 * @throws DpsError 401, or 429 when the service's quota is used up.
 */
export const register = (
  dps: Dps,
  idScope: string,
  registrationId: string,
  sas: string | undefined,
  payload: Json | undefined,
): Operation => {
  const { enrollment, keys } = proveDevice(dps, idScope, registrationId, sas);
  spend(dps.registrationMeter, dps.quotas.registrations, dps.world);
  const key = registrationId.toLowerCase();
  const running = dps.operations.get(key);
  if (running?.status === 'assigning') return running;

  const before = dps.registrations.get(key);
  const registration = before ?? newRegistration(dps, registrationId);
  registration.enrollment = enrollmentKey(enrollment.kind, enrollment.id);
  dps.registrations.set(key, registration);
  const operation: Operation = {
    operationId: `5.${randomHex(dps.world, 16)}.${randomHex(dps.world, 32)}`,
    status: 'assigning',
    polls: newMeter(),
    done: assign(dps, enrollment, keys, registration, payload).then(() => {
      operation.status = registration.status;
    }),
  };
  dps.operations.set(key, operation);
  return operation;
};

const newRegistration = ({ world }: Dps, registrationId: string): Registration => ({
  registrationId,
  createdDateTimeUtc: isoTime(world.now()),
  status: 'unassigned',
  assignedHub: undefined,
  deviceId: undefined,
  substatus: undefined,
  errorCode: undefined,
  errorMessage: undefined,
  payload: undefined,
  lastUpdatedDateTimeUtc: isoTime(world.now()),
  etag: newEtag(world),
  enrollment: '',
});

const assign = async (
  dps: Dps,
  enrollment: Enrollment,
  keys: Keys,
  registration: Registration,
  payload: Json | undefined,
): Promise<void> => {
  const before = { ...registration };
  registration.status = 'assigning';
  const change = await decided(dps, enrollment, keys, before, payload);
  Object.assign(registration, { errorCode: undefined, errorMessage: undefined }, change, {
    lastUpdatedDateTimeUtc: isoTime(dps.world.now()),
    etag: newEtag(dps.world),
  });
};

const decided = async (
  dps: Dps,
  enrollment: Enrollment,
  keys: Keys,
  before: Registration,
  payload: Json | undefined,
): Promise<Partial<Registration>> => {
  if (enrollment.provisioningStatus === 'disabled') return { status: 'disabled' };
  const outcome = await askWebhook(dps, enrollment, before, payload);
  if (outcome.kind === 'failed') {
    const { errorCode, errorMessage } = outcome;
    return { status: 'failed', errorCode, errorMessage };
  }
  try {
    const { hub, device, substatus } = settle(dps, enrollment, keys, before, outcome);
    return { status: 'assigned', ...assigned(hub, device), substatus, payload: outcome.payload };
  } catch (error) {
    if (!isHubError(error)) throw error;
    return { status: 'failed', errorCode: 400_000, errorMessage: error.message };
  }
};

const assigned = (hub: { readonly hostName: string }, device: HubDevice) => ({
  assignedHub: hub.hostName,
  deviceId: device.deviceId,
});
