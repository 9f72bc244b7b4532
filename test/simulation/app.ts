import type { HubEvent } from '../../local/iot-hub/hub-event.ts';
import { rehomeProfile } from '../../shared/adapters/iot-hub/device-profile.ts';
import { iotHubDeviceSignal, signalLimits } from '../../shared/adapters/iot-hub/device-signal.ts';
import { iotHubDeviceTwins } from '../../shared/adapters/iot-hub/device-twins.ts';
import { memoryDeviceRecords } from '../../shared/adapters/memory/device-records.ts';
import { memoryEnrollments } from '../../shared/adapters/memory/enrollments.ts';
import { moveLimits } from '../../shared/campaign/limits.ts';
import { type HubHostName, hubHostName } from '../../shared/domain/hub.ts';
import { type HubTable, hubTable } from '../../shared/domain/hub-table.ts';
import { instant } from '../../shared/domain/instant.ts';
import { noPolicy, type Policy } from '../../shared/domain/policy.ts';
import { allocateDevice } from '../../shared/flows/allocate-device.ts';
import { endMove } from '../../shared/flows/end-move.ts';
import { moveDevice } from '../../shared/flows/move-device.ts';
import { onHubEvent } from '../../shared/flows/on-hub-event.ts';
import { orderDevice } from '../../shared/flows/order-device.ts';
import { recordEvidence } from '../../shared/flows/record-evidence.ts';
import { sweepMoves } from '../../shared/flows/sweep-moves.ts';
import type { PolicyVersions } from '../../shared/ports/policies.ts';
import { aHub, hostOf } from '../support/a-hub.ts';
import { main } from '../support/a-question.ts';
import { coreClients, coreHubs } from '../support/core-hubs.ts';
import { noCampaigns } from '../support/no-campaigns.ts';
import { type Chances, type Instance, reached } from './instance.ts';
import { truth } from './truth.ts';
import { virtualWorld } from './virtual-world.ts';
import type { Weather } from './weather.ts';

/** What the flows are given. */
type Ports = Parameters<typeof sweepMoves>[0] &
  Parameters<typeof allocateDevice>[0] &
  Parameters<typeof moveDevice>[0];

/** A fault of ours, put in on purpose, so that the simulator shows that it sees. */
export type Plant = (ports: Ports) => Ports;

const hubNames = ['east', 'west', 'north'];
const exileName = 'exile';

/** Where devices live, and may be moved. */
export const hosts = hubNames.map((name) => hubHostName(hostOf(name)));

const policy: Policy = { ...noPolicy, version: 1, quarantine: hubHostName(hostOf(exileName)) };

export const profile = rehomeProfile('Reprovision', 'reprovision');

export type Base = ReturnType<typeof makeBase>;

/** What all processes share: the world, Azure, the store, and the truth about them. */
export const makeBase = (seed: number, weather: Weather, plant: Plant) => {
  const world = virtualWorld(seed);
  const chances: Chances = { dies: weather.dies, fails: weather.fails };
  const { loses, doubles, fails: hubFails, outages, closures } = weather;
  const storm = { loses, doubles, hubFails, outages, closures };
  const down = new Set<string>();
  const listeners: ((event: HubEvent) => void)[] = [];
  const hubs = coreHubs([...hubNames, exileName], world, (event) => {
    for (const listen of listeners) listen(event);
  });
  for (const hub of hubs.values()) {
    hub.faults.push({
      matches: () => down.has(hub.hostName),
      count: Number.POSITIVE_INFINITY,
      does: async () => 'dropped',
    });
    hub.faults.push({
      matches: () => world.chance(storm.hubFails),
      count: Number.POSITIVE_INFINITY,
      does: async (proper) => {
        if (world.chance(0.3)) return { status: 429, headers: { 'retry-after': '5' } };
        if (world.chance(0.5)) await proper(); // done, and the answer is lost
        return 'dropped';
      },
    });
  }
  const closed = new Set<HubHostName>();
  const seen = truth(hubs, world, closed);
  listeners.push(seen.note);
  const records = seen.watch(memoryDeviceRecords());
  const table = (): HubTable =>
    hubTable(
      [...hubNames, exileName].map((name) => {
        const hub = aHub(name);
        return closed.has(hub.hostName) ? { ...hub, state: 'closed' } : hub;
      }),
      world.clock.now(),
    );
  const shared = { world, chances, storm, down, closed, listeners, hubs };
  return { ...shared, seen, records, table, weather, plant };
};

const appPorts = (base: Base, instance: Instance, enrollments = memoryEnrollments()): Ports => {
  const { world, chances, hubs, table, records, plant } = base;
  const { clock, dice, deadline } = world;
  const clients = coreClients(hubs);
  const gate = <Port extends object>(port: Port, mayFail: boolean): Port =>
    reached(port, instance, chances, world, mayFail);
  return plant({
    records: gate(records, true),
    enrollments: gate(enrollments, true),
    hubTables: { latest: table, known: async () => table() },
    policies: { latest: () => policy, known: async () => policy },
    valves: noCampaigns,
    markCause: async () => undefined,
    intakes: { note: () => undefined, count: () => undefined },
    lateDecisions: { keep: () => undefined },
    signal: gate(iotHubDeviceSignal({ clients, deadline, clock }, profile, signalLimits), false),
    twins: gate(iotHubDeviceTwins(clients, deadline, profile, 5_000), false),
    registrations: { find: async () => 'silent' as const },
    clock,
    dice,
    deadline,
  });
};

export const makeApp = (base: Base, enrollments: ReturnType<typeof memoryEnrollments>) => {
  const instance: Instance = { isDead: false, onDeath: [] };
  const ports = appPorts(base, instance, enrollments);
  const limits = { ...moveLimits, dueMax: 50, atOnceMax: 4, budgetMs: 50_000 };
  const [move, end] = [moveDevice(ports, limits), endMove(ports, limits)];
  const kept = { policy, document: {}, by: 'a test', reason: 'a test', at: instant(0) };
  const versions: PolicyVersions = {
    newest: async () => ({ version: 1, kept }),
    read: async () => kept,
    put: async () => 'superseded',
  };
  return {
    instance,
    allocate: allocateDevice(ports, {
      slackPercent: 5,
      storeTimeoutMs: 1_500,
      atStoreMax: 1_000,
      moves: moveLimits,
    }),
    hear: onHubEvent(new Set([main]), recordEvidence(ports, limits)),
    sweep: sweepMoves(ports, limits),
    move,
    end,
    order: orderDevice({ ...ports, versions, moveDevice: move, endMove: end }, limits),
  };
};

export type App = ReturnType<typeof makeApp>;
