import type { ProvisioningServiceClient as Client } from 'azure-iot-provisioning-service';

type EnrollmentGroup = Parameters<Client['createOrUpdateEnrollmentGroup']>[0];
export type EnrollmentId = { readonly kind: 'group' | 'individual'; readonly id: string };

/**
 * An enrollment is read, changed, and put back on its etag, so that nobody else's change is lost. What is read of it does not have its
 * keys: put back without them, it might be given others.
 * @throws what the SDK throws: 404 where it is gone, 412 where somebody else has changed it.
 */
export const changeEnrollment = async (
  client: Client,
  { kind, id }: EnrollmentId,
  change: Pick<
    Partial<EnrollmentGroup>,
    'allocationPolicy' | 'customAllocationDefinition' | 'reprovisionPolicy'
  >,
): Promise<void> => {
  if (kind === 'group') {
    const { responseBody: group } = await client.getEnrollmentGroup(id);
    const { responseBody: attestation } = await client.getEnrollmentGroupAttestationMechanism(id);
    await client.createOrUpdateEnrollmentGroup({ ...group, attestation, ...change });
    return;
  }
  const { responseBody: own } = await client.getIndividualEnrollment(id);
  const { responseBody: attestation } =
    await client.getIndividualEnrollmentAttestationMechanism(id);
  await client.createOrUpdateIndividualEnrollment({ ...own, attestation, ...change });
};
