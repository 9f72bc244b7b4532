import { z } from 'zod';
import type { World } from '../world.ts';
import { isoTime, randomHex, randomKey } from '../world.ts';
import { dpsError } from './dps-error.ts';

/** What a back end says of an enrollment, as far as this DPS has it: symmetric keys, and the custom allocation policy. */
const initialTwin = z.object({
  tags: z.record(z.string(), z.json()).optional(),
  properties: z.object({ desired: z.record(z.string(), z.json()).optional() }).optional(),
});
export type InitialTwin = z.output<typeof initialTwin>;

const key = z.string().optional();
const given = z.object({
  deviceId: z.string().optional(),
  attestation: z.object({
    type: z.literal('symmetricKey', 'the local DPS has symmetric keys only'),
    symmetricKey: z.object({ primaryKey: key, secondaryKey: key }).optional(),
  }),
  provisioningStatus: z.enum(['enabled', 'disabled']).default('enabled'),
  reprovisionPolicy: z
    .object({
      updateHubAssignment: z.boolean().default(true),
      migrateDeviceData: z.boolean().default(true),
    })
    .prefault({}),
  capabilities: z.object({ iotEdge: z.boolean().default(false) }).prefault({}),
  allocationPolicy: z.enum(
    ['custom', 'hashed'],
    'the local DPS has the policies custom and hashed only',
  ),
  customAllocationDefinition: z.object({ webhookUrl: z.url(), apiVersion: z.string() }).optional(),
  iotHubs: z.array(z.string()).optional(),
  initialTwin: initialTwin.optional(),
});

export type Enrollment = Omit<z.output<typeof given>, 'attestation'> & {
  readonly kind: 'group' | 'individual';
  /** The group's id, or the registration id. */
  readonly id: string;
  readonly primaryKey: string;
  readonly secondaryKey: string;
  readonly etag: string;
  readonly createdDateTimeUtc: string;
  readonly lastUpdatedDateTimeUtc: string;
};

/** @throws DpsError 400 naming the field. */
export const readEnrollment = (
  kind: Enrollment['kind'],
  id: string,
  body: unknown,
  before: Enrollment | undefined,
  world: World,
): Enrollment => {
  const read = given.safeParse(body);
  if (!read.success) throw dpsError(400, 400004, z.prettifyError(read.error));
  const { attestation, ...rest } = read.data;
  if (rest.allocationPolicy === 'custom' && !rest.customAllocationDefinition)
    throw dpsError(400, 400004, customNeedsDefinition);
  const now = isoTime(world.now());
  return {
    ...rest,
    kind,
    id,
    primaryKey: attestation.symmetricKey?.primaryKey || before?.primaryKey || randomKey(world),
    secondaryKey:
      attestation.symmetricKey?.secondaryKey || before?.secondaryKey || randomKey(world),
    etag: newEtag(world),
    createdDateTimeUtc: before?.createdDateTimeUtc ?? now,
    lastUpdatedDateTimeUtc: now,
  };
};

/** As Azure says it. @see https://github.com/MicrosoftDocs/azure-docs/issues/17690 */
const customNeedsDefinition =
  "A CustomAllocationDefinition is required when the allocation policy is set to 'Custom'";

export const newEtag = (world: World): string =>
  `"${randomHex(world, 8)}-0000-0300-0000-${randomHex(world, 12)}"`;

/** Without its keys, as the service answers, and as the webhook is sent it. */
export const toEnrollment = ({ kind, id, primaryKey, secondaryKey, ...rest }: Enrollment) => ({
  ...(kind === 'group' ? { enrollmentGroupId: id } : { registrationId: id }),
  attestation: { type: 'symmetricKey' },
  ...rest,
});
