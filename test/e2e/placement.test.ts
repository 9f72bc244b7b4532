import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { keepsContract } from '../../local/devices/running.ts';
import { startVirtualDevice } from '../../local/devices/virtual-device.ts';
import type { JsonObject } from '../../local/json.ts';
import { aCommand } from '../support/a-command.ts';
import { aFleet } from '../support/a-fleet.ts';
import { aDeviceIn } from '../support/a-fleet-device.ts';
import { groupRegistration } from '../support/samples.ts';

/**
 * The reasons that DPS's documentation gives for moving devices, each as docs/placement.md works it out: put by the command line, and asked
 * through DPS, the app on its host, and its store.
 * @see https://learn.microsoft.com/azure/iot-dps/concepts-device-reprovision
 */

const patience = { timeout: 20_000, interval: 200 };
const names = ['amsterdam', 'dublin', 'boston', 'quarantine'];
const hostOf = (name: string): string => `${name}.azure-devices.net`;

const places: Readonly<Record<string, object>> = {
  amsterdam: { region: 'westeurope', tier: 'S1', tags: { tenant: 'contoso', solution: '1' } },
  dublin: { region: 'northeurope', tier: 'S2', tags: { tenant: 'shared', solution: '2' } },
  boston: { region: 'eastus', tier: 'S1', tags: { tenant: 'fabrikam', solution: '1' } },
};

/** The fleet of a test file: made once, and taken down at its end. */
const aPlacedFleet = async () => {
  const hubs = names.map((name) => ({ hostName: hostOf(name), ...places[name] }));
  const settings = {
    REHOME_HUBS: JSON.stringify(hubs),
    REHOME_SNAPSHOT_MS: '100',
    REHOME_STORE_TIMEOUT_MS: '1500',
  };
  const fleet = await aFleet(settings, names.map(hostOf));
  const rehome = aCommand(fleet.appUrl(), 'an-admin');
  const api = (rest: string, init: RequestInit = {}) =>
    fetch(`${fleet.appUrl()}/api/${rest}`, {
      ...init,
      headers: { authorization: 'Bearer an-admin', 'x-requested-with': 'a test' },
    });
  const inForce = async (): Promise<number> => {
    const asked = await api('decisions/main', { method: 'POST', body: groupRegistration() });
    return ((await asked.json()) as { policy: number }).policy;
  };
  return {
    ...fleet,
    api,
    rehome,
    /** Puts an example of the documents, and waits until devices are placed by it. */
    put: async (example: string): Promise<void> => {
      const put = ['policy', 'put', `docs/examples/${example}.json`, '--reason', 'a test'];
      const { out, err } = await rehome(...put);
      const version = Number(/^version (\d+)/.exec(out)?.[1] ?? Number.NaN);
      if (Number.isNaN(version)) throw new Error(err);
      await vi.waitFor(async () => expect(await inForce()).toBe(version), patience);
    },
    /** Registers, saying that, and answers the short name of its hub. */
    placed: async (id: string, says?: JsonObject): Promise<string> => {
      const { registrationId, key } = fleet.identityOf(id);
      const firmware = { ...keepsContract(), ...(says ? { says } : {}) };
      const { dps } = fleet.azure;
      const { memory } = await startVirtualDevice(dps, registrationId, key, undefined, firmware);
      return memory.assignment?.assignedHub.split('.')[0] ?? '';
    },
    twinOf: (id: string) =>
      [...fleet.azure.hubs.values()].flatMap(({ devices }) => devices.get(id) ?? [])[0],
  };
};

test('geolocation: the nearest hub by what the device measured, else by where it is', async () => {
  const { put, placed } = await aPlacedFleet();
  await put('geolocation');
  const near = (latencyMs: JsonObject) => ({ rehome: { latencyMs } });
  expect(await placed('a', near({ westeurope: 12, northeurope: 31, eastus: 95 }))).toBe(
    'amsterdam',
  );
  expect(await placed('b', near({ [hostOf('boston')]: 8, northeurope: 80 }))).toBe('boston');
  expect(await placed('c', { rehome: { region: 'northeurope' } })).toBe('dublin');
}, 60_000);

test('multi-tenancy: labelled before it comes; resold, it stays until it is moved, and only to its tenant’s hub', async () => {
  const { put, placed, rehome } = await aPlacedFleet();
  await put('multi-tenancy');
  await rehome('label', 'pump-1', 'tenant=contoso');
  expect(await placed('pump-1')).toBe('amsterdam');
  expect(await placed('pump-2')).toBe('dublin');
  expect((await rehome('label', 'pump-1', 'tenant=fabrikam')).code).toBe(0);
  expect(await placed('pump-1')).toBe('amsterdam');
  const sideways = await rehome('move', 'pump-1', '--to', 'dublin', '--reason', 'resold');
  expect(sideways).toMatchObject({
    code: 1,
    err: expect.stringContaining('rule fabrikam wants the tag tenant fabrikam'),
  });
  const explained = await rehome('explain', 'pump-1');
  expect(explained.out).toContain('it lives there, and no move says otherwise');
}, 60_000);

test('solution change: new firmware goes to the new solution’s hubs, with their initial twin', async () => {
  const { put, placed, twinOf, rehome } = await aPlacedFleet();
  await put('solution-change');
  const firmware = (version: string) => ({ firmware: { version } });
  expect(await placed('new', firmware('2.4.1'))).toBe('dublin');
  expect(twinOf('new')).toMatchObject({
    tags: { solution: '2' },
    desired: { properties: { telemetry: { intervalSeconds: 60 } } },
  });
  expect(['amsterdam', 'boston']).toContain(await placed('old', firmware('1.9')));
  expect(twinOf('old')?.tags).toEqual({});
  // Which rule it was depends on what it sent, and that is kept nowhere.
  const diff = await rehome('policy', 'diff', '0', 'current');
  expect(diff.out).toContain('2 depend on what they send');
}, 60_000);

test('quarantine, and return: asked there and back, and proved both times; bad firmware begins there', async () => {
  const fleet = await aPlacedFleet();
  const { put, placed, rehome, log } = fleet;
  await put('quarantine');
  expect(await placed('bad', { firmware: { version: '1.0.1' } })).toBe('quarantine');
  expect(await placed('good', { firmware: { version: '1.0.2' } })).not.toBe('quarantine');
  const { device, from, history } = await aDeviceIn(fleet, 'suspect');
  await rehome('pin', 'suspect', '--reason', 'a demo');
  const ordered = await rehome('quarantine', 'suspect', '--reason', 'odd traffic');
  expect(ordered.out).toContain(`to ${hostOf('quarantine')} is under way`);
  const verified = (count: number) =>
    vi.waitFor(async () => expect(await history()).toHaveLength(count), patience);
  await verified(1);
  expect(device.memory.assignment?.assignedHub).toBe(hostOf('quarantine'));
  expect((await rehome('explain', 'suspect')).out).toContain('it is in quarantine');
  const returned = await rehome('return', 'suspect', '--reason', 'it was nothing');
  expect(returned.out).toContain(`to ${from} is under way`);
  await verified(2);
  expect(await history()).toMatchObject([
    { verdict: 'verified' },
    { verdict: 'verified', to: from },
  ]);
  expect(device.memory.assignment?.assignedHub).toBe(from);
  expect(log.join('\n')).toContain('"event":"device-quarantined"');
  await device.stop();
}, 90_000);

describe('the command line', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'rehome-policy-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const fileOf = async (name: string, content: object): Promise<string> => {
    const file = path.join(folder, name);
    await writeFile(file, JSON.stringify(content));
    return file;
  };

  test('checks a policy without the app, naming rule and field', async () => {
    const nowhere = aCommand('http://127.0.0.1:1', '');
    const bad = { rules: [{ name: 'eu', when: { registrationId: { pattern: '(a+)+$' } } }] };
    expect(await nowhere('policy', 'check', await fileOf('slow.json', bad))).toMatchObject({
      code: 1,
      err: expect.stringContaining('rules[0].when.registrationId: the pattern can be made slow'),
    });
    const odd = await fileOf('odd.json', { rules: [{ name: 'eu', regions: ['West Europe'] }] });
    expect((await nowhere('policy', 'check', odd)).err).toContain('rules[0].regions[0]: rule eu:');
  });

  test('diffs two policies on an exported fleet, shows why, and plays the log back to the same decisions', async () => {
    const { placed, rehome, put, log } = await aPlacedFleet();
    for (let index = 0; index < 30; index += 1) await placed(`device-${index}`);
    const exported = path.join(folder, 'fleet.json');
    expect((await rehome('export', '--out', exported)).out).toContain('30 devices on 4 hubs');
    const unchanged = await rehome('policy', 'diff', 'current', '0', '--fleet', exported);
    expect(unchanged.out).toContain('0 of 30 devices');
    await put('multi-tenancy');
    const given = ['policy', 'diff', '0', 'current', '--fleet', exported];
    const { out } = await rehome(...given);
    const [, count = ''] = /^(\d+) of 30 devices would be placed differently/.exec(out) ?? [];
    expect(Number(count)).toBeGreaterThan(10);
    expect(out).toContain('rule everybody-else wants the tag tenant shared');
    const { differences } = JSON.parse((await rehome(...given, '--json')).out);
    expect(differences).toHaveLength(Number(count));
    for (const { to } of differences) expect(to).toBe(hostOf('dublin'));
    for (let index = 30; index < 40; index += 1)
      expect(await placed(`device-${index}`)).toBe('dublin');

    const file = path.join(folder, 'app.log');
    await writeFile(file, log.join('\n'));
    expect((await rehome('replay', file)).out).toContain(
      '40 decisions come out the same, 0 differently',
    );
    const forged = log.join('\n').replace(/"hub":"\w+(\.azure[^}]*"newcomer")/, '"hub":"forged$1');
    await writeFile(file, forged);
    expect(await rehome('replay', file)).toMatchObject({
      code: 1,
      out: expect.stringContaining('39 decisions come out the same, 1 differently'),
    });

    const schema = JSON.parse((await rehome('policy', 'schema')).out);
    expect(schema).toEqual(JSON.parse(await readFile('docs/policy.schema.json', 'utf8')));
    expect((await rehome('policy', 'show', '1')).out).toContain('everybody-else');
    expect((await rehome('policy', 'show', '7')).err).toContain('no such version');
  }, 90_000);
});
