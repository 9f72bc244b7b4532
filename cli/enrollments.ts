import { z } from 'zod';
import { changeEnrollment, type EnrollmentId } from '../shared/adapters/dps/change-enrollment.ts';
import { dpsClients, statusOf } from '../shared/adapters/dps/clients.ts';
import { systemCredential } from '../shared/adapters/system/credential.ts';
import { systemDeadline } from '../shared/adapters/system/deadline.ts';
import type { Scope } from '../shared/domain/scope.ts';

/** Enrollments of a DPS, as the genuine service SDK reads and writes them, with the webhook's whole address. */
export type Enrolled = EnrollmentId & {
  readonly isEnabled: boolean;
  readonly allocationPolicy: string | undefined;
  readonly webhookUrl: string | undefined;
  readonly apiVersion: string | undefined;
  readonly hubs: readonly string[];
  readonly reprovision: 'migrate' | 'reset' | 'never';
  readonly isEdge: boolean;
};

export type Enrollments = {
  readonly all: () => Promise<readonly Enrolled[]>;
  /** `gone`: somebody has deleted it meanwhile. */
  readonly putWebhook: (enrollment: EnrollmentId, webhookUrl: string) => Promise<'done' | 'gone'>;
};

/** Of the records that go to the webhook: what a device sends is among them from 2019-03-31 on. */
export const webhookApiVersion = '2021-10-01';

const pageSize = 500;
/** No call of the SDK ends by itself. */
const timeoutMs = 30_000;
/** A busy DPS says when to come again: its quota is a minute's. */
const attemptsMax = 6;
const againMs = 2_000;

const record = z
  .object({
    enrollmentGroupId: z.string().optional(),
    registrationId: z.string().optional(),
    provisioningStatus: z.string().nullish(),
    allocationPolicy: z.string().nullish(),
    customAllocationDefinition: z
      .object({ webhookUrl: z.string().nullish(), apiVersion: z.string().nullish() })
      .nullish(),
    iotHubs: z.array(z.string()).nullish(),
    reprovisionPolicy: z
      .object({
        updateHubAssignment: z.boolean().nullish(),
        migrateDeviceData: z.boolean().nullish(),
      })
      .nullish(),
    capabilities: z.object({ iotEdge: z.boolean().nullish() }).nullish(),
  })
  .transform(
    ({ enrollmentGroupId, registrationId, reprovisionPolicy: policy, ...read }): Enrolled => ({
      kind: enrollmentGroupId === undefined ? 'individual' : 'group',
      id: enrollmentGroupId ?? registrationId ?? '',
      isEnabled: read.provisioningStatus !== 'disabled',
      allocationPolicy: read.allocationPolicy ?? undefined,
      webhookUrl: read.customAllocationDefinition?.webhookUrl ?? undefined,
      apiVersion: read.customAllocationDefinition?.apiVersion ?? undefined,
      hubs: read.iotHubs ?? [],
      reprovision:
        policy?.updateHubAssignment === false
          ? 'never'
          : policy?.migrateDeviceData === false
            ? 'reset'
            : 'migrate',
      isEdge: read.capabilities?.iotEdge === true,
    }),
  );

type Query = {
  readonly next: (token: string | undefined) => Promise<{ readonly responseBody: unknown }>;
  readonly continuationToken: string;
};

/** @param entry a connection string, or a host name that is entered by who runs this. */
export const enrollmentsOf = async (
  entry: { readonly connectionString: string } | { readonly hostName: string },
  say: (line: string) => void,
): Promise<Enrollments> => {
  const scope = 'dps' as Scope;
  const access = { connectionString: undefined, hostName: undefined, ...entry };
  const client = await dpsClients(new Map([[scope, access]]), systemCredential)(scope);
  if (!client) throw new Error('There is no way into the DPS.');
  const rows = async (query: Query): Promise<readonly Enrolled[]> => {
    const found: Enrolled[] = [];
    // With its token by hand: the SDK's own promise never leaves the first page.
    for (let after: string | undefined; ; after = query.continuationToken) {
      const { responseBody } = await patiently(() => query.next(after), say);
      found.push(...z.array(record).parse(responseBody));
      if (!query.continuationToken) return found;
    }
  };
  const all = { query: '*' };
  return {
    all: async () => [
      ...(await rows(client.createEnrollmentGroupQuery(all, pageSize) as unknown as Query)),
      ...(await rows(client.createIndividualEnrollmentQuery(all, pageSize) as unknown as Query)),
    ],
    putWebhook: async (enrollment, webhookUrl) => {
      const customAllocationDefinition = { webhookUrl, apiVersion: webhookApiVersion };
      const change = { allocationPolicy: 'custom' as const, customAllocationDefinition };
      try {
        await patiently(() => changeEnrollment(client, enrollment, change), say);
        return 'done';
      } catch (error) {
        if ((error as { readonly status?: number }).status === 404) return 'gone';
        throw error;
      }
    },
  };
};

/** Again, where the DPS is busy or away, or somebody else was quicker. @throws Error saying what the DPS said; its `status`. */
const patiently = async <Answer>(
  ask: () => Promise<Answer>,
  say: (line: string) => void,
): Promise<Answer> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await systemDeadline(timeoutMs, ask);
    } catch (error) {
      const status = statusOf(error);
      const mayPass = status === undefined || status === 412 || status === 429 || status >= 500;
      if (attempt === attemptsMax || !mayPass) throw told(error, status);
      const waitMs = status === 412 ? 0 : retryAfterMs(error);
      if (waitMs > againMs) say(`the DPS is busy: again in ${waitMs / 1_000} s`);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
};

const retryAfterMs = (error: unknown): number => {
  type Answered = { readonly response?: { readonly headers?: Record<string, string> } };
  const seconds = Number((error as Answered).response?.headers?.['retry-after']);
  return seconds > 0 ? seconds * 1_000 : againMs;
};

const told = (error: unknown, status: number | undefined): Error => {
  const [why] = (error instanceof Error ? error.message : String(error)).split('\n');
  const message = `the DPS answers ${status ?? 'nothing'}: ${why}`;
  return Object.assign(new Error(message, { cause: error }), { status });
};
