import { z } from 'zod';
import { registrationId, registrationIdLengthMax } from '../domain/device.ts';
import type { Enrollment, ReprovisionPolicy } from '../domain/enrollment.ts';
import { type HubHostName, hubHostName } from '../domain/hub.ts';
import { parseScope, type Scope } from '../domain/scope.ts';
import type { AllocationRequest } from '../ports/late-decisions.ts';
import { folded } from './folded.ts';
import { parseJson } from './parse-json.ts';
import { fieldErrors, type Refusal, refuse } from './problem.ts';

/**
 * The DPS custom allocation webhook.
 * @see https://learn.microsoft.com/azure/iot-dps/concepts-custom-allocation
 */

/** DPS's largest message is 96 KB; more than this is not from a DPS. */
export const bodyBytesMax = 128 * 1024;

export type ParsedAllocationRequest = {
  readonly kind: 'asked';
  readonly request: AllocationRequest;
};

/**
 * The route's scope and the body's text → the request, or a refusal that names each bad field. What Rehome does not use
 * (attestation, twins, keys, all of the payload but the request id) is not read; unknown properties are ignored.
 */
export const parseAllocationRequest = (
  scopeText: string,
  bodyText: string,
  scopes: ReadonlySet<Scope>,
): ParsedAllocationRequest | Refusal => {
  const scope = parseScope(scopeText);
  if (!scope || !scopes.has(scope)) {
    return refuse('unknown-scope', [{ field: 'scope', detail: 'not one of REHOME_SCOPES' }]);
  }
  if (Buffer.byteLength(bodyText) > bodyBytesMax) {
    return refuse('bad-request', [{ field: 'body', detail: `more than ${bodyBytesMax} bytes` }]);
  }
  const body = parseJson(bodyText);
  if (body === undefined) return refuse('bad-request', [{ field: 'body', detail: 'not JSON' }]);
  const read = allocationRequest.safeParse(body);
  if (!read.success) {
    const device = identified.safeParse(body).data?.deviceRuntimeContext.registrationId;
    return {
      ...refuse('bad-request', fieldErrors(read.error)),
      ...(device === undefined ? {} : { registrationId: device }),
    };
  }
  return { kind: 'asked', request: { scope, ...read.data } };
};

/** Both absent, as in old enrollments, means DPS's default: migrate. */
const reprovisionPolicy = folded({
  updateHubAssignment: z.boolean().default(true),
  migrateDeviceData: z.boolean().default(true),
}).transform(({ updateHubAssignment, migrateDeviceData }): ReprovisionPolicy => {
  if (!updateHubAssignment) return 'never';
  return migrateDeviceData ? 'migrate' : 'reset';
});

/** Ours are shorter. */
const requestIdLengthMax = 64;

const name = z.string().min(1).max(registrationIdLengthMax);
const hostName = z.string().min(1).max(253);

/** What an enrollment of either kind says about moves. */
const common = {
  reprovisionPolicy: reprovisionPolicy.optional(),
  iotHubs: z.array(hostName.transform(hubHostName)).optional(),
  etag: z.string().optional(),
};

const toEnrollment = (
  kind: Enrollment['kind'],
  id: string,
  {
    reprovisionPolicy: reprovision = 'migrate',
    iotHubs,
    etag,
  }: z.output<z.ZodObject<typeof common>>,
): Enrollment => ({
  kind,
  id,
  reprovision,
  hubs: iotHubs?.length ? iotHubs : undefined,
  linked: undefined,
  etag,
});

const individualEnrollment = folded({
  registrationId: name,
  deviceId: name.optional(),
  ...common,
}).transform(({ registrationId: id, deviceId, ...rest }) => ({
  enrollment: toEnrollment('individual', id, rest),
  deviceId,
}));

const enrollmentGroup = folded({ enrollmentGroupId: name, ...common }).transform(
  ({ enrollmentGroupId: id, ...rest }) => ({
    enrollment: toEnrollment('group', id, rest),
    deviceId: undefined,
  }),
);

/** What a refusal can still say of the device. */
const identified = folded({
  deviceRuntimeContext: folded({ registrationId: name.transform(registrationId) }),
});

/** Whatever else the device sends is none of ours, and never a reason to refuse it. */
const payload = z
  .object({ rehome: z.object({ requestId: z.string().max(requestIdLengthMax) }) })
  .optional()
  .catch(undefined);

/** Under never-reprovision a device's own hub is named alone. */
const linkedOf = (
  { reprovision }: Enrollment,
  linkedHubs: readonly string[],
): Enrollment['linked'] =>
  reprovision === 'never' ? undefined : [...new Set(linkedHubs.map(hubHostName))].sort();

const allocationRequest = folded({
  individualEnrollment: individualEnrollment.optional(),
  enrollmentGroup: enrollmentGroup.optional(),
  deviceRuntimeContext: folded({
    registrationId: name,
    currentIotHubHostName: hostName.transform(hubHostName).optional(),
    currentDeviceId: name.optional(),
    payload: payload.optional(),
  }),
  linkedHubs: z.array(hostName).min(1),
}).transform((body, context) => {
  const enrollments = [body.individualEnrollment, body.enrollmentGroup].filter((held) => !!held);
  const [enrolled] = enrollments;
  if (!enrolled || enrollments.length > 1) {
    context.addIssue({
      code: 'custom',
      path: ['enrollmentGroup'],
      message: 'expected either enrollmentGroup or individualEnrollment',
    });
    return z.NEVER;
  }
  const {
    registrationId: spelled,
    currentDeviceId,
    currentIotHubHostName,
  } = body.deviceRuntimeContext;
  return {
    enrollment: { ...enrolled.enrollment, linked: linkedOf(enrolled.enrollment, body.linkedHubs) },
    reprovision: enrolled.enrollment.reprovision,
    registrationId: registrationId(spelled),
    deviceId: currentDeviceId ?? enrolled.deviceId ?? spelled,
    currentHub: currentIotHubHostName,
    linkedHubs: body.linkedHubs,
    requestId: body.deviceRuntimeContext.payload?.rehome.requestId,
    triedInVain: new Set<HubHostName>(),
    released: undefined,
  };
});
