import { expect, test, vi } from 'vitest';
import { startVirtualDevice } from '../../local/devices/virtual-device.ts';
import { enrollmentKey } from '../../local/dps/dps.ts';
import { hostOf } from '../support/a-hub.ts';
import { aSmallFleet, hashOf } from '../support/a-small-fleet.ts';
import { groupRegistration } from '../support/samples.ts';

/**
 * [R5] A full run, with the store, the hubs and Event Hubs failing on the way and with hostile bodies; and then whatever the app has
 * written to its log, answered, stored or told is searched for every secret that went into it, in each form that it might have taken.
 */

const settings = {
  REHOME_SNAPSHOT_MS: '200',
  REHOME_CAMPAIGN: JSON.stringify({ bakeMinutes: 0 }),
  REHOME_TELEMETRY: 'azure-monitor',
  OTEL_METRIC_EXPORT_INTERVAL: '500',
  APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
  'AzureWebJobs.advanceCampaigns.Disabled': 'true',
};

/** What bodies hold that must stay with DPS and the device. */
const ofBodies = {
  certificate: 'MIIBcertificate-of-a-device',
  endorsementKey: 'an-endorsement-key-of-a-tpm',
  primaryKey: 'a-primary-key-of-an-enrollment',
  webhookCode: 'a-code-in-the-webhooks-own-url',
  payload: 'a-secret-that-the-device-sent',
  twin: 'a-secret-in-an-initial-twin',
};

type Fleet = Awaited<ReturnType<typeof aSmallFleet>>;

const hostileBody = (but: Readonly<Record<string, unknown>> = {}): string =>
  groupRegistration({
    'deviceRuntimeContext.registrationId': 'device-of-bodies',
    'deviceRuntimeContext.payload': { password: ofBodies.payload },
    'deviceRuntimeContext.x509': { clientCertificate: ofBodies.certificate },
    'deviceRuntimeContext.tpm': { endorsementKey: ofBodies.endorsementKey },
    'enrollmentGroup.attestation': {
      type: 'symmetricKey',
      symmetricKey: { primaryKey: ofBodies.primaryKey },
    },
    'enrollmentGroup.initialTwin': { tags: { secret: ofBodies.twin } },
    'enrollmentGroup.customAllocationDefinition': {
      webhookUrl: `https://app.example/api/dps/main/allocate?code=${ofBodies.webhookCode}`,
      apiVersion: '2021-10-01',
    },
    ...but,
  });

/** Whatever opens something: as it is, and as it may have been encoded. */
const secretsOf = (fleet: Fleet): ReadonlyMap<string, string> => {
  const { azure, cosmos, eventHubs, keys } = fleet;
  const group = azure.dps.enrollments.get(enrollmentKey('group', 'fleet'));
  const named: Record<string, string | undefined> = {
    ...ofBodies,
    'the store’s key': cosmos.key,
    'the Event Hubs’ key': eventHubs.key,
    'the DPS’s key': azure.dps.key,
    'the master key': keys.master,
    'the function key': keys.host,
    'Event Grid’s key': keys.eventGrid,
    'the group’s primary key': group?.primaryKey,
    'the group’s secondary key': group?.secondaryKey,
    'a device’s key': fleet.identityOf('device-0').key,
    'the hub’s key of a device': [...(azure.hubs.get(hostOf('west'))?.devices.values() ?? [])][0]
      ?.keys.primaryKey,
  };
  for (const { hostName, key } of azure.hubs.values()) named[`the key of ${hostName}`] = key;
  const forms = Object.entries(named).flatMap(([name, secret]) => {
    if (secret === undefined) throw new Error(`Nothing is known of ${name}.`);
    const encoded = [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      Buffer.from(secret).toString('hex'),
    ];
    return encoded.map((form) => [form, name] as const);
  });
  return new Map(forms);
};

/** Of names of what is written: which secrets stand in it. */
const foundIn = (texts: Readonly<Record<string, string>>, secrets: ReadonlyMap<string, string>) =>
  Object.entries(texts).flatMap(([where, text]) =>
    [...secrets].flatMap(([form, name]) => (text.includes(form) ? [`${name}, in ${where}`] : [])),
  );

const patience = { timeout: 30_000, interval: 500 };

test('[R5] no secret that went in stands in the log, the store, the streams, or what is answered', async () => {
  const fleet = await aSmallFleet(settings, 10);
  const answers: string[] = [];
  const ask = async (...[method, path, body, headers]: Parameters<Fleet['send']>) => {
    const answered = await fleet.send(method, path, body, headers);
    answers.push(JSON.stringify(answered.body ?? null));
    return answered;
  };
  const post = async (body: string, url = fleet.webhookUrl): Promise<void> => {
    const response = await fetch(url, { method: 'POST', body });
    answers.push(await response.text());
  };
  await fleet.runTimer('tellChanges');
  await fleet.settled();
  // Bodies that hold secrets: good, bad, cut off, of another scope; by a wrong key.
  await post(hostileBody());
  await post(hostileBody({ linkedHubs: [] }));
  await post(hostileBody({ 'enrollmentGroup.reprovisionPolicy': ofBodies.payload }));
  await post(hostileBody().slice(0, -30));
  await post(hostileBody(), fleet.webhookUrl.replace('/main/', '/other/'));
  await post(hostileBody(), fleet.webhookUrl.replace(/code=.*/, 'code=wrong'));
  await ask('POST', 'decisions/main', hostileBody());
  // A policy, moves, and looks at everything.
  const reason = 'a test';
  await ask('PUT', `policy?reason=${reason}`, '{"rules":[]}', {
    token: 'an-admin',
    'if-match': '"0"',
  });
  const plan = await fleet.planned('plans/main', { goal: 'drain', hub: hostOf('north') });
  await ask('POST', 'campaigns/main', { plan: plan.id, hash: hashOf(plan), reason });
  await fleet.runTimer('advanceCampaigns');
  await vi.waitFor(async () => {
    await fleet.sweep();
    expect(fleet.log.join()).toContain('"verdict":"verified"');
  }, patience);
  // The store throttles, hangs and drops; hubs fail; nobody takes events; the app dies.
  const faults = [
    { kind: 'answer', status: 429, retryAfterMs: 1 },
    { kind: 'hang' },
    { kind: 'drop before' },
  ] as const;
  for (const [index, does] of faults.entries()) {
    fleet.cosmos.faults.push({ matches: () => true, count: 15, does });
    const { registrationId, key } = fleet.identityOf(`late-${index}`);
    await startVirtualDevice(fleet.azure.dps, registrationId, key);
    await post(hostileBody({ 'deviceRuntimeContext.registrationId': `late-body-${index}` }));
    await fetch(`${fleet.appUrl()}/api/health/ready`);
    await ask('GET', 'devices/main/device-0');
    await fleet.runTimer('rebalance').catch(() => undefined);
    fleet.cosmos.faults.length = 0;
  }
  for (const hub of fleet.eventHubs.hubs.values()) hub.isBusy = true;
  await fleet.runTimer('tellChanges').catch(() => undefined);
  for (const hub of fleet.eventHubs.hubs.values()) hub.isBusy = false;
  for (const hub of fleet.azure.hubs.values()) hub.isDead = true;
  await ask('POST', 'devices/main/device-1/moves', { to: hostOf('east'), reason });
  await fleet.sweep().catch(() => undefined);
  for (const hub of fleet.azure.hubs.values()) hub.isDead = false;
  fleet.kill();
  await fleet.restart();
  await fleet.settled();
  await fleet.runTimer('tellChanges');
  for (const path of [
    'status',
    'hubs',
    'history?limit=50',
    'devices/main?all=true&limit=50',
    'decisions/main',
    'campaigns/main',
    'plans/main',
    'policy',
    'devices/main/device-0/explanation',
  ])
    await ask('GET', path, undefined, { token: 'an-admin' });
  answers.push(await (await fetch(`${fleet.appUrl()}/api/health/ready`)).text());

  const tables = [...fleet.cosmos.containers].map(([name, { table }]) => {
    const rows = fleet.cosmos.database.prepare(`SELECT body FROM ${table}`).all();
    return [`the container ${name}`, rows.map(({ body }) => String(body)).join('\n')] as const;
  });
  const streams = ['decisions', 'audit'].map((name) => {
    const { partitions = [] } = fleet.eventHubs.hubs.get(name) ?? {};
    const sent = partitions.flatMap(({ events }) => events.map((event) => JSON.stringify(event)));
    return [`the Event Hub ${name}`, sent.join('\n')] as const;
  });
  const written: Readonly<Record<string, string>> = {
    'the log': fleet.log.join('\n'),
    'what was answered': answers.join('\n'),
    'what was metered': JSON.stringify(fleet.insights.metrics),
    ...Object.fromEntries([...tables, ...streams]),
  };
  // There was something to look at, everywhere.
  for (const line of [
    'allocated',
    'allocation-refused',
    'move-settled',
    'campaign-approved',
    'storeFault',
  ])
    expect(written['the log']).toContain(line);
  for (const [where, text] of Object.entries(written))
    expect([where, text.length > 2]).toEqual([where, true]);
  expect(written['the container rehome/devices']).toContain('late-body-0');
  const secrets = secretsOf(fleet);
  expect(secrets.size).toBeGreaterThan(50);
  expect(foundIn(written, secrets)).toEqual([]);
  // And it would have been seen.
  expect(foundIn({ x: `?code=${encodeURIComponent(fleet.azure.dps.key)}` }, secrets)).toContain(
    'the DPS’s key, in x',
  );
}, 180_000);
