import { z } from 'zod';
import { registrationId } from '../domain/device.ts';
import type { Enrollment, ReprovisionPolicy } from '../domain/enrollment.ts';
import { hubHostName } from '../domain/hub.ts';
import type { Scope } from '../domain/scope.ts';
import type { ProvisioningRecord } from '../ports/provisioning-records.ts';
import type { RegistrationState } from '../ports/provisioning-repair.ts';
import { fromIso } from './device-contract.ts';

/**
 * What the service API of a DPS answers, as far as it is read: neither attestation nor twins, and of a webhook's address, which holds its key,
 * only whose it is. @see https://learn.microsoft.com/rest/api/iot-dps/service
 */
const common = {
  allocationPolicy: z.string().nullish(),
  reprovisionPolicy: z
    .object({
      updateHubAssignment: z.boolean().nullish(),
      migrateDeviceData: z.boolean().nullish(),
    })
    .nullish(),
  iotHubs: z.array(z.string()).nullish(),
  iotHubHostName: z.string().nullish(),
  customAllocationDefinition: z.object({ webhookUrl: z.string().nullish() }).nullish(),
  etag: z.string().nullish(),
};

const registration = z.object({
  registrationId: z.string(),
  deviceId: z.string().nullish(),
  assignedHub: z.string().nullish(),
  status: z.string().nullish(),
  lastUpdatedDateTimeUtc: z.string().nullish(),
});
const group = z.object({ enrollmentGroupId: z.string(), ...common });
const individual = z.object({
  registrationId: z.string(),
  ...common,
  registrationState: registration.nullish(),
});

/** @throws ZodError when it is none. */
export const parseGroup = (scope: Scope, json: unknown): Enrollment => {
  const read = group.parse(json);
  return toEnrollment(scope, 'group', read.enrollmentGroupId, read);
};

/** @throws ZodError when it is none. */
export const parseIndividual = (scope: Scope, json: unknown) => {
  const read = individual.parse(json);
  return {
    enrollment: toEnrollment(scope, 'individual', read.registrationId, read),
    record: read.registrationState ? toRecord(read.registrationState) : undefined,
  };
};

/** Undefined where the device is on no hub. @throws ZodError when it is none. */
export const parseRegistration = (json: unknown): ProvisioningRecord | undefined =>
  toRecord(registration.parse(json));

/** @throws ZodError when it is none. */
export const parseRegistrationState = (json: unknown): RegistrationState => {
  const { status, lastUpdatedDateTimeUtc } = registration.parse(json);
  const at = fromIso(lastUpdatedDateTimeUtc ?? '');
  if ((status !== 'assigned' && status !== 'failed') || Number.isNaN(at)) return { kind: 'other' };
  return { kind: status, at };
};

const toRecord = ({
  registrationId: spelled,
  deviceId,
  assignedHub,
  lastUpdatedDateTimeUtc,
}: z.output<typeof registration>): ProvisioningRecord | undefined => {
  const at = fromIso(lastUpdatedDateTimeUtc ?? '');
  if (!assignedHub || !(at > 0)) return undefined;
  return {
    registrationId: registrationId(spelled),
    deviceId: deviceId ?? spelled,
    assigned: { hub: hubHostName(assignedHub), at },
  };
};

const toEnrollment = (
  scope: Scope,
  kind: Enrollment['kind'],
  id: string,
  given: z.output<z.ZodObject<typeof common>>,
): Enrollment => {
  const hubs = given.iotHubs?.length ? given.iotHubs : undefined;
  return {
    kind,
    id,
    reprovision: reprovisionOf(given.reprovisionPolicy),
    hubs: hubs?.map(hubHostName),
    linked: undefined,
    asksUs: asksUs(scope, given),
    etag: given.etag ?? undefined,
  };
};

/** Both absent, as in old enrollments, means DPS's default: migrate. */
const reprovisionOf = (policy: z.output<typeof common.reprovisionPolicy>): ReprovisionPolicy => {
  if (policy?.updateHubAssignment === false) return 'never';
  return policy?.migrateDeviceData === false ? 'reset' : 'migrate';
};

/** By our own route: the host may be another name of the app. */
const asksUs = (
  scope: Scope,
  { allocationPolicy, customAllocationDefinition }: z.output<z.ZodObject<typeof common>>,
): boolean => {
  const url = customAllocationDefinition?.webhookUrl;
  if (allocationPolicy !== 'custom' || !url || !URL.canParse(url)) return false;
  return new URL(url).pathname.toLowerCase().endsWith(`/dps/${scope}/allocate`);
};
