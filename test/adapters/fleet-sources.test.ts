import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Azure, startAzure } from '../../local/azure.ts';
import { startVirtualDevice } from '../../local/devices/virtual-device.ts';
import { dpsConnectionString, enrollmentKey } from '../../local/dps/dps.ts';
import { readEnrollment } from '../../local/dps/enrollment.ts';
import { connectionString, type IotHub } from '../../local/iot-hub/hub.ts';
import { createIdentity } from '../../local/iot-hub/registry.ts';
import { report } from '../../local/iot-hub/twins.ts';
import { reachLocalAzure } from '../../local/network/reach-local-azure.ts';
import { derivedKey } from '../../local/sas.ts';
import { realWorld } from '../../local/world.ts';
import { dpsClients } from '../../shared/adapters/dps/clients.ts';
import { dpsProvisioningRecords } from '../../shared/adapters/dps/provisioning-records.ts';
import { rehomeProfile } from '../../shared/adapters/iot-hub/device-profile.ts';
import { hubClients } from '../../shared/adapters/iot-hub/hub-clients.ts';
import { iotHubRegistries } from '../../shared/adapters/iot-hub/hub-registries.ts';
import { systemDeadline } from '../../shared/adapters/system/deadline.ts';
import { east, host, west } from '../support/a-move.ts';
import { main } from '../support/a-question.ts';

/** The genuine service SDKs, over TLS, against the local hubs and the local DPS: what a fleet is taken in by. */

let azure: Azure;
let hub: IotHub;
const dpsName = 'test.azure-devices-provisioning.net';

beforeAll(async () => {
  azure = await startAzure(
    {
      hubs: [{ hostName: east }, { hostName: west }],
      dps: { hostName: dpsName, idScope: '0ne1' },
    },
    realWorld,
  );
  reachLocalAzure(azure);
  hub = azure.hubs.get(east) as IotHub;
  for (let index = 0; index < 250; index += 1)
    createIdentity(hub, {
      deviceId: `device-${index}`,
      status: index === 3 ? 'disabled' : 'enabled',
    });
  createIdentity(hub, { deviceId: "it's \\ odd", capabilities: { iotEdge: true } });
  const known = hub.devices.get('device-7');
  if (known) report(hub, known, { reprovision: { contract: 1 } });
});
afterAll(() => azure.stop());

const credential = async () => {
  throw new Error('no credential here');
};
const registries = (connection = connectionString(hub)) =>
  iotHubRegistries(
    hubClients({ connectionStrings: new Map([[east, connection]]), credential }),
    systemDeadline,
    rehomeProfile('Reprovision', 'reprovision'),
    5_000,
  );

test('a hub tells how many devices it holds', async () => {
  expect(await registries().countDevices(east)).toBe(251);
});

test('and all of them, 100 a page, each once', async () => {
  const seen: string[] = [];
  let pages = 0;
  for (let after: string | undefined; ; pages += 1) {
    const page = await registries().page(east, after);
    seen.push(...page.devices.map(({ deviceId }) => deviceId));
    after = page.after;
    if (after === undefined) break;
  }
  expect(pages).toBe(2);
  expect(new Set(seen).size).toBe(251);
});

test('their twins say whether they can be moved', async () => {
  const { devices } = await registries().page(east, undefined);
  const sightOf = (id: string) => devices.find(({ deviceId }) => deviceId === id)?.sight;
  expect(sightOf('device-3')).toMatchObject({ enabled: false, advertises: false });
  expect(sightOf('device-7')).toMatchObject({ enabled: true, advertises: true, iotEdge: false });
});

test('those of a list that it holds, whatever their names', async () => {
  const asked = ['device-1', 'nobody', "it's \\ odd"];
  const found = await registries().among(east, asked);
  expect(found.map(({ deviceId }) => deviceId)).toEqual(['device-1', "it's \\ odd"]);
  expect(found[1]?.sight.iotEdge).toBe(true);
});

test('a hub that gives no answer is a fault', async () => {
  await expect(registries().countDevices(host('none'))).rejects.toThrow();
  const wrong = connectionString(hub).replace(/SharedAccessKey=.*/, 'SharedAccessKey=eHg=');
  await expect(registries(wrong).page(east, undefined)).rejects.toThrow();
});

const provisioning = (connection: string | undefined) =>
  dpsProvisioningRecords(
    dpsClients(
      new Map([[main, { connectionString: connection, hostName: undefined }]]),
      credential,
    ),
    systemDeadline,
    5_000,
  );

const enroll = (kind: 'group' | 'individual', id: string, body: object) => {
  const given = { attestation: { type: 'symmetricKey' }, ...body };
  const made = readEnrollment(kind, id, given, undefined, realWorld);
  azure.dps.enrollments.set(enrollmentKey(kind, id), made);
  return made;
};
const custom = (webhookUrl: string) => ({
  allocationPolicy: 'custom',
  customAllocationDefinition: { webhookUrl, apiVersion: '2021-10-01' },
});

test('[R5] a DPS tells of its enrollments: whose webhook is on them, and no key', async () => {
  enroll('group', 'ours', {
    ...custom('https://app.example/api/dps/main/allocate?code=a-secret'),
    iotHubs: ['East.azure-devices.net'],
    reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: false },
  });
  enroll('group', 'theirs', custom('https://app.example/api/other'));
  const plain = enroll('group', 'plain', {
    allocationPolicy: 'hashed',
    reprovisionPolicy: { updateHubAssignment: false },
  });
  for (let index = 0; index < 3; index += 1)
    await startVirtualDevice(
      azure.dps,
      `Pump-${index}`,
      derivedKey(plain.primaryKey, `Pump-${index}`),
    );
  const records = provisioning(dpsConnectionString(azure.dps));
  const { found, after } = await records.groups(main, undefined);
  expect(after).toBeUndefined();
  expect(found).toMatchObject([
    { id: 'ours', asksUs: true, reprovision: 'reset', hubs: [east] },
    { id: 'theirs', asksUs: false, reprovision: 'migrate', hubs: undefined },
    { id: 'plain', asksUs: false, reprovision: 'never' },
  ]);
  expect(JSON.stringify(found)).not.toContain('a-secret');
  const page = await records.ofGroup(main, 'plain', undefined);
  if (page === 'gone') throw new Error(page);
  expect(page.found.map(({ registrationId, deviceId }) => [registrationId, deviceId])).toEqual([
    ['pump-0', 'Pump-0'],
    ['pump-1', 'Pump-1'],
    ['pump-2', 'Pump-2'],
  ]);
  expect([east, west]).toContain(page.found[0]?.assigned.hub);
  expect(await records.ofGroup(main, 'ours', undefined)).toMatchObject({ found: [] });
  expect(await records.ofGroup(main, 'nobody', undefined)).toBe('gone');
});

test('of individual enrollments, with what they registered', async () => {
  const own = enroll('individual', 'valve', { allocationPolicy: 'hashed', deviceId: 'Valve' });
  enroll('individual', 'idle', { allocationPolicy: 'hashed' });
  await startVirtualDevice(azure.dps, 'valve', own.primaryKey);
  const { found } = await provisioning(dpsConnectionString(azure.dps)).individuals(main, undefined);
  expect(found).toMatchObject([
    { enrollment: { id: 'valve', kind: 'individual' }, record: { deviceId: 'Valve' } },
    { enrollment: { id: 'idle' }, record: undefined },
  ]);
});

test('a DPS that is not told of is a fault, that says so', async () => {
  await expect(provisioning(undefined).groups(main, undefined)).rejects.toThrow(
    'REHOME_DPS does not tell how to enter the DPS of main',
  );
});
