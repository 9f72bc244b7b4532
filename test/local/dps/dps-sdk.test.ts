import azureIotProvisioningService from 'azure-iot-provisioning-service';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Azure, startAzure } from '../../../local/azure.ts';
import { dpsConnectionString } from '../../../local/dps/dps.ts';
import { reachLocalAzure } from '../../../local/network/reach-local-azure.ts';
import { realWorld } from '../../../local/world.ts';

/** The local DPS through the genuine service SDK, over TLS, under its real name. */
const { ProvisioningServiceClient } = azureIotProvisioningService;

let azure: Azure;
let client: InstanceType<typeof ProvisioningServiceClient>;
beforeAll(async () => {
  const dps = { hostName: 'test.azure-devices-provisioning.net', idScope: '0ne1' };
  azure = await startAzure({ hubs: [{ hostName: 'east.azure-devices.net' }], dps }, realWorld);
  reachLocalAzure(azure);
  client = ProvisioningServiceClient.fromConnectionString(dpsConnectionString(azure.dps));
});
afterAll(() => azure.stop());

const custom = {
  attestation: { type: 'symmetricKey' },
  allocationPolicy: 'custom',
  customAllocationDefinition: { webhookUrl: 'https://app/api?code=x', apiVersion: '2021-10-01' },
};

test('a group is made, read without its keys, changed under its etag, and removed', async () => {
  const group = { enrollmentGroupId: 'fleet', ...custom } as never;
  const { responseBody: made } = await client.createOrUpdateEnrollmentGroup(group);
  expect(made).toMatchObject({
    enrollmentGroupId: 'fleet',
    reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: true },
  });
  expect(JSON.stringify(made)).not.toContain(azure.dps.enrollments.get('group/fleet')?.primaryKey);
  const { responseBody: keys } = await client.getEnrollmentGroupAttestationMechanism('fleet');
  expect(keys.symmetricKey?.primaryKey).toBe(azure.dps.enrollments.get('group/fleet')?.primaryKey);
  await expect(
    client.createOrUpdateEnrollmentGroup({ ...(made as object), etag: '"stale"' } as never),
  ).rejects.toMatchObject({ response: { statusCode: 412 } });
  await client.deleteEnrollmentGroup('fleet');
  await expect(client.getEnrollmentGroup('fleet')).rejects.toThrow();
});

test('an individual enrollment likewise', async () => {
  const enrollment = { registrationId: 'pump-1', deviceId: 'Pump', ...custom } as never;
  await client.createOrUpdateIndividualEnrollment(enrollment);
  const { responseBody } = await client.getIndividualEnrollment('pump-1');
  expect(responseBody).toMatchObject({ registrationId: 'pump-1', deviceId: 'Pump' });
});

test('what this DPS does not have is refused by name', async () => {
  const hashed = { enrollmentGroupId: 'other', ...custom, allocationPolicy: 'static' } as never;
  await expect(client.createOrUpdateEnrollmentGroup(hashed)).rejects.toMatchObject({
    responseBody: expect.stringContaining('the local DPS has the policies custom and hashed only'),
  });
});
