import { HttpRequest, type HttpResponseInit, InvocationContext } from '@azure/functions';
import { expect, test } from 'vitest';
import { allocateDeviceHandler } from '../../functions/allocate-device.ts';
import { compose } from '../../shared/composition.ts';
import { readSettings } from '../../shared/config/settings.ts';
import {
  again,
  type Change,
  groupRegistration,
  heatpumps,
  individualRegistration,
  toasters,
} from '../support/samples.ts';

const hubs = (...states: readonly string[]): string =>
  JSON.stringify(
    [toasters, heatpumps].map((hostName, index) => ({ hostName, state: states[index] })),
  );

/** The door as the host calls it: its answer, and what it logged. */
const call = async (
  body: string,
  { REHOME_HUBS = hubs(), REHOME_POLICY = '{}', scope = 'main' } = {},
) => {
  const lines: { level: string; line: unknown }[] = [];
  const context = new InvocationContext({
    functionName: 'allocateDevice',
    invocationId: 'invocation-1',
    logHandler: (level, line) => lines.push({ level, line: JSON.parse(String(line)) }),
  });
  const request = new HttpRequest({
    method: 'POST',
    url: 'http://127.0.0.1/',
    body: { string: body },
    params: { scope },
  });
  const answer = await allocateDeviceHandler(compose(readSettings({ REHOME_HUBS, REHOME_POLICY })))(
    request,
    context,
  );
  const ofTable = ({ line }: (typeof lines)[number]): boolean =>
    (line as { readonly event?: string }).event === 'hub-table';
  return {
    answer: answer as HttpResponseInit,
    lines: lines.filter((line) => !ofTable(line)),
    tables: lines.filter(ofTable),
  };
};

test('a decision is answered exactly and logged on one line, and its snapshot on another', async () => {
  const { answer, lines, tables } = await call(groupRegistration(again(toasters)), {
    REHOME_HUBS: hubs('closed'),
  });
  expect(tables).toMatchObject([{ line: { hubs: [{ id: toasters }, { id: heatpumps }] } }]);
  expect(answer).toEqual({ status: 200, jsonBody: { iotHubHostName: heatpumps } });
  expect(lines).toEqual([
    {
      level: 'information',
      line: {
        event: 'allocated',
        scope: 'main',
        registrationId: 'breakroom499-contoso-tstrsd-007',
        enrollmentGroupId: 'contoso-custom-allocated-devices',
        from: toasters,
        hub: heatpumps,
        because: 'closed',
        standing: 'eligible',
        degraded: false,
        rules: [],
        policy: 0,
        table: expect.stringMatching(/^[0-9a-f]{12}$/),
        tookMs: expect.any(Number),
        snapshotAgeMs: expect.any(Number),
        asked: { linkedHubs: [toasters, heatpumps], reprovision: 'migrate' },
        against: { [toasters]: { open: 'no: it is closed' } },
      },
    },
  ]);
});

test('an individual enrollment is logged by its own name', async () => {
  const { lines } = await call(individualRegistration());
  expect(lines).toMatchObject([
    { line: { individualEnrollmentId: 'breakroom499-contoso-tstrsd-007', from: null } },
  ]);
});

test('a refusal is answered and logged by its fields', async () => {
  const errors = [{ field: 'linkedHubs', detail: expect.any(String) }];
  const { answer, lines } = await call(groupRegistration({ linkedHubs: [] }));
  expect(answer).toMatchObject({ status: 400, jsonBody: { errors } });
  expect(lines).toEqual([
    {
      level: 'warning',
      line: {
        event: 'allocation-refused',
        scope: 'main',
        registrationId: 'breakroom499-contoso-tstrsd-007',
        because: 'bad-request',
        errors,
      },
    },
  ]);
  expect(await call(groupRegistration(), { scope: 'other' })).toMatchObject({
    answer: { status: 404 },
    lines: [{ level: 'warning', line: { scope: 'other', because: 'unknown-scope' } }],
  });
});

test('[R5] keys, attestation and payload reach neither the log nor the answer', async () => {
  const secret = 'swordfish';
  const hidden: Change = {
    'deviceRuntimeContext.payload': { secret },
    'deviceRuntimeContext.symmetricKey': { primaryKey: secret },
    'deviceRuntimeContext.x509': { clientCertificate: secret },
    'deviceRuntimeContext.tpm': { endorsementKey: secret },
    'enrollmentGroup.attestation': { type: 'symmetricKey', symmetricKey: { primaryKey: secret } },
    'enrollmentGroup.initialTwin': { tags: { secret } },
    'enrollmentGroup.customAllocationDefinition': { webhookUrl: `https://app/api?code=${secret}` },
  };
  for (const change of [hidden, { ...hidden, linkedHubs: [] }]) {
    expect(JSON.stringify(await call(groupRegistration(change)))).not.toContain(secret);
  }
});

test('[A8] no initialTwin is sent where no rule gives one', async () => {
  const policies = [true, false].flatMap((updateHubAssignment) =>
    [true, false].map((migrateDeviceData) => ({ updateHubAssignment, migrateDeviceData })),
  );
  for (const reprovisionPolicy of policies) {
    for (const calls of [{}, again(toasters), again(heatpumps)]) {
      const body = groupRegistration({
        ...calls,
        'enrollmentGroup.reprovisionPolicy': reprovisionPolicy,
      });
      const { answer } = await call(body, { REHOME_HUBS: hubs('closed') });
      expect(Object.keys(answer.jsonBody as object)).toEqual(['iotHubHostName']);
    }
  }
});

test('[A8] what a rule gives goes to newcomers, and under reset with another hub; never on a re-registration under migrate', async () => {
  const initialTwin = { tags: { site: 'x' } };
  const REHOME_POLICY = JSON.stringify({ rules: [{ name: 'twin', initialTwin }] });
  const twinOf = async (change: Change) => {
    const settings = { REHOME_HUBS: hubs('closed'), REHOME_POLICY };
    const { answer } = await call(groupRegistration(change), settings);
    return (answer.jsonBody as { readonly initialTwin?: object }).initialTwin;
  };
  const policyOf = (migrateDeviceData: boolean) => ({
    'enrollmentGroup.reprovisionPolicy': { updateHubAssignment: true, migrateDeviceData },
  });
  expect(await twinOf({})).toEqual(initialTwin);
  expect(await twinOf({ ...again(toasters), ...policyOf(false) })).toEqual(initialTwin);
  expect(await twinOf({ ...again(heatpumps), ...policyOf(false) })).toBeUndefined();
  expect(await twinOf({ ...again(toasters), ...policyOf(true) })).toBeUndefined();
});

test('[A2] [A9] through the door a resident stays, and under never even on a closed hub', async () => {
  const stay = { status: 200, jsonBody: { iotHubHostName: toasters } };
  expect((await call(groupRegistration(again(toasters)))).answer).toEqual(stay);
  const never = {
    'enrollmentGroup.reprovisionPolicy': { updateHubAssignment: false, migrateDeviceData: false },
  };
  const body = groupRegistration({ ...again(toasters), ...never, linkedHubs: [toasters] });
  expect((await call(body, { REHOME_HUBS: hubs('closed') })).answer).toEqual(stay);
});

test('a last resort is logged as a warning', async () => {
  const { lines } = await call(groupRegistration(), { REHOME_HUBS: hubs('closed', 'cordoned') });
  expect(lines).toMatchObject([
    { level: 'warning', line: { degraded: true, standing: 'cordoned' } },
  ]);
});
