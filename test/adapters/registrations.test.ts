import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Azure, startAzure } from '../../local/azure.ts';
import { startVirtualDevice } from '../../local/devices/virtual-device.ts';
import { dpsConnectionString, enrollmentKey } from '../../local/dps/dps.ts';
import { readEnrollment } from '../../local/dps/enrollment.ts';
import { reachLocalAzure } from '../../local/network/reach-local-azure.ts';
import { derivedKey } from '../../local/sas.ts';
import { realWorld } from '../../local/world.ts';
import { dpsClients } from '../../shared/adapters/dps/clients.ts';
import { dpsRegistrations } from '../../shared/adapters/dps/registrations.ts';
import { systemDeadline } from '../../shared/adapters/system/deadline.ts';
import { registrationId } from '../../shared/domain/device.ts';
import { main } from '../support/a-question.ts';

/** The genuine service SDK, over TLS, against the local DPS. */

const host = 'east.azure-devices.net';
let azure: Azure;

beforeAll(async () => {
  azure = await startAzure(
    {
      hubs: [{ hostName: host }],
      dps: { hostName: 'test.azure-devices-provisioning.net', idScope: '0ne1' },
      callWebhook: async () => ({ status: 200, body: { iotHubHostName: host } }),
    },
    realWorld,
  );
  reachLocalAzure(azure);
  const body = {
    attestation: { type: 'symmetricKey' },
    allocationPolicy: 'custom',
    customAllocationDefinition: { webhookUrl: 'https://app/api', apiVersion: '2021-10-01' },
  };
  const group = readEnrollment('group', 'fleet', body, undefined, realWorld);
  azure.dps.enrollments.set(enrollmentKey('group', 'fleet'), group);
  await startVirtualDevice(azure.dps, 'pump', derivedKey(group.primaryKey, 'pump'));
});
afterAll(() => azure.stop());

const token = { token: 'a token', expiresOnTimestamp: Number.MAX_SAFE_INTEGER };
const credential = async () => ({ getToken: async () => token });
const find = (connectionString: string | undefined, hostName: string | undefined, device: string) =>
  dpsRegistrations(
    dpsClients(new Map([[main, { connectionString, hostName }]]), credential),
    systemDeadline,
    5_000,
  ).find(main, registrationId(device));

test('a registration is found, or is not there', async () => {
  const connection = dpsConnectionString(azure.dps);
  expect(await find(connection, undefined, 'PUMP')).toBe('found');
  expect(await find(connection, undefined, 'nobody')).toBe('absent');
});

test('by token credential as by connection string', async () => {
  expect(await find(undefined, azure.dps.hostName, 'pump')).toBe('found');
});

test('a DPS that is not told of, or gives no answer, is silent: nobody is given up for that', async () => {
  expect(await find(undefined, undefined, 'pump')).toBe('silent');
  const wrong = dpsConnectionString(azure.dps).replace(
    /SharedAccessKey=.*/,
    'SharedAccessKey=eHg=',
  );
  expect(await find(wrong, undefined, 'nobody')).toBe('silent');
  expect(await find(undefined, 'none.azure-devices-provisioning.example', 'nobody')).toBe('silent');
});
