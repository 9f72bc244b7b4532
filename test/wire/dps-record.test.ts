import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DpsClients } from '../../shared/adapters/dps/clients.ts';
import { dpsProvisioningRecords } from '../../shared/adapters/dps/provisioning-records.ts';
import { systemDeadline } from '../../shared/adapters/system/deadline.ts';
import { parseGroup, parseIndividual, parseRegistration } from '../../shared/wire/dps-record.ts';
import { main } from '../support/a-question.ts';

const group = (but: object = {}) => ({
  enrollmentGroupId: 'Fleet',
  attestation: { type: 'symmetricKey' },
  allocationPolicy: 'custom',
  customAllocationDefinition: {
    webhookUrl: 'https://app.example/api/dps/main/allocate?code=secret',
    apiVersion: '2021-10-01',
  },
  ...but,
});

describe('whether an enrollment asks us', () => {
  test.each([
    ['https://app.example/api/dps/main/allocate?code=x', true],
    ['https://other.name/API/DPS/Main/Allocate?code=x', true],
    ['https://app.example/api/dps/other/allocate?code=x', false],
    ['https://app.example/api/allocate?x=/dps/main/allocate', false],
    ['no url', false],
    ['', false],
  ])('%s: %s', (webhookUrl, asksUs) => {
    const given = group({ customAllocationDefinition: { webhookUrl } });
    expect(parseGroup(main, given).asksUs).toBe(asksUs);
  });

  test('not where another policy places its devices, though the address is still there', () => {
    expect(parseGroup(main, group({ allocationPolicy: 'hashed' })).asksUs).toBe(false);
    expect(parseGroup(main, { enrollmentGroupId: 'g' }).asksUs).toBe(false);
  });
});

test.each([
  [{ reprovisionPolicy: { updateHubAssignment: false, migrateDeviceData: true } }, 'never'],
  [{ reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: false } }, 'reset'],
  [{ reprovisionPolicy: null }, 'migrate'],
  [{}, 'migrate'],
])('%j reprovisions by %s', (but, reprovision) => {
  expect(parseGroup(main, group(but)).reprovision).toBe(reprovision);
});

test('an enrollment without a list of hubs may be on all of them', () => {
  expect(parseGroup(main, group({ iotHubs: [] })).hubs).toBeUndefined();
  expect(parseGroup(main, group({ iotHubs: ['East.Azure-Devices.net'] })).hubs).toEqual([
    'east.azure-devices.net',
  ]);
});

test('a device that is on no hub, or nobody knows since when, is no record', () => {
  const state = { registrationId: 'Pump', assignedHub: 'east.azure-devices.net' };
  expect(parseRegistration(state)).toBeUndefined();
  expect(parseRegistration({ ...state, lastUpdatedDateTimeUtc: 'yesterday' })).toBeUndefined();
  const at = '2026-01-02T03:04:05.1234567Z';
  expect(
    parseRegistration({ ...state, assignedHub: null, lastUpdatedDateTimeUtc: at }),
  ).toBeUndefined();
  expect(parseRegistration({ ...state, lastUpdatedDateTimeUtc: at })).toEqual({
    registrationId: 'pump',
    deviceId: 'Pump',
    assigned: { hub: 'east.azure-devices.net', at: Date.parse('2026-01-02T03:04:05.123Z') },
  });
});

test('[R5] no key of it is kept, whatever a DPS sends', () => {
  const odd = group({
    attestation: { symmetricKey: { primaryKey: 'secret' } },
    initialTwin: { tags: { a: 'secret' } },
  });
  expect(JSON.stringify(parseGroup(main, odd))).not.toContain('secret');
  const one = {
    ...odd,
    registrationId: 'pump',
    registrationState: { registrationId: 'pump', payload: 'secret' },
  };
  expect(JSON.stringify(parseIndividual(main, one))).not.toContain('secret');
});

test('whatever comes, it is read, or it throws: nothing else', () => {
  for (const parse of [
    (json: unknown) => parseGroup(main, json),
    (json: unknown) => parseIndividual(main, json),
    parseRegistration,
  ])
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        try {
          parse(json);
        } catch (error) {
          expect((error as Error).name).toBe('ZodError');
        }
      }),
    );
});

test('a row that cannot be read hides no other', async () => {
  const rows = [group(), { enrollmentGroupId: 7 }, group({ enrollmentGroupId: 'Second' })];
  const query = { next: async () => ({ responseBody: rows }), continuationToken: '' };
  const clients = (async () => ({
    createEnrollmentGroupQuery: () => query,
  })) as unknown as DpsClients;
  const page = await dpsProvisioningRecords(clients, systemDeadline, 1_000).groups(main, undefined);
  expect(page.found.map(({ id }) => id)).toEqual(['Fleet', 'Second']);
  expect(page).toMatchObject({ unreadable: 1, after: undefined });
});
