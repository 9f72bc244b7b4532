import { expect, test, vi } from 'vitest';
import { startVirtualDevice } from '../../local/devices/virtual-device.ts';
import { type Dps, dpsConnectionString, enrollmentKey } from '../../local/dps/dps.ts';
import { readEnrollment } from '../../local/dps/enrollment.ts';
import { reaching } from '../../local/network/reach-local-azure.ts';
import { realWorld } from '../../local/world.ts';
import { aCommand } from '../support/a-command.ts';
import { aFleet } from '../support/a-fleet.ts';

/** `npx rehome enroll`, by the genuine service SDK against the embedded DPS. */

const aDps = async (quotas: Partial<Dps['quotas']> = {}) => {
  const fleet = await aFleet({ REHOME_SCOPES: 'main,lab' }, undefined, undefined, quotas);
  const { dps } = fleet.azure;
  const enrolled = (kind: 'group' | 'individual', id: string, but: object): void => {
    const body = { attestation: { type: 'symmetricKey' }, allocationPolicy: 'hashed', ...but };
    dps.enrollments.set(
      enrollmentKey(kind, id),
      readEnrollment(kind, id, body, undefined, realWorld),
    );
  };
  const enroll = (key: string | undefined, ...given: readonly string[]) =>
    aCommand(fleet.appUrl(), 'a-reader', {
      ...reaching(fleet.azure),
      REHOME_DPS_CONNECTION: dpsConnectionString(dps),
      ...(key === undefined ? {} : { REHOME_WEBHOOK_KEY: key }),
    })('enroll', ...given);
  const byIdentity = (token: string, ...given: readonly string[]) =>
    aCommand(fleet.appUrl(), token, { ...reaching(fleet.azure), ...fleet.keyless })(
      'enroll',
      ...given,
      '--dps',
      dps.hostName,
    );
  const urlOn = (id: string, kind: 'group' | 'individual' = 'group') =>
    dps.enrollments.get(enrollmentKey(kind, id))?.customAllocationDefinition?.webhookUrl;
  return { ...fleet, dps, enrolled, enroll, byIdentity, urlOn };
};

const asking = (webhookUrl: string, apiVersion = '2021-10-01') => ({
  allocationPolicy: 'custom',
  customAllocationDefinition: { webhookUrl, apiVersion },
});

type Listed = {
  readonly enrollments: readonly {
    readonly id: string;
    readonly asksUs: boolean;
    readonly findings: readonly { readonly weight: string; readonly says: string }[];
  }[];
};

test('check: what is wrong with enrollments, by name; a good fleet is told so', async () => {
  const { enrolled, enroll, byIdentity, webhookUrl } = await aDps();
  const good = await enroll('host-key', 'check');
  expect(good).toMatchObject({ code: 0, out: expect.stringContaining('good') });
  const bare = webhookUrl.replace(/\?.*/, '');
  enrolled('group', 'keyless', asking(bare));
  enrolled('group', 'other-key', asking(`${bare}?code=gone`));
  enrolled('group', 'stale', {
    ...asking(webhookUrl),
    iotHubs: ['old.azure-devices.net', 'east.azure-devices.net'],
  });
  enrolled('group', 'never', {
    ...asking(webhookUrl),
    reprovisionPolicy: { updateHubAssignment: false },
  });
  enrolled('group', 'stranger', asking('https://contoso.example/api/other?code=x'));
  enrolled('group', 'ancient', asking(webhookUrl, '2018-11-01'));
  enrolled('group', 'hidden', asking(`${bare}?****`));
  enrolled('group', 'lab', asking(webhookUrl.replace('/main/', '/lab/')));
  enrolled('group', 'edge', { ...asking(webhookUrl), capabilities: { iotEdge: true } });
  enrolled('individual', 'one-device', { reprovisionPolicy: { updateHubAssignment: false } });
  const { code, out, err } = await enroll('host-key', 'check', '--json');
  expect([code, err]).toEqual([1, '']);
  const { enrollments }: Listed = JSON.parse(out);
  const told = Object.fromEntries(
    enrollments.map(({ id, findings }) => [
      id,
      findings.map(({ weight, says }) => `${weight}: ${says}`),
    ]),
  );
  expect(told).toEqual({
    fleet: [],
    keyless: [
      'wrong: has no key in its webhook’s address',
      'wrong: its key is refused: registrations fail (400209)',
    ],
    'other-key': [
      expect.stringMatching(/^wrong: has another key: [0-9a-f]{8}, not [0-9a-f]{8}$/),
      'wrong: its key is refused: registrations fail (400209)',
    ],
    stale: [
      'wrong: lists hubs that Rehome does not have: old.azure-devices.net',
      'note: does not list north.azure-devices.net, west.azure-devices.net: its devices cannot go there',
    ],
    never: ['wrong: never reprovisions: its devices cannot be moved'],
    stranger: ['note: asks another webhook: contoso.example'],
    hidden: ['note: the DPS does not show its key'],
    ancient: ['wrong: its records are of 2018-11-01: what devices send is not in them'],
    'one-device': ['note: places by hashed: its devices are not moved'],
    edge: ['note: is of IoT Edge: its devices are not moved'],
    lab: [],
  });
  // Hubs may be said instead, and the DPS entered by who runs it.
  const said = await byIdentity('a-reader', 'check', 'fleet', '--hubs', 'East,west,NORTH');
  expect(said).toMatchObject({ code: 0, out: expect.stringContaining('good') });
  const unsigned = await byIdentity('nobody', 'check', 'fleet');
  expect(unsigned).toMatchObject({ code: 0 });
  expect(unsigned.out).toContain('hub lists are not looked at');
  // No key is shown, whatever is said.
  expect(`${out}${(await enroll('host-key', 'check')).out}`).not.toContain('host-key');
}, 60_000);

test('put: says what it would do, does it on a word, and keeps all else of the enrollment', async () => {
  const { dps, enrolled, enroll, urlOn, appUrl } = await aDps();
  enrolled('group', 'new', {
    iotHubs: ['east.azure-devices.net'],
    initialTwin: { tags: { a: 1 } },
  });
  enrolled('individual', 'Pump-7', { deviceId: 'pump/7' });
  const before = dps.enrollments.get(enrollmentKey('group', 'new'));
  expect(await enroll('host-key', 'put', 'new', 'Pump-7')).toMatchObject({
    code: 0,
    out: expect.stringContaining('group new, which places by hashed now'),
  });
  expect(urlOn('new')).toBeUndefined();
  expect(await enroll('host-key', 'put', 'new', 'Pump-7', '--yes')).toMatchObject({
    code: 0,
    err: '',
  });
  const wanted = `${appUrl()}/api/dps/main/allocate?code=host-key`;
  expect([urlOn('new'), urlOn('Pump-7', 'individual')]).toEqual([wanted, wanted]);
  expect(dps.enrollments.get(enrollmentKey('group', 'new'))).toEqual({
    ...before,
    ...asking(wanted),
    etag: expect.any(String),
    lastUpdatedDateTimeUtc: expect.any(String),
  });
  expect(dps.enrollments.get(enrollmentKey('individual', 'Pump-7'))).toMatchObject({
    deviceId: 'pump/7',
  });
  const key = dps.enrollments.get(enrollmentKey('individual', 'Pump-7'))?.primaryKey;
  // What check calls wrong is mended; who asks another is left, unless it is named; nothing is done twice.
  enrolled('group', 'ancient', asking(wanted, '2018-11-01'));
  enrolled('group', 'stranger', asking('https://contoso.example/api/other?code=x'));
  const all = await enroll('host-key', 'put', '--all', '--yes');
  expect(all).toMatchObject({ code: 0, err: '' });
  expect(all.out).toContain('stranger asks contoso.example: it is left as it is');
  expect(all.out).toContain('1 of 4 enrollments are to ask');
  expect(urlOn('stranger')).toContain('contoso.example');
  expect((await enroll('host-key', 'put', 'stranger')).out).toContain(
    'which asks contoso.example now',
  );
  expect(dps.enrollments.get(enrollmentKey('individual', 'Pump-7'))?.primaryKey).toBe(key);
  // Another key than the door's changes nothing, and says so without telling it.
  const bad = await enroll('a-bad-key', 'put', '--all', '--yes');
  expect(bad).toMatchObject({
    code: 1,
    err: expect.stringContaining('refuses. Nothing is changed'),
  });
  expect(bad.err).not.toContain('a-bad-key');
  expect(urlOn('new')).toBe(wanted);
  for (const wrong of [['put'], ['put', 'nobody'], ['rotate', 'fleet'], ['nonsense']])
    expect([wrong, (await enroll('host-key', ...wrong)).code]).toEqual([wrong, 2]);
}, 60_000);

test('put: what somebody else changes between our reading and our writing is kept', async () => {
  const { dps, enrolled, enroll, urlOn, webhookUrl } = await aDps();
  enrolled('group', 'shared', {});
  const { enrollments } = dps;
  let looks = 0;
  vi.spyOn(enrollments, 'get').mockImplementation((key) => {
    const found = Map.prototype.get.call(enrollments, key);
    looks += key === enrollmentKey('group', 'shared') ? 1 : 0;
    // The first reads it, the second asks for its keys: then somebody else is quicker.
    if (looks === 2) enrolled('group', 'shared', { iotHubs: ['east.azure-devices.net'] });
    return found;
  });
  expect(await enroll('host-key', 'put', 'shared', '--yes')).toMatchObject({ code: 0, err: '' });
  expect(looks).toBe(6); // read, keys, refused; read, keys, written
  vi.restoreAllMocks();
  const put = enrollments.get(enrollmentKey('group', 'shared'));
  expect([put?.iotHubs, urlOn('shared')]).toEqual([['east.azure-devices.net'], webhookUrl]);
}, 60_000);

test('rotate: both keys are good meanwhile, and devices register before, during and after', async () => {
  const fleet = await aDps();
  const { dps, enrolled, enroll, urlOn, kill, restart, keys, identityOf, webhookUrl, appUrl } =
    fleet;
  // Of another scope, and by another name of the app: the same key opens them.
  enrolled('group', 'lab', asking(webhookUrl.replace('/main/', '/lab/')));
  enrolled('group', 'renamed', asking(webhookUrl.replace('127.0.0.1', 'localhost')));
  enrolled('group', 'stranger', asking('https://contoso.example/api/other?code=x'));
  const registers = async (id: string): Promise<void> => {
    const { registrationId, key } = identityOf(id);
    await startVirtualDevice(dps, registrationId, key);
  };
  await registers('before');
  // A second key, of the function alone: as `az functionapp function keys set` makes it.
  kill();
  await restart({ ...keys, functions: { allocateDevice: 'the-next-key' } });
  expect(await enroll('the-next-key', 'rotate')).toMatchObject({
    code: 0,
    out: expect.stringContaining('3 of 3 enrollments are to have key'),
  });
  expect(urlOn('fleet')).toContain('code=host-key');
  const [rotated] = await Promise.all([
    enroll('the-next-key', 'rotate', '--yes'),
    registers('during'),
  ]);
  expect(rotated).toMatchObject({ code: 0, err: '' });
  expect(rotated.out).toContain('only then delete the old one');
  const { port } = new URL(appUrl());
  expect(['fleet', 'lab', 'renamed', 'stranger'].map((id) => urlOn(id))).toEqual([
    `http://127.0.0.1:${port}/api/dps/main/allocate?code=the-next-key`,
    `http://127.0.0.1:${port}/api/dps/lab/allocate?code=the-next-key`,
    `http://localhost:${port}/api/dps/main/allocate?code=the-next-key`,
    'https://contoso.example/api/other?code=x',
  ]);
  // The old one is deleted.
  kill();
  await restart({ ...keys, host: 'another', functions: { allocateDevice: 'the-next-key' } });
  await registers('after');
  expect((await enroll('the-next-key', 'check', 'fleet', 'lab')).code).toBe(0);
}, 90_000);

test('rotate: a busy DPS, more enrollments than a page, one that comes meanwhile, and none at all', async () => {
  // Reading 600 is four operations, putting one is three.
  const fleet = await aDps({ operations: { countMax: 9, periodMs: 2_000 } });
  const { dps, enrolled, enroll, urlOn, kill, restart, keys, webhookUrl } = fleet;
  for (let index = 0; index < 600; index += 1) enrolled('individual', `other-${index}`, {});
  enrolled('individual', 'last-of-all', asking(webhookUrl));
  enrolled('group', 'second', asking(webhookUrl));
  kill();
  await restart({ ...keys, functions: { allocateDevice: 'the-next-key' } });
  const rotating = enroll('the-next-key', 'rotate', '--yes');
  await vi.waitUntil(() => urlOn('fleet')?.includes('the-next-key'), { timeout: 20_000 });
  enrolled('group', 'meanwhile', asking(webhookUrl));
  const rotated = await rotating;
  expect(rotated).toMatchObject({ code: 0, err: '' });
  expect(rotated.out).toContain('All 4 enrollments of this DPS that ask Rehome');
  expect(dps.operationMeter.refused).toBeGreaterThan(0);
  expect(urlOn('last-of-all', 'individual')).toContain('the-next-key');
  expect(urlOn('meanwhile')).toContain('the-next-key');
  dps.enrollments.clear();
  expect(await enroll('the-next-key', 'rotate', '--yes')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no enrollment of this DPS asks Rehome'),
  });
}, 90_000);
