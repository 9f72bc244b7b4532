import type { Dps } from '../../local/dps/dps.ts';
import { sleep } from '../../local/world.ts';
import { dpsProvisioningRecords } from '../../shared/adapters/dps/provisioning-records.ts';
import { dpsProvisioningRepair } from '../../shared/adapters/dps/provisioning-repair.ts';
import { iotHubDeviceSignal, signalLimits } from '../../shared/adapters/iot-hub/device-signal.ts';
import { iotHubDeviceTwins } from '../../shared/adapters/iot-hub/device-twins.ts';
import { iotHubRegistries } from '../../shared/adapters/iot-hub/hub-registries.ts';
import { memoryValves } from '../../shared/adapters/memory/campaigns.ts';
import { memoryPolicies } from '../../shared/adapters/memory/policies.ts';
import { campaignLimits } from '../../shared/campaign/campaign-limits.ts';
import { moveLimits } from '../../shared/campaign/limits.ts';
import { advanceCampaigns } from '../../shared/flows/advance-campaigns.ts';
import { allocateDevice } from '../../shared/flows/allocate-device.ts';
import { countHubs } from '../../shared/flows/count-hubs.ts';
import { devicesAtRest } from '../../shared/flows/devices-at-rest.ts';
import { endMove } from '../../shared/flows/end-move.ts';
import { heedHub } from '../../shared/flows/heed-hub.ts';
import { makePlan } from '../../shared/flows/make-plan.ts';
import { manageCampaigns } from '../../shared/flows/manage-campaigns.ts';
import { manageHubs } from '../../shared/flows/manage-hubs.ts';
import { managePlans } from '../../shared/flows/manage-plans.ts';
import { managePolicy } from '../../shared/flows/manage-policy.ts';
import { markCause } from '../../shared/flows/mark-cause.ts';
import { moveDevice, movePlanned } from '../../shared/flows/move-device.ts';
import { onHubEvent } from '../../shared/flows/on-hub-event.ts';
import { orderDevice } from '../../shared/flows/order-device.ts';
import { rebalance } from '../../shared/flows/rebalance.ts';
import { recordEvidence } from '../../shared/flows/record-evidence.ts';
import { sweepMoves } from '../../shared/flows/sweep-moves.ts';
import { takeInventory } from '../../shared/flows/take-inventory.ts';
import { takeLabels } from '../../shared/flows/take-labels.ts';
import { planLimits } from '../../shared/planning/goal.ts';
import { main } from '../support/a-question.ts';
import { coreDpsClients } from '../support/core-dps.ts';
import { coreClients } from '../support/core-hubs.ts';
import { type Base, profile } from './base.ts';
import { clockOf, type Instance, newInstance, reached } from './instance.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { repeat } from './virtual-world.ts';
import { hour, minute } from './weather.ts';

const scopes = new Set([main]);

/** What the flows of one process are given. */
export type Ports = ReturnType<typeof portsOf>;

/** A fault of ours, put in on purpose, so that the simulator shows that it sees. */
export type Plant = (ports: Ports) => Ports;

const portsOf = (base: Base, dps: () => Dps, instance: Instance) => {
  const { world, store, hubs, now, story, stale, policy } = base;
  const { dice, deadline } = world;
  const clock = clockOf(world, world.between(-1, 1) * now.weather.skewMs);
  const reach = {
    instance,
    world,
    weather: () => now.weather,
    isStoreDown: () => world.now() < now.storeDownUntil,
    tell: (what: string) => story.tell(instance.name, what),
  };
  const stored = <Port extends object>(port: Port): Port => reached(port, reach, true);
  const called = <Port extends object>(port: Port): Port => reached(port, reach, false);
  const clients = coreClients(hubs);
  const atRest = devicesAtRest(clock);
  const campaigns = stored(stale.campaignsFor(instance.name, store.campaigns));
  const breakers = stored(store.breakers);
  const causes = stored(store.causes);
  const policies = memoryPolicies(store.policyVersions, () => policy);
  const valves = memoryValves(store.campaigns, store.breakers);
  return {
    scopes,
    atRest,
    records: atRest.watch(stored(stale.recordsFor(instance.name, store.records))),
    campaigns,
    breakers,
    causes,
    enrollments: stored(store.enrollments),
    purses: stored(store.purses),
    plans: stored(store.plans),
    inventories: stored(store.inventories),
    versions: stored(store.policyVersions),
    hubDocuments: stored(store.hubTables.documents),
    intakes: store.intakes,
    ...heldBy(base, instance, { hubTables: store.hubTables, policies, valves }),
    markCause: markCause({ causes, clock, deadline }),
    lateDecisions: { keep: () => undefined },
    complain: () => undefined,
    signal: called(iotHubDeviceSignal({ clients, deadline, clock }, profile, signalLimits)),
    twins: called(iotHubDeviceTwins(clients, deadline, profile, 5_000)),
    registries: called(iotHubRegistries(clients, deadline, profile, 5_000)),
    registrations: { find: async () => 'silent' as const },
    provisioning: called(dpsProvisioningRecords(coreDpsClients(dps), deadline, 5_000)),
    repair: called(dpsProvisioningRepair(coreDpsClients(dps), deadline, 5_000)),
    clock,
    dice,
    deadline,
    pause: (ms: number) => sleep(world, ms),
  };
};

type Pictures = {
  readonly hubTables: Base['store']['hubTables'];
  readonly policies: ReturnType<typeof memoryPolicies>;
  readonly valves: ReturnType<typeof memoryValves>;
};

/** What a process holds of what seldom changes: as old as its last look, and older while the store is down. */
const heldBy = (
  { world, now }: Base,
  instance: Instance,
  { hubTables, policies, valves }: Pictures,
) => {
  const looked = () => ({
    table: hubTables.latest(),
    policy: policies.latest(),
    valves: valves.latest(),
  });
  let held = looked();
  const look = async (): Promise<void> => {
    await Promise.all([policies.known(), valves.known()]);
    held = looked();
  };
  void look();
  repeat(
    world,
    () => world.between(8_000, 12_000),
    () => {
      if (instance.isDead) return 'done';
      const mayLook = world.now() >= Math.max(instance.stalledUntil, now.storeDownUntil);
      if (mayLook) void look();
      return undefined;
    },
  );
  return {
    hubTables: { latest: () => held.table, known: async () => held.table },
    policies: { latest: () => held.policy, known: async () => held.policy },
    valves: { latest: () => held.valves, known: async () => held.valves },
  };
};

/** What a person gives a plan here: few devices are enough to be out of balance. */
export const limitsOfPlans = {
  ...planLimits,
  cooldownMs: 2 * hour,
  imbalanceCount: 3,
  imbalancePercent: 10,
};

/** A canary of a few, waves of minutes. */
export const limitsOfCampaigns = {
  ...campaignLimits,
  brokenPercent: 50,
  strandedPercent: 40,
  baselinePercent: 5,
  wavePercents: [25, 100],
  bakeMs: 2 * minute,
  windowMs: 20 * minute,
  parkedMs: 4 * hour,
};

/** One process: every flow as it is. */
export const makeApp = (base: Base, dps: () => Dps, name: string, plant: Plant) => {
  const instance = newInstance(name);
  const ports = plant(portsOf(base, dps, instance));
  const { registrationsPerMinute, dial } = base.script;
  const quotas = { registrationsPerMinute, organicPercent: 20 };
  const limits = { ...moveLimits, dueMax: 50, atOnceMax: 4, budgetMs: 50_000 };
  const [move, end] = [moveDevice(ports, limits), endMove(ports, limits)];
  const counts = countHubs(ports);
  const make = makePlan({ ...ports, countHubs: counts }, { ...quotas, prices: undefined });
  const begin = (planId: string): void => void make(planId).catch(() => undefined);
  const plans = managePlans({ ...ports, begin });
  const manage = manageCampaigns(ports);
  const run = { ...ports, movePlanned: movePlanned(ports, moveLimits), endMove: end };
  return {
    instance,
    allocate: allocateDevice(ports, {
      slackPercent: 5,
      storeTimeoutMs: 1_500,
      atStoreMax: 1_000,
      moves: moveLimits,
    }),
    hear: onHubEvent(scopes, recordEvidence(ports, limits)),
    label: takeLabels(scopes, ports),
    heed: heedHub(ports),
    sweep: sweepMoves(ports, limits),
    advance: oneAtATime(
      advanceCampaigns(run, {
        ...quotas,
        roundMs: 1_000,
        leaseMs: 30_000,
        budgetMs: 59_400,
        lookMs: 5_000,
      }),
    ),
    rebalance: rebalance(
      { ...ports, countHubs: counts, managePlans: plans, manageCampaigns: manage, begin },
      {
        scopes,
        dial,
        limits: limitsOfPlans,
        againMs: hour,
        churnPercent: 50,
        campaignLimits: limitsOfCampaigns,
      },
    ),
    inventory: takeInventory(ports, {
      dpsOperations: 100,
      hubQueries: () => 20,
      budgetMs: 20_000,
      everyMs: 10 * minute,
      atOnceMax: 4,
      isOnlyScope: true,
    }),
    move,
    end,
    order: orderDevice({ ...ports, moveDevice: move, endMove: end }, limits),
    plans,
    manage,
    hubs: manageHubs({ ...ports }, 5),
    policy: managePolicy({
      ...ports,
      judgePattern: async () => undefined,
      seed: { document: {}, policy: () => base.policy },
      markCause: (because) => ports.markCause(scopes, because),
    }),
  };
};

export type App = ReturnType<typeof makeApp>;
