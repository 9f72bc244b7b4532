import { coreRadio } from '../../local/devices/core-radio.ts';
import type { Radio } from '../../local/devices/radio.ts';
import {
  blankMemory,
  type Firmware,
  type Memory,
  type RehomedDevice,
  startRehomedDevice,
} from '../../local/devices/rehomed-device.ts';
import { createDps, type Dps, enrollmentKey } from '../../local/dps/dps.ts';
import { readEnrollment } from '../../local/dps/enrollment.ts';
import type { HubEvent } from '../../local/iot-hub/hub-event.ts';
import { toRoutedMessage } from '../../local/iot-hub/routing.ts';
import type { Json, JsonObject } from '../../local/json.ts';
import { derivedKey } from '../../local/sas.ts';
import { sleep } from '../../local/world.ts';
import { rehomeProfile } from '../../shared/adapters/iot-hub/device-profile.ts';
import { iotHubDeviceSignal, signalLimits } from '../../shared/adapters/iot-hub/device-signal.ts';
import { iotHubDeviceTwins } from '../../shared/adapters/iot-hub/device-twins.ts';
import { memoryDeviceRecords } from '../../shared/adapters/memory/device-records.ts';
import { memoryEnrollments } from '../../shared/adapters/memory/enrollments.ts';
import { moveLimits } from '../../shared/campaign/limits.ts';
import { hubHostName } from '../../shared/domain/hub.ts';
import { hubTable } from '../../shared/domain/hub-table.ts';
import type { SettledMove } from '../../shared/domain/move.ts';
import { allocateDevice } from '../../shared/flows/allocate-device.ts';
import { endMove } from '../../shared/flows/end-move.ts';
import { moveDevice } from '../../shared/flows/move-device.ts';
import { onHubEvent } from '../../shared/flows/on-hub-event.ts';
import { recordEvidence } from '../../shared/flows/record-evidence.ts';
import { sweepMoves } from '../../shared/flows/sweep-moves.ts';
import { parseAllocationRequest } from '../../shared/wire/allocation-request.ts';
import { parseHubEvent } from '../../shared/wire/hub-event.ts';
import { aHub, hostOf } from '../support/a-hub.ts';
import { main } from '../support/a-request.ts';
import { coreClients, coreHubs } from '../support/core-hubs.ts';
import { type Chances, type Instance, reached } from './instance.ts';
import { truth } from './truth.ts';
import { type VirtualWorld, virtualWorld } from './virtual-world.ts';

/** A life of a few devices in bad weather, and then in calm: the flows as they are, over the cores of the local Azure. */

const minute = 60_000;
const hour = 60 * minute;

export type Weather = {
  readonly stormMs: number;
  readonly calmMs: number;
  readonly deviceCount: number;
  readonly dies: number;
  readonly fails: number;
  readonly loses: number;
  readonly doubles: number;
  /** How often a hub goes down, by the minute. */
  readonly outages: number;
};

/** What the flows are given. */
export type Ports = Parameters<typeof sweepMoves>[0] &
  Parameters<typeof allocateDevice>[0] &
  Parameters<typeof moveDevice>[0];

/** A fault of ours, put in on purpose, so that the simulator shows that it sees. */
export type Plant = (ports: Ports) => Ports;

export const badWeather: Weather = {
  stormMs: 6 * hour,
  calmMs: 12 * hour,
  deviceCount: 6,
  dies: 0.01,
  fails: 0.02,
  loses: 0.1,
  doubles: 0.2,
  outages: 0.01,
};

export type Life = {
  readonly violations: readonly string[];
  readonly log: readonly string[];
  readonly settled: readonly SettledMove[];
  readonly deaths: number;
  readonly steps: number;
};

const hubNames = ['east', 'west', 'north'];
const hosts = hubNames.map((name) => hubHostName(hostOf(name)));
const profile = rehomeProfile('Reprovision', 'reprovision');

type Base = ReturnType<typeof makeBase>;

/** What all processes share: the world, Azure, the store, and the truth about them. */
const makeBase = (seed: number, weather: Weather, plant: Plant) => {
  const world = virtualWorld(seed);
  const chances: Chances = { dies: weather.dies, fails: weather.fails };
  const { loses, doubles, fails: hubFails, outages } = weather;
  const storm = { loses, doubles, hubFails, outages };
  const down = new Set<string>();
  const listeners: ((event: HubEvent) => void)[] = [];
  const hubs = coreHubs(hubNames, world, (event) => {
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
  const seen = truth(hubs, world);
  listeners.push(seen.note);
  const records = seen.watch(memoryDeviceRecords());
  const table = hubTable(
    hubNames.map((name) => aHub(name)),
    world.clock.now(),
  );
  return { world, chances, storm, down, listeners, hubs, seen, records, table, weather, plant };
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
    hubTables: { latest: () => table, known: async () => table },
    lateDecisions: { keep: () => undefined },
    signal: gate(iotHubDeviceSignal({ clients, deadline, clock }, profile, signalLimits), false),
    twins: gate(iotHubDeviceTwins(clients, deadline, profile, 5_000), false),
    registrations: { find: async () => 'silent' as const },
    clock,
    dice,
    deadline,
  });
};

const makeApp = (base: Base, enrollments: ReturnType<typeof memoryEnrollments>) => {
  const instance: Instance = { isDead: false, onDeath: [] };
  const ports = appPorts(base, instance, enrollments);
  const limits = { ...moveLimits, dueMax: 50, atOnceMax: 4, budgetMs: 50_000 };
  return {
    instance,
    allocate: allocateDevice(ports, { slackPercent: 5, storeTimeoutMs: 1_500 }),
    hear: onHubEvent(new Set([main]), recordEvidence(ports, limits)),
    sweep: sweepMoves(ports, limits),
    move: moveDevice(ports, limits),
    end: endMove(ports, limits),
  };
};

type App = ReturnType<typeof makeApp>;

export const simulate = async (
  seed: number,
  weather: Weather = badWeather,
  plant: Plant = (ports) => ports,
): Promise<Life> => {
  const base = makeBase(seed, weather, plant);
  const { world, seen, storm, chances } = base;
  const enrollments = memoryEnrollments();
  let deaths = 0;
  /** Two processes, as a plan with two instances has them; one that dies is replaced. */
  const apps = [makeApp(base, enrollments), makeApp(base, enrollments)];
  const anApp = (): App => {
    const index = Math.floor(world.random() * apps.length);
    const found = apps[index];
    if (found && !found.instance.isDead) return found;
    deaths += 1;
    const made = makeApp(base, enrollments);
    apps[index] = made;
    return made;
  };

  const dps = makeDps(base, anApp);
  hearEvents(base, anApp);
  breakHubs(base, dps);
  const devices = makeDevices(base, dps);
  let steps = 0;
  const afterEach = (): void => {
    steps += 1;
    seen.checkDeadlines();
  };
  repeat(
    world,
    () => minute,
    () => {
      for (let runner = 0; runner < (world.chance(0.3) ? 2 : 1); runner += 1) {
        void anApp()
          .sweep(() => undefined)
          .catch(() => undefined);
      }
    },
  );
  const live = { on: true };
  devices.live(live);
  await world.runUntil(10 * minute, afterEach);
  operate(base, anApp, devices.ids, live);
  await world.runUntil(weather.stormMs, afterEach);

  live.on = false;
  Object.assign(storm, { loses: 0, doubles: 0, hubFails: 0, outages: 0 });
  Object.assign(chances, { dies: 0, fails: 0 });
  devices.calm();
  await world.runUntil(weather.stormMs + weather.calmMs, afterEach);
  return {
    violations: [...seen.violations, ...unsettled(base, devices.ids, dps)],
    log: seen.log,
    settled: seen.settled,
    deaths,
    steps,
  };
};

/** In the calm everything is settled, told of once, and where the record says. */
const unsettled = ({ seen, hubs }: Base, ids: readonly string[], dps: Dps): readonly string[] => {
  const found: string[] = [];
  for (const id of ids) {
    const record = seen.recordOf(id);
    const on = [...hubs.values()].filter(({ devices }) => devices.has(id));
    if (record?.move) found.push(`[M6] ${record.move.id} of ${id} never settled`);
    if (record?.leftover) found.push(`[R1] the request of ${id} was never cleared`);
    // DPS may leave an identity behind on a hub that was down: what no move went through is for an inventory to find.
    if (dps.undocumented.unreachableSource === 'fails' && on.length > 1)
      found.push(`[R1] ${id} is on ${on.length} hubs`);
    // DPS may lose a device between two hubs, one of which is down: if it does not register again, it is named.
    if (on.length === 0 && record?.finding?.kind !== 'missing')
      found.push(`[R1] ${id} is on no hub, and nobody says so: ${record?.finding?.kind}`);
    for (const { hostName, devices } of on) {
      const held = devices.get(id);
      if (held?.desired.properties['reprovision']) found.push(`[R1] ${id} still holds a request`);
      if (held?.session && record?.observed && record.observed.hub !== hostName)
        found.push(`[M4] ${id} is on ${hostName}, and observed on ${record.observed.hub}`);
    }
  }
  if (seen.opened.size !== seen.settled.length)
    found.push(`[R1] ${seen.opened.size} moves opened, ${seen.settled.length} in the history`);
  return found;
};

const repeat = (world: VirtualWorld, everyMs: () => number, work: () => void): void => {
  world.after(everyMs(), () => {
    work();
    repeat(world, everyMs, work);
  });
};

const makeDps = (base: Base, anApp: () => App): Dps => {
  const { world, hubs, seen } = base;
  const callWebhook = async (_url: string, body: JsonObject, timeoutMs: number) => {
    const app = anApp();
    const asked = parseAllocationRequest('main', JSON.stringify(body), new Set([main]));
    if (asked.kind === 'refused') throw new Error(JSON.stringify(asked.errors));
    const { request } = asked;
    const gone = new Promise<undefined>((resolve) => {
      app.instance.onDeath.push(() => resolve(undefined));
      world.after(timeoutMs, () => resolve(undefined));
    });
    const decision = await Promise.race([app.allocate(request), gone]);
    if (!decision) return undefined;
    seen.answered(request.deviceId, request.currentHub, decision.hub);
    return { status: 200, body: { iotHubHostName: decision.hub } };
  };
  const undocumented = {
    moveOrder: world.pick(['create first', 'remove first'] as const),
    unreachableSource: world.pick(['fails', 'assigns anew'] as const),
    retriesTimeout: world.chance(0.5),
  };
  const options = { hostName: 'sim', idScope: '0ne1', hubs: [...hubs.values()], callWebhook };
  const dps = createDps({ ...options, undocumented }, world);
  const body = {
    attestation: { type: 'symmetricKey' },
    allocationPolicy: 'custom',
    customAllocationDefinition: { webhookUrl: 'https://app/api', apiVersion: '2021-10-01' },
  };
  dps.enrollments.set(
    enrollmentKey('group', 'fleet'),
    readEnrollment('group', 'fleet', body, undefined, world),
  );
  return dps;
};

/** A hub that is down answers nobody, has no links, and DPS can neither write to it nor read from it. */
const breakHubs = ({ world, storm, down, hubs }: Base, dps: Dps): void =>
  repeat(
    world,
    () => minute,
    () => {
      if (!world.chance(storm.outages)) return;
      const hub = world.pick([...hubs.values()]);
      const linked = dps.linkedHubs.get(hub.hostName);
      if (!linked || down.has(hub.hostName)) return;
      down.add(hub.hostName);
      linked.reachable = false;
      for (const { session } of hub.devices.values()) session?.close('the hub is down');
      world.after(world.between(minute, 2 * hour), () => {
        down.delete(hub.hostName);
        linked.reachable = true;
      });
    },
  );

/** Each event comes late, and may come twice, or never; one that could not be recorded comes again until it is. */
const hearEvents = ({ listeners, world, storm, table }: Base, anApp: () => App): void => {
  const deliver = (event: HubEvent): void => {
    const { body, properties, annotations } = toRoutedMessage(event, world);
    const message = { body, properties, systemProperties: annotations };
    const sighting = parseHubEvent(message, table, profile.propertyName);
    if (sighting.kind !== 'sighting') return;
    const app = anApp();
    let isDone = false;
    const again = (): void => {
      if (!isDone) world.after(world.between(500, 5_000), () => deliver(event));
      isDone = true;
    };
    app.instance.onDeath.push(again);
    app
      .hear([sighting], () => undefined)
      .then(() => {
        isDone = true;
      }, again);
  };
  listeners.push((event) => {
    if (world.chance(storm.loses)) return;
    const times = world.chance(storm.doubles) ? 3 : 1;
    for (let copy = 0; copy < times; copy += 1) {
      const lateMs = world.chance(0.1) ? world.between(0, 10 * minute) : world.between(0, 3_000);
      world.after(lateMs, () => deliver(event));
    }
  });
};

const habits: readonly Firmware['habit'][] = [
  'keeps the contract',
  'keeps the contract',
  'keeps the contract',
  'keeps the contract',
  'dies',
  'is mute',
  'knows nothing',
];

const makeDevices = (base: Base, dps: Dps) => {
  const { world, weather } = base;
  const group = dps.enrollments.get(enrollmentKey('group', 'fleet'));
  const ids = Array.from({ length: weather.deviceCount }, (_, index) => `device-${index}`);
  const calmers: (() => void)[] = [];
  const live = (life: { readonly on: boolean }): void => {
    for (const id of ids) {
      const key = derivedKey(group?.primaryKey ?? '', id);
      const radio = watched(base, coreRadio(dps, id, key), id);
      liveOne(world, radio, life, calmers);
    }
  };
  return {
    ids,
    live,
    calm: () => {
      for (const calm of calmers) calm();
    },
  };
};

const liveOne = (
  world: VirtualWorld,
  radio: Radio,
  life: { readonly on: boolean },
  calmers: (() => void)[],
): void => {
  const memory: Memory = blankMemory();
  const firmware: Firmware = { mood: { kind: 'accepts' }, habit: world.pick(habits) };
  let running: Promise<RehomedDevice> | undefined;
  const turnOn = (): void => {
    running ??= startRehomedDevice(radio, world, memory, firmware);
    running.catch(() => {
      running = undefined;
      world.after(30_000, turnOn);
    });
  };
  const turnOff = (): void => {
    void running?.then(({ stop }) => stop());
    running = undefined;
  };
  const change = (): void => {
    if (!life.on) return;
    const mood = world.random();
    if (mood < 0.15) firmware.mood = { kind: 'refuses', why: 'busy' };
    else if (mood < 0.4) firmware.mood = { kind: 'defers', forMs: world.between(minute, hour) };
    else firmware.mood = { kind: 'accepts' };
    if (world.chance(0.4)) {
      turnOff();
      world.after(world.between(1_000, hour), turnOn);
    }
    world.after(world.between(5 * minute, hour), change);
  };
  world.after(world.between(0, minute), turnOn);
  world.after(world.between(5 * minute, hour), change);
  // In the calm each is switched off and on once more, so that its hub tells of it.
  calmers.push(() => {
    firmware.mood = { kind: 'accepts' };
    turnOff();
    world.after(2 * minute, turnOn);
  });
};

/** A radio whose words are checked. */
const watched = ({ seen, world }: Base, radio: Radio, id: string): Radio => ({
  register: async (payload) => {
    const request = (payload?.['rehome'] as JsonObject | undefined)?.['requestId'];
    if (typeof request === 'string') seen.goes(id, request);
    await sleep(world, world.between(20, 2_000));
    return radio.register(payload);
  },
  connect: async (assignment, ears) => {
    const hear = (payload: Json | undefined): void => {
      const request = (payload as JsonObject | undefined)?.['requestId'];
      if (typeof request === 'string') seen.heard(id, request);
    };
    await sleep(world, world.between(20, 2_000));
    const link = await radio.connect(assignment, {
      ...ears,
      onMethod: (name, payload) => {
        hear(payload);
        return ears.onMethod(name, payload);
      },
      onDesired: (patch) => {
        hear(patch['reprovision']);
        ears.onDesired(patch);
      },
    });
    return {
      ...link,
      report: async (patch) => {
        const told = patch['reprovision'] as JsonObject | undefined;
        if (told?.['state'] === 'done') seen.arrived(id, String(told['requestId']));
        return link.report(patch);
      },
    };
  },
});

/** A person who moves devices now and then, and changes their mind. */
const operate = (
  base: Base,
  anApp: () => App,
  ids: readonly string[],
  life: { readonly on: boolean },
): void => {
  const { world } = base;
  repeat(
    world,
    () => world.between(minute, 20 * minute),
    () => {
      if (!life.on) return;
      const deviceId = world.pick(ids);
      if (world.chance(0.1)) {
        void anApp()
          .end(main, deviceId, 'called off')
          .catch(() => undefined);
        return;
      }
      const order = {
        scope: main,
        deviceId,
        to: world.pick(hosts),
        reason: 'a simulation',
        campaignId: 'by-hand',
        windowMs: hour,
        parkedMs: 3 * hour,
        jitterSeconds: world.pick([0, 30, 300]),
        resetAllowed: false,
        unknownAllowed: true,
      };
      void anApp()
        .move(order)
        .catch(() => undefined);
    },
  );
};
