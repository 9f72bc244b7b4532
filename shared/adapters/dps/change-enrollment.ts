import type { ProvisioningServiceClient as Client } from 'azure-iot-provisioning-service';

type EnrollmentGroup = Parameters<Client['createOrUpdateEnrollmentGroup']>[0];
type IndividualEnrollment = Parameters<Client['createOrUpdateIndividualEnrollment']>[0];
type Change = Pick<
  Partial<EnrollmentGroup>,
  'allocationPolicy' | 'customAllocationDefinition' | 'reprovisionPolicy'
>;
export type EnrollmentId = { readonly kind: 'group' | 'individual'; readonly id: string };

/**
 * An enrollment is read, changed, and put back on its etag, so that nobody else's change is lost. Symmetric keys are not in what is read:
 * put back without them, it might be given others, so they are asked for. Certificates and a TPM go back as they were read.
 * @throws what the SDK throws: 404 where it is gone, 412 where somebody else has changed it.
 */
export const changeEnrollment = async (
  client: Client,
  { kind, id }: EnrollmentId,
  change: Change,
): Promise<void> => {
  if (kind === 'group') {
    const { responseBody: group } = await client.getEnrollmentGroup(id);
    const keys = isByKey(group)
      ? (await client.getEnrollmentGroupAttestationMechanism(id)).responseBody
      : group.attestation;
    await client.createOrUpdateEnrollmentGroup({ ...group, attestation: keys, ...change });
    return;
  }
  const { responseBody: own } = await client.getIndividualEnrollment(id);
  const keys = isByKey(own)
    ? (await client.getIndividualEnrollmentAttestationMechanism(id)).responseBody
    : own.attestation;
  const { registrationState: _, ...written } = own; // it is DPS's to say
  const changed = { ...written, attestation: keys, ...change } as IndividualEnrollment;
  await client.createOrUpdateIndividualEnrollment(changed);
};

const isByKey = ({ attestation }: Pick<EnrollmentGroup, 'attestation'>): boolean =>
  attestation.type === 'symmetricKey';
