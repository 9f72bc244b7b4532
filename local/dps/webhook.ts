import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Json, JsonObject } from '../json.ts';
import { sleep } from '../world.ts';
import type { Dps, LinkedHub, Registration } from './dps.ts';
import { type Enrollment, type InitialTwin, toEnrollment } from './enrollment.ts';

export type WebhookOutcome =
  | {
      readonly kind: 'answered';
      readonly target: LinkedHub;
      readonly initialTwin: InitialTwin | undefined;
      readonly payload: Json | undefined;
    }
  | { readonly kind: 'failed'; readonly errorCode: number; readonly errorMessage: string };

/**
 * The documented retries: after 1, 10, 19 … seconds.
 * @see https://learn.microsoft.com/azure/iot-dps/tutorial-custom-allocation-policies#troubleshooting-custom-allocation-policies
 */
const retries = { initialMs: 1_000, incrementMs: 9_000 };

/** Asks the enrollment's webhook where the device belongs, again while the documents say so. */
export const askWebhook = async (
  dps: Dps,
  enrollment: Enrollment,
  registration: Registration,
  payload: Json | undefined,
): Promise<WebhookOutcome> => {
  const { callWebhook, undocumented, world } = dps;
  const { customAllocationDefinition: custom } = enrollment;
  if (!custom) return byHash(dps, enrollment, registration);
  const { webhookUrl } = custom;
  const body = toAllocationRequest(dps, enrollment, registration, payload);
  for (let retry = 0; ; retry += 1) {
    const reply = await callWebhook(webhookUrl, body, undocumented.webhookTimeoutMs);
    const status = reply?.status ?? 504;
    if (reply && status < 429) return outcome(dps, status, reply.body, linkedHubsOf(body));
    if (retry === undocumented.retryCountMax || !isRetried(dps, reply?.status))
      return failed(status);
    await sleep(world, retries.initialMs + retry * retries.incrementMs);
  }
};

/** DPS's evenly weighted policy: a hash of the device, over the hubs that it may be on. */
const byHash = (dps: Dps, enrollment: Enrollment, registration: Registration): WebhookOutcome => {
  const { registrationId, assignedHub } = registration;
  const names = linkedHubNames(dps, enrollment, assignedHub).sort();
  const digest = createHash('sha256').update(registrationId.toLowerCase()).digest();
  const chosen = names[digest.readUInt32BE() % names.length];
  const target = dps.linkedHubs.get(chosen?.toLowerCase() ?? '');
  if (!target) return failed(404);
  return { kind: 'answered', target, initialTwin: undefined, payload: undefined };
};

const isRetried = ({ undocumented }: Dps, status: number | undefined): boolean => {
  if (status === undefined) return undocumented.retriesTimeout;
  return status !== 500 || undocumented.retries500;
};

/** What DPS sends: the enrollment without its keys, the webhook's own query masked. */
const toAllocationRequest = (
  dps: Dps,
  enrollment: Enrollment,
  { registrationId, assignedHub, deviceId, status }: Registration,
  payload: Json | undefined,
): JsonObject => {
  const { customAllocationDefinition: custom, ...rest } = toEnrollment(enrollment);
  const webhookUrl = (custom?.webhookUrl ?? '').replace(/\?.*$/, '?****');
  const isAssigned = assignedHub !== undefined && status !== 'unassigned';
  return {
    [enrollment.kind === 'group' ? 'enrollmentGroup' : 'individualEnrollment']: {
      ...rest,
      customAllocationDefinition: { ...custom, webhookUrl },
    } as unknown as JsonObject,
    deviceRuntimeContext: {
      registrationId,
      ...attestationContext(dps),
      ...(isAssigned
        ? { currentIotHubHostName: assignedHub, currentDeviceId: deviceId ?? registrationId }
        : {}),
      ...(payload === undefined ? {} : { payload }),
    },
    linkedHubs: linkedHubNames(dps, enrollment, isAssigned ? assignedHub : undefined),
  };
};

const attestationContext = ({ undocumented }: Dps): JsonObject => {
  const clientCertificate = Buffer.from('a certificate in DER').toString('base64');
  switch (undocumented.attestationContext) {
    case 'symmetric key':
      return { symmetricKey: {} };
    case 'certificate':
      return { x509: { clientCertificate } };
    case 'certificate and chain':
      return { x509: { clientCertificate, certificateChain: [clientCertificate] } };
  }
};

const linkedHubsOf = (body: JsonObject): readonly string[] => body['linkedHubs'] as string[];

/** The enrollment's hubs, else all that are linked; under never-reprovision the current one alone. */
const linkedHubNames = (
  { linkedHubs, undocumented, world }: Dps,
  { iotHubs, reprovisionPolicy }: Enrollment,
  current: string | undefined,
): string[] => {
  if (current !== undefined && !reprovisionPolicy.updateHubAssignment) return [current];
  const listed = [...linkedHubs.entries()]
    .filter(
      ([, { applyAllocationPolicy }]) => applyAllocationPolicy || undocumented.listsUnappliedHubs,
    )
    .map(([hostName]) => hostName);
  const names = iotHubs?.length ? [...iotHubs] : listed;
  switch (undocumented.linkedHubsOrder) {
    case 'as linked':
      return names;
    case 'reversed':
      return names.reverse();
    case 'shuffled':
      return names
        .map((hostName) => ({ hostName, drawn: world.random() }))
        .sort((one, other) => one.drawn - other.drawn)
        .map(({ hostName }) => hostName);
  }
};

const answer = z.object({
  iotHubHostName: z.string().nullish(),
  initialTwin: z
    .object({
      tags: z.record(z.string(), z.json()).optional(),
      properties: z.object({ desired: z.record(z.string(), z.json()).optional() }).optional(),
    })
    .nullish(),
  payload: z.json().optional(),
});

const outcome = (
  dps: Dps,
  status: number,
  body: unknown,
  linked: readonly string[],
): WebhookOutcome => {
  if (status === 401) {
    return {
      kind: 'failed',
      errorCode: 400_209,
      errorMessage: 'Custom allocation was not authorized',
    };
  }
  const read = answer.safeParse(body);
  if (status !== 200 || !read.success) return failed(status);
  const { iotHubHostName, initialTwin, payload } = read.data;
  if (!iotHubHostName) {
    return { kind: 'failed', errorCode: 400_208, errorMessage: 'Custom allocation named no hub' };
  }
  const target = linked.includes(iotHubHostName)
    ? dps.linkedHubs.get(iotHubHostName.toLowerCase())
    : undefined;
  if (!target) {
    const errorCode = dps.undocumented.unlinkedAnswerCode;
    return {
      kind: 'failed',
      errorCode,
      errorMessage: 'Custom allocation named a hub that is not linked',
    };
  }
  return {
    kind: 'answered',
    target,
    initialTwin: initialTwin ?? undefined,
    payload: payload as Json | undefined,
  };
};

const failed = (status: number): WebhookOutcome => ({
  kind: 'failed',
  errorCode: 400_207,
  errorMessage: `Custom allocation failed with status code: ${status}`,
});
