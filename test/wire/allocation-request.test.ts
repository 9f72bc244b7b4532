import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseScope, type Scope } from '../../shared/domain/scope.ts';
import { bodyBytesMax, parseAllocationRequest } from '../../shared/wire/allocation-request.ts';
import { toProblem } from '../../shared/wire/problem.ts';
import {
  again,
  type Change,
  groupRegistration,
  heatpumps,
  individualRegistration,
  registrationOf2019,
  toasters,
} from '../support/samples.ts';

const scopes = new Set([parseScope('main') as Scope]);
const parse = (body: string, scope = 'main') => parseAllocationRequest(scope, body, scopes);

const understood = (body: string) => {
  const parsed = parse(body);
  if (parsed.kind === 'refused') throw new Error(JSON.stringify(parsed.errors));
  return parsed.request;
};

const firstCall = {
  scope: 'main',
  registrationId: 'breakroom499-contoso-tstrsd-007',
  linkedHubs: [toasters, heatpumps],
  currentHub: undefined,
  deviceId: 'breakroom499-contoso-tstrsd-007',
  enrollment: {
    kind: 'group',
    id: 'contoso-custom-allocated-devices',
    reprovision: 'migrate',
    hubs: [toasters, heatpumps],
    linked: [heatpumps, toasters],
    asksUs: true,
    etag: '"13003fea-0000-0300-0000-62d1d5e50000"',
  },
  requestId: undefined,
  payload: undefined,
  region: undefined,
  latencies: new Map(),
};

describe('understands', () => {
  test('the first call through a group', () => {
    expect(understood(groupRegistration())).toEqual(firstCall);
  });

  test('a repeat, which names the current hub', () => {
    expect(understood(groupRegistration(again(toasters)))).toEqual({
      ...firstCall,
      currentHub: toasters,
    });
  });

  test('under never-reprovision DPS names the device’s own hub alone: that tells nothing of what is linked', () => {
    const reprovisionPolicy = { updateHubAssignment: false, migrateDeviceData: false };
    const text = groupRegistration({
      'enrollmentGroup.reprovisionPolicy': reprovisionPolicy,
      linkedHubs: [toasters],
    });
    expect(understood(text).enrollment).toMatchObject({ reprovision: 'never', linked: undefined });
  });

  test('an individual enrollment', () => {
    expect(understood(individualRegistration())).toEqual({
      ...firstCall,
      deviceId: 'Breakroom-499',
      enrollment: {
        kind: 'individual',
        id: 'breakroom499-contoso-tstrsd-007',
        reprovision: 'migrate',
        hubs: undefined,
        linked: [heatpumps, toasters],
        asksUs: true,
        etag: undefined,
      },
    });
  });

  test.each<[unknown, string | undefined]>([
    [{ rehome: { requestId: 'm-1:2' } }, 'm-1:2'],
    [{ rehome: { requestId: 7 } }, undefined],
    [{ rehome: 'x' }, undefined],
    [{ rehome: { requestId: 'x'.repeat(65) } }, undefined],
    ['text', undefined],
    [[1], undefined],
  ])('of the payload %j the request id is read', (payload, requestId) => {
    const text = groupRegistration({ 'deviceRuntimeContext.payload': payload });
    expect(understood(text).requestId).toBe(requestId);
  });

  test('the deviceId that DPS names counts before the enrollment’s, and that before the registration id', () => {
    const named = { 'deviceRuntimeContext.currentDeviceId': 'Named' };
    expect(understood(individualRegistration(named)).deviceId).toBe('Named');
    expect(understood(individualRegistration()).deviceId).toBe('Breakroom-499');
    expect(understood(groupRegistration(named)).deviceId).toBe('Named');
  });

  test('[R5] of what a device says of itself only what looks like a place is taken: it reaches the log', () => {
    const told = (rehome: object) =>
      understood(groupRegistration({ 'deviceRuntimeContext.payload': { rehome } }));
    expect(told({ latencyMs: { WestEurope: 12 } }).latencies).toEqual(
      new Map([['westeurope', 12]]),
    );
    expect(told({ region: 'NorthEurope' }).region).toBe('northeurope');
    for (const odd of ['a secret', 'x'.repeat(300), '<script>', ''])
      expect(told({ region: odd, requestId: odd, latencyMs: { [odd]: 1 } })).toMatchObject({
        region: undefined,
        requestId: undefined,
        latencies: new Map(),
      });
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`r${at}`, at]));
    expect(told({ latencyMs: many }).latencies.size).toBe(100);
    expect(told({ latencyMs: { a: -1, b: 'fast', c: null } }).latencies.size).toBe(0);
  });

  test('the shape of 2019, with a payload', () => {
    expect(understood(registrationOf2019)).toMatchObject({
      registrationId: 'contoso-heatpump-088',
      linkedHubs: ['contoso-toasters-hub-1098.azure-devices.net'],
    });
  });

  test.each([
    ['a certificate', { x509: { clientCertificate: 'MIIB' } }],
    ['a certificate of a chain', { x509: { clientCertificate: 'MIIB', anythingElse: [1] } }],
    ['a TPM', { tpm: { endorsementKey: 'AToA', storageRootKey: 'AToB' } }],
    ['a symmetric key', { symmetricKey: {} }],
    ['no attestation', {}],
  ])('%s', (_name, attestation) => {
    const deviceRuntimeContext = { registrationId: firstCall.registrationId, ...attestation };
    expect(understood(groupRegistration({ deviceRuntimeContext }))).toEqual(firstCall);
  });

  test.each([{}, { nested: { deep: [1, null] } }, [], 'text', 7, null])(
    'the payload %j',
    (payload) => {
      const request = understood(groupRegistration({ 'deviceRuntimeContext.payload': payload }));
      expect(request).toEqual({ ...firstCall, payload: payload ?? undefined });
    },
  );

  test.each([
    ['both', { updateHubAssignment: true, migrateDeviceData: true }, 'migrate'],
    ['reset', { updateHubAssignment: true, migrateDeviceData: false }, 'reset'],
    ['never', { updateHubAssignment: false, migrateDeviceData: false }, 'never'],
    ['never, oddly', { updateHubAssignment: false, migrateDeviceData: true }, 'never'],
    ['half of it', { updateHubAssignment: false }, 'never'],
    ['an empty policy', {}, 'migrate'],
    ['null', null, 'migrate'],
    ['none', undefined, 'migrate'],
  ])('reprovision policy: %s', (_name, policy, expected) => {
    const group = groupRegistration({ 'enrollmentGroup.reprovisionPolicy': policy });
    const individual = individualRegistration({ 'individualEnrollment.reprovisionPolicy': policy });
    expect([group, individual].map((text) => understood(text).enrollment.reprovision)).toEqual([
      expected,
      expected,
    ]);
  });

  test.each([
    'currentIotHubHostName',
    'currentIoTHubHostName',
    'currentIoTHubHostname',
    'CURRENTIOTHUBHOSTNAME',
  ])('the spelling %s', (spelled) => {
    const body = groupRegistration({ [`deviceRuntimeContext.${spelled}`]: toasters.toUpperCase() });
    expect(understood(body).currentHub).toBe(toasters);
  });

  test('the exact spelling before another', () => {
    const exact = { 'deviceRuntimeContext.currentIotHubHostName': toasters };
    const other = { 'deviceRuntimeContext.currentIoTHubHostName': heatpumps };
    for (const change of [
      { ...exact, ...other },
      { ...other, ...exact },
    ]) {
      expect(understood(groupRegistration(change)).currentHub).toBe(toasters);
    }
  });

  test('a registration id in any case as one', () => {
    const body = groupRegistration({
      'deviceRuntimeContext.registrationId': 'BreakRoom499-Contoso-TSTRSD-007',
    });
    expect(understood(body).registrationId).toBe(firstCall.registrationId);
  });

  test('unknown fields, null for absent, and a property named __proto__', () => {
    const body = groupRegistration({
      issuedCertificateChain: ['MIIB'],
      individualEnrollment: null,
      'deviceRuntimeContext.currentIotHubHostName': null,
    });
    expect(understood(body.replace('{', '{"__proto__":{"linkedHubs":[]},'))).toEqual(firstCall);
  });

  test('50 hubs, in the spelling that came', () => {
    const linkedHubs = Array.from({ length: 50 }, (_, index) => `Hub-${index}.azure-devices.net`);
    expect(understood(groupRegistration({ linkedHubs })).linkedHubs).toEqual(linkedHubs);
  });
});

const refused = (body: string, scope = 'main') => {
  const parsed = parse(body, scope);
  if (parsed.kind !== 'refused') throw new Error('It was understood.');
  return parsed;
};
const fields = (body: string) => refused(body).errors.map(({ field }) => field);

describe('refuses', () => {
  test.each([
    '',
    '{',
    'null',
    '[]',
    '"text"',
    '7',
    '{"a":1}{"b":2}',
    'SECRET',
    '['.repeat(100_000),
  ])('the body %.12s', (body) => {
    expect(fields(body)).toEqual(['body']);
  });

  const longName = 'x'.repeat(129);
  test.each<[field: string, change: Change]>([
    ['deviceRuntimeContext', { deviceRuntimeContext: undefined }],
    ['deviceRuntimeContext', { deviceRuntimeContext: 'text' }],
    ['deviceRuntimeContext.registrationId', { 'deviceRuntimeContext.registrationId': undefined }],
    ['deviceRuntimeContext.registrationId', { 'deviceRuntimeContext.registrationId': '' }],
    ['deviceRuntimeContext.registrationId', { 'deviceRuntimeContext.registrationId': 7 }],
    ['deviceRuntimeContext.registrationId', { 'deviceRuntimeContext.registrationId': longName }],
    [
      'deviceRuntimeContext.currentIotHubHostName',
      { 'deviceRuntimeContext.currentIoTHubHostname': 7 },
    ],
    [
      'deviceRuntimeContext.currentIotHubHostName',
      { 'deviceRuntimeContext.currentIotHubHostName': '' },
    ],
    ['linkedHubs', { linkedHubs: undefined }],
    ['linkedHubs', { linkedHubs: [] }],
    ['linkedHubs', { linkedHubs: toasters }],
    ['linkedHubs[1]', { linkedHubs: [toasters, null] }],
    ['linkedHubs[1]', { linkedHubs: [toasters, ''] }],
    ['enrollmentGroup', { enrollmentGroup: undefined }],
    ['enrollmentGroup', { enrollmentGroup: 7 }],
    ['enrollmentGroup', { individualEnrollment: { registrationId: 'both' } }],
    ['individualEnrollment.registrationId', { individualEnrollment: {} }],
    ['enrollmentGroup.enrollmentGroupId', { 'enrollmentGroup.enrollmentGroupId': undefined }],
    ['enrollmentGroup.reprovisionPolicy', { 'enrollmentGroup.reprovisionPolicy': 'migrate' }],
    [
      'enrollmentGroup.reprovisionPolicy.updateHubAssignment',
      { 'enrollmentGroup.reprovisionPolicy.updateHubAssignment': 'true' },
    ],
  ])('naming %s, the change %j', (field, change) => {
    expect(fields(groupRegistration(change))).toEqual([field]);
  });

  test('a body past the cap, and not one at it', () => {
    const padded = (bytes: number) => {
      const body = groupRegistration();
      return body + ' '.repeat(bytes - Buffer.byteLength(body));
    };
    expect(understood(padded(bodyBytesMax))).toEqual(firstCall);
    expect(fields(padded(bodyBytesMax + 1))).toEqual(['body']);
    expect(fields(`"${'é'.repeat(bodyBytesMax / 2)}"`)).toEqual(['body']);
  });

  test.each(['', 'other', 'MAIN', 'main/..', 'x'.repeat(33)])('the scope %j with 404', (scope) => {
    const { status, jsonBody } = toProblem(refused(groupRegistration(), scope));
    expect({ status, jsonBody }).toMatchObject({
      status: 404,
      jsonBody: { errors: [{ field: 'scope' }] },
    });
  });

  test('with problem details that name the first fields and stay small', () => {
    const linkedHubs = Array.from({ length: 1_000 }, () => 7);
    const answer = toProblem(refused(groupRegistration({ linkedHubs })));
    expect(answer).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/problem+json' },
      jsonBody: { status: 400, title: 'The request is not valid' },
    });
    expect(JSON.stringify(answer.jsonBody).length).toBeLessThan(600);
  });

  test('[R5] without repeating what stood in the body', () => {
    const secret = 'SharedAccessKey-swordfish';
    const held: readonly Change[] = [
      { linkedHubs: secret },
      { linkedHubs: [{ [secret]: secret }] },
      { enrollmentGroup: secret },
      { [secret]: secret, linkedHubs: [] },
      { deviceRuntimeContext: [secret] },
      { 'deviceRuntimeContext.registrationId': secret.repeat(9) },
      { 'enrollmentGroup.reprovisionPolicy': { updateHubAssignment: secret } },
    ];
    for (const change of held) {
      expect(JSON.stringify(toProblem(refused(groupRegistration(change))))).not.toContain(
        'swordfish',
      );
    }
    expect(JSON.stringify(toProblem(refused(`${secret}{`)))).not.toContain('swordfish');
  });
});

test('any JSON at all is understood or refused, never thrown', () => {
  fc.assert(
    fc.property(
      fc.json({ maxDepth: 4 }),
      fc.constantFrom('linkedHubs', 'deviceRuntimeContext', 'enrollmentGroup'),
      (json, field) => {
        parse(json);
        parse(groupRegistration({ [field]: JSON.parse(json) }));
      },
    ),
  );
});
