import { coreRadio } from '../../local/devices/core-radio.ts';
import { type RehomedDevice, startRehomedDevice } from '../../local/devices/rehomed-device.ts';
import { blankMemory, type Firmware, keepsContract } from '../../local/devices/running.ts';
import { createDps, type Dps, enrollmentKey as keyAtDps } from '../../local/dps/dps.ts';
import { readEnrollment } from '../../local/dps/enrollment.ts';
import type { Undocumented } from '../../local/dps/undocumented.ts';
import { toRoutedMessage } from '../../local/iot-hub/routing.ts';
import { newHubMeter } from '../../local/iot-hub/throttle.ts';
import type { JsonObject } from '../../local/json.ts';
import { derivedKey } from '../../local/sas.ts';
import { sleep } from '../../local/world.ts';
import { dpsProvisioningRepair } from '../../shared/adapters/dps/provisioning-repair.ts';
import { rehomeProfile } from '../../shared/adapters/iot-hub/device-profile.ts';
import { iotHubDeviceSignal, signalLimits } from '../../shared/adapters/iot-hub/device-signal.ts';
import { iotHubDeviceTwins } from '../../shared/adapters/iot-hub/device-twins.ts';
import { iotHubRegistries } from '../../shared/adapters/iot-hub/hub-registries.ts';
import {
  memoryBreakers,
  memoryCampaigns,
  memoryCauses,
  memoryPurses,
  memoryValves,
} from '../../shared/adapters/memory/campaigns.ts';
import { memoryDeviceRecords } from '../../shared/adapters/memory/device-records.ts';
import { memoryEnrollments } from '../../shared/adapters/memory/enrollments.ts';
import { memoryHubTables } from '../../shared/adapters/memory/hub-tables.ts';
import { memoryIntakes } from '../../shared/adapters/memory/intakes.ts';
import { memoryPlans } from '../../shared/adapters/memory/plans.ts';
import { memoryPolicies, memoryPolicyVersions } from '../../shared/adapters/memory/policies.ts';
import { type CampaignLimits, campaignLimits } from '../../shared/campaign/campaign-limits.ts';
import { moveLimits } from '../../shared/campaign/limits.ts';
import { type Tally, tallyOf } from '../../shared/campaign/progress.ts';
import { deviceKey } from '../../shared/domain/device.ts';
import type { Hub, HubState } from '../../shared/domain/hub.ts';
import { noPolicy, type Policy } from '../../shared/domain/policy.ts';
import { throttlesOf } from '../../shared/domain/quota.ts';
import { advanceCampaigns } from '../../shared/flows/advance-campaigns.ts';
import { allocateDevice } from '../../shared/flows/allocate-device.ts';
import { changeHub } from '../../shared/flows/change-hub.ts';
import { countHubs } from '../../shared/flows/count-hubs.ts';
import { devicesAtRest } from '../../shared/flows/devices-at-rest.ts';
import { endMove } from '../../shared/flows/end-move.ts';
import { makePlan } from '../../shared/flows/make-plan.ts';
import { manageCampaigns } from '../../shared/flows/manage-campaigns.ts';
import { managePlans } from '../../shared/flows/manage-plans.ts';
import { markCause } from '../../shared/flows/mark-cause.ts';
import { moveDevice, movePlanned } from '../../shared/flows/move-device.ts';
import { onHubEvent } from '../../shared/flows/on-hub-event.ts';
import { recordEvidence } from '../../shared/flows/record-evidence.ts';
import { sweepMoves } from '../../shared/flows/sweep-moves.ts';
import { type Goal, planLimits } from '../../shared/planning/goal.ts';
import { parseAllocationRequest } from '../../shared/wire/allocation-request.ts';
import { parseHubEvent } from '../../shared/wire/hub-event.ts';
import { newInstance, reached } from '../simulation/instance.ts';
import { oneAtATime } from '../simulation/one-at-a-time.ts';
import { repeat, virtualWorld } from '../simulation/virtual-world.ts';
import { calm } from '../simulation/weather.ts';
import { aHub } from './a-hub.ts';
import { host } from './a-move.ts';
import { main } from './a-question.ts';
import { coreDpsClients } from './core-dps.ts';
import { coreClients, coreHubs } from './core-hubs.ts';

export const minute = 60_000;

const nobody = (): void => undefined;

export type CampaignWorldOptions = {
  readonly seed?: number;
  readonly hubs?: readonly string[];
  readonly registrationsPerMinute?: number;
  /** How long a runner keeps a campaign that does not say that it is alive. */
  readonly leaseMs?: number;
  readonly instances?: number;
  readonly undocumented?: Partial<Undocumented>;
  readonly firmwareOf?: (index: number) => Firmware;
  readonly policy?: Policy;
  readonly labelsOf?: (index: number) => Readonly<Record<string, string>>;
  /** What of every quota is left to what the fleet does by itself. */
  readonly organicPercent?: number;
  /** Of every hub, which then lets no more through than such a hub does. */
  readonly edition?: Pick<Hub, 'tier' | 'units'>;
};

/** A fleet on the first hub, in time that the test lets pass; the flows as they are, over the cores of the local Azure. */
export const aCampaignWorld = async (deviceCount: number, options: CampaignWorldOptions = {}) => {
  const { seed = 1, hubs: names = ['east', 'west', 'north'] } = options;
  const world = virtualWorld(seed);
  const { clock, dice, deadline } = world;
  const { registrationsPerMinute = 1_000, organicPercent = 20 } = options;
  const profile = rehomeProfile('Reprovision', 'reprovision');
  const policies = memoryPolicies(memoryPolicyVersions(), () => options.policy ?? noPolicy);
  const intakes = memoryIntakes(clock);
  const hubTables = memoryHubTables(
    names.map((name) => aHub(name, options.edition)),
    clock,
    intakes.counts,
  );
  const [campaigns, breakers, causes] = [memoryCampaigns(), memoryBreakers(), memoryCauses()];
  const hubs = coreHubs(names, world, (event) => {
    const { body, properties, annotations } = toRoutedMessage(event, world);
    const message = { body, properties, systemProperties: annotations };
    const sighting = parseHubEvent(message, hubTables.latest(), profile.propertyName);
    if (sighting.kind !== 'sighting') return;
    const deliver = (): void => {
      anApp()
        .hear([sighting], () => undefined)
        .catch(() => world.after(1_000, deliver));
    };
    world.after(world.between(100, 2_000), deliver);
  });
  const clients = coreClients(hubs);
  const shared = {
    scopes: new Set([main]),
    records: memoryDeviceRecords(),
    enrollments: memoryEnrollments(),
    hubTables,
    hubDocuments: hubTables.documents,
    plans: memoryPlans(),
    campaigns,
    breakers,
    causes,
    markCause: markCause({ causes, clock, deadline }),
    purses: memoryPurses(),
    valves: memoryValves(campaigns, breakers),
    policies,
    intakes,
    lateDecisions: { keep: () => undefined },
    registries: iotHubRegistries(clients, deadline, profile, 10_000),
    registrations: { find: async () => 'silent' as const },
    repair: dpsProvisioningRepair(
      coreDpsClients(() => dps),
      deadline,
      5_000,
    ),
    clock,
    dice,
    deadline,
    pause: (ms: number) => sleep(world, ms),
  };
  const quotas = { registrationsPerMinute, organicPercent };
  /** How long the store takes to read a record, more than it does. */
  const slow = { readMs: 0 };
  const { read } = shared.records;
  const records: typeof shared.records = {
    ...shared.records,
    read: async (key, signal) => {
      if (slow.readMs > 0) await sleep(world, slow.readMs);
      return read(key, signal);
    },
  };
  const makeApp = () => {
    const instance = newInstance('the app');
    const reach = { instance, world, weather: () => calm, isStoreDown: () => false, tell: nobody };
    const gate = <Port extends object>(port: Port): Port => reached(port, reach, false);
    const atRest = devicesAtRest(clock);
    const ports = {
      ...shared,
      atRest,
      records: atRest.watch(gate(records)),
      campaigns: gate(shared.campaigns),
      purses: gate(shared.purses),
      signal: gate(iotHubDeviceSignal({ clients, deadline, clock }, profile, signalLimits)),
      twins: gate(iotHubDeviceTwins(clients, deadline, profile, 5_000)),
      movePlanned: undefined as never,
    };
    const sweepLimits = { ...moveLimits, dueMax: 500, atOnceMax: 16, budgetMs: 50_000 };
    const end = endMove(ports, moveLimits);
    const run = { ...ports, movePlanned: movePlanned(ports, moveLimits), endMove: end };
    const advanceLimits = {
      ...quotas,
      roundMs: 1_000,
      leaseMs: options.leaseMs ?? 30_000,
      budgetMs: 59_400,
      lookMs: 5_000,
    };
    return {
      instance,
      allocate: allocateDevice(ports, {
        slackPercent: 5,
        storeTimeoutMs: 1_500,
        atStoreMax: 1_000,
        moves: moveLimits,
      }),
      hear: onHubEvent(new Set([main]), recordEvidence(ports, moveLimits)),
      sweep: sweepMoves(ports, sweepLimits),
      advance: oneAtATime(advanceCampaigns(run, advanceLimits)),
      /** A person's order. */
      move: moveDevice(ports, moveLimits),
      end,
    };
  };
  const apps = Array.from({ length: options.instances ?? 1 }, makeApp);
  const anApp = () => {
    const index = Math.floor(world.random() * apps.length);
    const found = apps[index];
    if (found && !found.instance.isDead) return found;
    const made = makeApp();
    apps[index] = made;
    return made;
  };
  const answered: { at: number; deviceId: string; current: string | undefined; hub: string }[] = [];
  const callWebhook = async (_url: string, body: JsonObject) => {
    const asked = parseAllocationRequest('main', JSON.stringify(body), new Set([main]));
    if (asked.kind === 'refused') throw new Error(JSON.stringify(asked.errors));
    const { hub } = await anApp().allocate(asked.request);
    const { deviceId, currentHub: current } = asked.request;
    answered.push({ at: world.now(), deviceId, current, hub });
    return { status: 200, body: { iotHubHostName: hub } };
  };
  const dps: Dps = createDps(
    {
      hostName: 'd',
      idScope: '0ne1',
      hubs: [...hubs.values()],
      callWebhook,
      undocumented: options.undocumented ?? {},
      quotas: { registrations: { countMax: registrationsPerMinute, periodMs: minute } },
    },
    world,
  );
  const group = enrollGroup(dps, world);
  const setState = (hub: string, state: HubState) =>
    changeHub(hubTables.documents, deadline, host(hub), (known) => ({ ...known, state }));
  const run = (ms: number, afterEach: () => void = () => undefined): Promise<void> =>
    world.runUntil(world.now() + ms, afterEach);

  // The fleet lands on the first hub: for that long the others take nobody.
  for (const name of names.slice(1)) await setState(name, 'cordoned');
  const devices: Promise<RehomedDevice>[] = [];
  const radios = Array.from({ length: deviceCount }, (_, index) => {
    const id = `device-${index}`;
    return coreRadio(dps, id, derivedKey(group.primaryKey, id));
  });
  const landMs = Math.ceil((deviceCount / registrationsPerMinute) * 1.3) * minute;
  for (const [index, radio] of radios.entries())
    world.after((index / deviceCount) * landMs, () => {
      const firmware = options.firmwareOf?.(index) ?? keepsContract();
      devices[index] = startRehomedDevice(radio, world, blankMemory(), firmware);
    });
  await run(landMs + minute);
  for (const name of names.slice(1)) await setState(name, 'open');
  const { edition } = options;
  if (edition) for (const hub of hubs.values()) hub.meter = newHubMeter(throttlesOf(edition));
  const { signal } = new AbortController();
  for (let index = 0; index < deviceCount; index += 1) {
    const key = deviceKey(main, `device-${index}`);
    const kept = await shared.records.read(key, signal);
    if (!kept) throw new Error(`device-${index} did not land`);
    const traits = { enabled: true, iotEdge: false, advertises: true };
    const labels = options.labelsOf?.(index) ?? {};
    await shared.records.write(key, { ...kept.record, traits, labels }, kept.version, signal);
  }
  const counts = countHubs(shared);
  const countedNow = (): void => {
    counts().catch(() => undefined);
  };
  countedNow();
  repeat(world, () => minute, countedNow);
  repeat(
    world,
    () => minute,
    () => {
      const alive = apps.map((app) => (app.instance.isDead ? anApp() : app));
      for (const app of new Set(alive)) app.advance();
      anApp()
        .sweep(() => undefined)
        .catch(() => undefined);
    },
  );
  await run(5_000);
  answered.length = 0;
  const plans = managePlans({ ...shared, begin: () => undefined });
  const manage = manageCampaigns(shared);
  const make = makePlan({ ...shared, countHubs: counts }, { ...quotas, prices: undefined });
  let asked = 0;
  return {
    world,
    shared,
    hubs,
    dps,
    devices,
    radios,
    answered,
    apps,
    makeApp,
    slow,
    manage,
    run,
    setState,
    /** Plans and approves: the campaign's id. */
    begin: async (
      goal: Goal,
      but: Partial<CampaignLimits> = {},
      /** What happens between the plan and its approval. */
      meanwhile: () => Promise<void> = async () => undefined,
    ): Promise<string> => {
      const limits = { ...planLimits, cooldownMs: 0, imbalanceCount: 1, imbalancePercent: 1 };
      const ordered = await plans.ask(main, goal, limits, 'a test', 'a test');
      const made = make(ordered.id);
      await run(5 * minute);
      await made;
      const kept = await plans.read(main, ordered.id);
      if (kept?.state.kind !== 'made')
        throw new Error(`the plan is ${JSON.stringify(kept?.state)}`);
      asked += 1;
      await meanwhile();
      const id = `c-${String(asked).padStart(20, '0')}`;
      const approved = await manage.approve({
        scope: main,
        id,
        planId: ordered.id,
        hash: kept.state.plan.hash,
        reason: 'a test',
        by: 'a test',
        limits: () => ({ ...campaignLimits, ...but }),
      });
      if (approved.kind !== 'approved') throw new Error(approved.kind);
      return id;
    },
    campaign: async (id: string) => {
      const found = await manage.read(main, id);
      if (!found) throw new Error(`no ${id}`);
      return found;
    },
    tally: async (id: string): Promise<Tally> => tallyOf(await manage.progress(id)),
    /** Runs until the campaign is so; throws when it is not so in time. */
    until: async (id: string, kind: string, withinMs: number) => {
      const end = world.now() + withinMs;
      while (world.now() < end) {
        await run(10_000);
        const found = await manage.read(main, id);
        if (found?.state.kind === kind) return found;
      }
      const found = await manage.read(main, id);
      throw new Error(`${id} is ${JSON.stringify(found?.state)}, not ${kind}`);
    },
    recordOf: async (deviceId: string) =>
      (await shared.records.read(deviceKey(main, deviceId), signal))?.record,
    /** On a hub's registry. */
    on: (hub: string) => hubs.get(host(hub))?.devices.size ?? 0,
  };
};

const enrollGroup = (dps: Dps, world: Parameters<typeof readEnrollment>[4]) => {
  const body = {
    attestation: { type: 'symmetricKey' },
    allocationPolicy: 'custom',
    customAllocationDefinition: { webhookUrl: 'https://app/api', apiVersion: '2021-10-01' },
  };
  const group = readEnrollment('group', 'fleet', body, undefined, world);
  dps.enrollments.set(keyAtDps('group', 'fleet'), group);
  return group;
};
