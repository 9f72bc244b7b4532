import { expect, test, vi } from 'vitest';
import { startFleet } from '../../local/devices/fleet.ts';
import { keepsContract } from '../../local/devices/running.ts';
import { startVirtualDevice } from '../../local/devices/virtual-device.ts';
import { enrollmentKey } from '../../local/dps/dps.ts';
import { readEnrollment } from '../../local/dps/enrollment.ts';
import { updateIdentity } from '../../local/iot-hub/registry.ts';
import { derivedKey } from '../../local/sas.ts';
import { realWorld } from '../../local/world.ts';
import type { HubView } from '../../shared/wire/api/hubs.ts';
import type { InventoryView } from '../../shared/wire/api/inventory.ts';
import type { PlanView } from '../../shared/wire/api/plans.ts';
import { aCommand } from '../support/a-command.ts';
import { aFleet } from '../support/a-fleet.ts';
import { hostOf } from '../support/a-hub.ts';

/**
 * A fleet that DPS placed by itself, before anybody had heard of Rehome: 20,000 devices without sockets on two hubs, none of whose
 * events the app ever heard. They are taken in by the genuine SDKs, and planned.
 */

const deviceCount = 20_000;
const [east, west, north] = ['east', 'west', 'north'].map(hostOf) as [string, string, string];

const settings = {
  REHOME_HUBS: JSON.stringify([east, west, north].map((hostName) => ({ hostName, tier: 'S3' }))),
  REHOME_SNAPSHOT_MS: '1000',
  REHOME_INVENTORY_PERCENT: '100',
  // What two runs take at once is counted by one of them alone.
  'AzureWebJobs.takeInventory.Disabled': 'true',
};

/** How many of which kind: what a plan is to find out about them. */
const kinds = { usual: 19_200, silent: 300, never: 250, foreign: 200, disabled: 50 } as const;

type Fleet = Awaited<ReturnType<typeof aFleet>>;

const enroll = ({ azure: { dps } }: Fleet, id: string, body: object) => {
  const key = enrollmentKey('group', id);
  const given = { attestation: { type: 'symmetricKey' }, ...body };
  const made = readEnrollment('group', id, given, dps.enrollments.get(key), realWorld);
  dps.enrollments.set(key, made);
  return made;
};

/** By DPS's own policy, on the two hubs that there were; nobody listens. */
const provision = async (fleet: Fleet): Promise<void> => {
  const { azure } = fleet;
  const before = { allocationPolicy: 'hashed', iotHubs: [east, west] };
  const never = { ...before, reprovisionPolicy: { updateHubAssignment: false } };
  const keys = {
    usual: enroll(fleet, 'old', before).primaryKey,
    never: enroll(fleet, 'stuck', never).primaryKey,
    foreign: enroll(fleet, 'foreign', before).primaryKey,
  };
  const [silent, usual] = [
    { ...keepsContract(), habit: 'knows nothing' as const },
    keepsContract(),
  ];
  const hubs = [...azure.hubs.values()];
  for (const hub of hubs) Object.assign(hub, { onEvent: () => undefined });
  const names = Object.entries(kinds).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, index) => ({ kind, id: `${kind}-${index}` })),
  );
  const start = async (index: number): Promise<void> => {
    const { kind = '', id = '' } = names[index] ?? {};
    const key = derivedKey(keys[kind as keyof typeof keys] ?? keys.usual, id);
    const firmware = kind === 'silent' ? silent : usual;
    const device = await startVirtualDevice(azure.dps, id, key, undefined, firmware);
    if (kind === 'disabled') await device.stop(); // it would go on asking
  };
  await startFleet(
    deviceCount,
    64,
    start,
    () => undefined,
    (line) => {
      throw new Error(line);
    },
  );
  for (const { id: deviceId } of names.filter(({ kind }) => kind === 'disabled'))
    for (const hub of hubs)
      if (hub.devices.has(deviceId)) updateIdentity(hub, { deviceId, status: 'disabled' });
};

const inventoryOf = async ({ call }: Fleet) =>
  (await call('GET', 'inventory/main')).body as InventoryView;

const countedOn = async ({ call }: Fleet): Promise<number> => {
  const { hubs } = (await call('GET', 'hubs')).body as {
    readonly hubs: readonly HubView[];
  };
  return hubs.reduce((sum, { deviceCount: counted }) => sum + (counted ?? 0), 0);
};

const madePlan = async ({ call }: Fleet, goal: object) => {
  const asked = await call('POST', 'plans/main', { reason: 'a test', ...goal });
  expect(asked.status).toBe(202);
  const { id } = asked.body as { readonly id: string };
  for (;;) {
    const view = (await call('GET', `plans/main/${id}`)).body as PlanView;
    if (view.state === 'failed') throw new Error(JSON.stringify(view));
    if ('plan' in view && view.plan) return { id, plan: view.plan };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

test('a fleet that was there before Rehome is taken in, and planned', async () => {
  const fleet = await aFleet(settings, [east, west, north], undefined, {
    registrations: { countMax: 1_000_000, periodMs: 60_000 },
  });
  await provision(fleet);
  // The day on which Rehome comes: its webhook is put on the groups that it is to move, and a third hub is linked.
  const ours = {
    allocationPolicy: 'custom',
    customAllocationDefinition: { webhookUrl: fleet.webhookUrl, apiVersion: '2021-10-01' },
  };
  enroll(fleet, 'old', ours);
  enroll(fleet, 'stuck', { ...ours, reprovisionPolicy: { updateHubAssignment: false } });

  for (let runs = 0; (await inventoryOf(fleet)).phase !== 'done'; runs += 1) {
    expect(runs).toBeLessThan(10);
    await fleet.runTimer('takeInventory');
  }
  expect((await inventoryOf(fleet)).counts).toEqual({
    enrollments: 4, // with the app's own group
    registered: deviceCount,
    identities: deviceCount,
    takenIn: deviceCount,
    updated: deviceCount,
    ghosts: 0,
    missing: 0,
    faults: 0,
  });

  await fleet.runTimer('rebalance'); // counts the hubs, and finds that north is empty
  await vi.waitFor(async () => expect(await countedOn(fleet)).toBe(deviceCount), {
    timeout: 10_000,
  });

  const fill = await madePlan(fleet, { goal: 'fill', hub: north });
  expect(fill.plan).toMatchObject({ moveCount: 6_666, gap: 0, lowerBound: { by: 'count' } });

  const drain = await madePlan(fleet, { goal: 'drain', hub: east });
  const onEast = fleet.azure.hubs.get(east)?.devices ?? new Map();
  const countOf = (kind: string): number =>
    [...onEast.keys()].filter((id) => id.startsWith(`${kind}-`)).length;
  expect(drain.plan.moveCount).toBe(countOf('usual'));
  expect(drain.plan.gap).toBe(0);
  expect(drain.plan.refusalCount).toBe(onEast.size - countOf('usual'));
  expect(
    Object.fromEntries(drain.plan.reasons.map(({ because, count }) => [because, count])),
  ).toEqual({
    'it is not known to be movable: its firmware does not say that it keeps the device contract':
      countOf('silent'),
    'its enrollment stuck never moves a device': countOf('never'),
    'its enrollment foreign does not ask our webhook': countOf('foreign'),
    'its identity is disabled': countOf('disabled'),
  });

  const rehome = aCommand(fleet.appUrl(), 'a-reader');
  const shown = await rehome('plan', 'show', drain.id);
  expect(shown.out).toContain('as few as can be');
  const moves = await rehome('plan', 'moves', drain.id);
  expect(moves.out.trim().split('\n')).toHaveLength(drain.plan.moveCount);
  const refusals = await rehome('plan', 'refusals', drain.id);
  expect(refusals.out.trim().split('\n')).toHaveLength(drain.plan.refusalCount);
}, 240_000);
