import { expect, test } from 'vitest';
import { startVirtualDevice } from '../../local/devices/virtual-device.ts';
import { type CallWebhook, createDps, enrollmentKey } from '../../local/dps/dps.ts';
import { readEnrollment } from '../../local/dps/enrollment.ts';
import type { Undocumented } from '../../local/dps/undocumented.ts';
import { createHub } from '../../local/iot-hub/hub.ts';
import { derivedKey } from '../../local/sas.ts';
import { realWorld } from '../../local/world.ts';
import { compose } from '../../shared/composition.ts';
import { readSettings } from '../../shared/config/settings.ts';
import { toAllocationResponse } from '../../shared/wire/allocation-answer.ts';
import { parseAllocationRequest } from '../../shared/wire/allocation-request.ts';
import { hostOf } from '../support/a-hub.ts';

/** Where Azure's behaviour is not documented, Rehome is right whichever way it is: the same devices land on the same hubs, and stay. */
const names = ['east', 'west', 'north', 'south'];
const settings = readSettings({
  REHOME_HUBS: JSON.stringify(
    names.map((name, index) => ({ hostName: hostOf(name), weight: index + 1 })),
  ),
});

/** A DPS of that behaviour, whose webhook is Rehome's own flow between its own wire. */
const provision = async (undocumented: Partial<Undocumented>): Promise<readonly string[]> => {
  const { scopes, allocateDevice } = compose(settings);
  const callWebhook: CallWebhook = async (_url, body) => {
    const asked = parseAllocationRequest('main', JSON.stringify(body), scopes);
    if (asked.kind === 'refused') return { status: 400, body: asked };
    const { status, jsonBody } = toAllocationResponse(await allocateDevice(asked.request));
    return { status, body: jsonBody };
  };
  const hubs = names.map((name) => createHub({ hostName: hostOf(name) }, realWorld));
  const options = {
    hostName: 'dps.azure-devices-provisioning.net',
    idScope: '0ne1',
    hubs,
    callWebhook,
    undocumented,
  };
  const dps = createDps(options, realWorld);
  const body = {
    attestation: { type: 'symmetricKey' },
    allocationPolicy: 'custom',
    customAllocationDefinition: { webhookUrl: 'https://app/api', apiVersion: '2021-10-01' },
  };
  const group = readEnrollment('group', 'fleet', body, undefined, realWorld);
  dps.enrollments.set(enrollmentKey('group', 'fleet'), group);
  const register = async (id: string) => {
    const device = await startVirtualDevice(dps, id, derivedKey(group.primaryKey, id));
    await device.stop();
    return device.memory.assignment?.assignedHub ?? '';
  };
  const landed: string[] = [];
  for (let index = 0; index < 30; index += 1) {
    const first = await register(`device-${index}`);
    expect([await register(`device-${index}`), await register(`device-${index}`)]).toEqual([
      first,
      first,
    ]);
    landed.push(first);
  }
  return landed;
};

test.each<Partial<Undocumented>>([
  { linkedHubsOrder: 'reversed' },
  { linkedHubsOrder: 'shuffled' },
  { listsUnappliedHubs: false },
  { substatusOnStay: 'reprovisionedToInitialAssignment' },
  { moveOrder: 'remove first' },
  { unreachableSource: 'assigns anew' },
  { fullTarget: 'stays' },
  { retries500: false, retriesTimeout: false, retryCountMax: 0 },
  { attestationContext: 'certificate' },
  { attestationContext: 'certificate and chain' },
])('[A1] [A2] [A6] under %j devices land where they would, and stay', async (undocumented) => {
  const [usual, otherwise] = [await provision({}), await provision(undocumented)];
  expect(otherwise).toEqual(usual);
  expect(new Set(usual).size).toBe(names.length);
});
