import { z } from 'zod';
import type { Registration } from '../allocation/registration.ts';
import { registrationId, registrationIdLengthMax } from '../domain/device.ts';
import type { Enrollment, ReprovisionPolicy } from '../domain/enrollment.ts';
import { hubHostName } from '../domain/hub.ts';
import { parseScope, type Scope } from '../domain/scope.ts';
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
  readonly request: Registration;
};

/**
 * The route's scope and the body's text → the request, or a refusal that names each bad field. What Rehome does not use
 * (attestation, twins, keys) is not read; unknown properties are ignored. The payload is any JSON, for rules to look at.
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

/**
 * What hubs take as a deviceId, and so all that DPS takes as a registrationId. Anything else would be another device to a store, or none.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-identity-registry#device-identity-properties
 */
const name = z
  .string()
  .regex(
    new RegExp(`^[\\w\\-:.+%#*?!(),=@$']{1,${registrationIdLengthMax}}$`),
    `expected 1 to ${registrationIdLengthMax} letters, digits and - : . + % _ # * ? ! ( ) , = @ $ '`,
  );

const hostName = z.string().regex(/^[\w.-]{1,253}$/, 'expected a host name');

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
  asksUs: true,
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

/** Hubs and regions that a device may measure: those that a DPS can link, and a region for each. */
const latencyCountMax = 100;
const place = /^[a-z0-9][a-z0-9.-]{0,252}$/;

const latenciesOf = (measured: unknown): ReadonlyMap<string, number> => {
  if (typeof measured !== 'object' || measured === null) return new Map();
  const sound = Object.entries(measured)
    .slice(0, latencyCountMax)
    .map(([name, ms]) => [name.toLowerCase(), ms])
    .filter(([name, ms]) => place.test(name) && Number.isFinite(ms) && ms >= 0);
  return new Map(sound as [string, number][]);
};

/** What the device tells Rehome, in `rehome` of its payload. What is malformed is as if it were not said: no reason to refuse a device. */
const told = z.object({
  requestId: z
    .string()
    .regex(new RegExp(`^[\\w:-]{1,${requestIdLengthMax}}$`))
    .optional()
    .catch(undefined),
  region: z
    .string()
    .toLowerCase()
    .regex(/^[a-z0-9]{1,64}$/)
    .optional()
    .catch(undefined),
  latencyMs: z.unknown().optional().transform(latenciesOf),
});

const toldIn = (payload: unknown) => {
  const read = z.object({ rehome: told }).safeParse(payload);
  return read.data?.rehome ?? { requestId: undefined, region: undefined, latencyMs: new Map() };
};

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
    payload: z.unknown().optional(),
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
    payload,
  } = body.deviceRuntimeContext;
  const { requestId, region, latencyMs } = toldIn(payload);
  return {
    enrollment: { ...enrolled.enrollment, linked: linkedOf(enrolled.enrollment, body.linkedHubs) },
    registrationId: registrationId(spelled),
    deviceId: currentDeviceId ?? enrolled.deviceId ?? spelled,
    currentHub: currentIotHubHostName,
    linkedHubs: body.linkedHubs,
    requestId,
    payload,
    region,
    latencies: latencyMs,
  };
});
