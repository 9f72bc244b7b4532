import type { Json, JsonObject } from '../json.ts';
import { sleep, type World } from '../world.ts';
import { consider, type Handled, reportOf } from './contract.ts';
import type { Assignment, MethodAnswer, Radio } from './radio.ts';
import { register, retryMs, tryToRegister } from './registering.ts';
import {
  blankMemory,
  type Firmware,
  keepsContract,
  type Memory,
  note,
  type Running,
} from './running.ts';

/** A device that keeps the device contract, until it is switched off. */
export type RehomedDevice = {
  readonly memory: Memory;
  readonly firmware: Firmware;
  /** Loses its power: nothing that it was about to do is done. */
  readonly stop: () => Promise<void>;
};

const propertyName = 'reprovision';
const reconnectMs = 1_000;

/**
 * Switches a device on: where it was, or, the first time, where DPS puts it. It settles once the device is connected and has reported.
 * What it was about to do when its power was lost, it goes on with.
 */
export const startRehomedDevice = async (
  radio: Radio,
  world: World,
  memory: Memory = blankMemory(),
  firmware: Firmware = keepsContract(),
): Promise<RehomedDevice> => {
  const device: Running = {
    radio,
    world,
    memory,
    firmware,
    link: undefined,
    on: true,
    arriving: false,
  };
  const going = memory.handled.find(({ state }) => state === 'going');
  if (going) await move(device, going);
  else await arrive(device, undefined);
  const waiting = memory.handled.find(({ state }) => state === 'accepted');
  if (waiting) plan(device, waiting);
  return {
    memory,
    firmware,
    stop: async () => {
      device.on = false;
      const { link } = device;
      device.link = undefined;
      await link?.close();
    },
  };
};

/** Connects to the hub that it knows; registers where it knows none, or is not let in. Once at a time. */
const arrive = async (device: Running, met: Handled | undefined): Promise<void> => {
  if (device.arriving) return;
  device.arriving = true;
  try {
    await untilConnected(device, met);
  } finally {
    device.arriving = false;
  }
};

const untilConnected = async (device: Running, met: Handled | undefined): Promise<void> => {
  for (let attempt = 1; device.on; attempt += 1) {
    try {
      if (!device.memory.assignment || attempt > 1) await register(device, undefined);
      const { assignment } = device.memory;
      if (assignment) return await connect(device, assignment, met);
    } catch (error) {
      if (attempt === 1 && !device.memory.assignment) throw error; // whoever switched it on is told
      await sleep(device.world, retryMs * attempt);
    }
  }
};

const connect = async (
  device: Running,
  assignment: Assignment,
  met: Handled | undefined,
): Promise<void> => {
  const { habit } = device.firmware;
  const link = await device.radio.connect(assignment, {
    methodNames:
      habit === 'knows nothing'
        ? []
        : [habit === 'knows DeviceMove' ? 'DeviceMove' : 'Reprovision'],
    onMethod: (name, payload) => hear(device, name, payload),
    // The SDK tells of them as soon as one listens: it is not to leave before it has arrived.
    onDesired: (patch) =>
      device.link === link && !device.arriving && void readDesired(device, patch),
    onLost: () => {
      if (device.link !== link || !device.on) return;
      device.link = undefined;
      device.world.after(reconnectMs, () => {
        const going = device.memory.handled.some(({ state }) => state === 'going');
        if (device.on && !device.link && !going) void arrive(device, undefined);
      });
    },
  });
  if (!device.on) return link.close();
  device.link = link;
  const { assignedHub } = assignment;
  const back = backIn(device, met);
  await link.report({ hub: assignedHub });
  if (habit === 'knows nothing' || habit === 'knows DeviceMove') return;
  await link.report(reportedAs(back ?? device.memory.handled.at(-1), assignedHub));
  device.world.after(0, () => void readDesired(device, link.desired()));
};

/** In service again: the gap is from closing the old client to being connected, by its own clock. */
const backIn = ({ memory, world }: Running, met: Handled | undefined): Handled | undefined => {
  if (met?.state !== 'done' || met.leftAtMs === undefined) return met;
  const back: Handled = { ...met, gapMs: world.now() - met.leftAtMs };
  note(memory, back);
  return back;
};

/** A report replaces the one before: what it does not name is taken out. */
const reportedAs = (met: Handled | undefined, hub: string): JsonObject => {
  const none: JsonObject = { requestId: null, state: null, hub: null, until: null, why: null };
  return { [propertyName]: Object.assign(none, { gapMs: null }, reportOf(met, hub)) };
};

const hear = (device: Running, name: string, payload: Json): MethodAnswer | undefined => {
  if (name === 'DeviceMove') {
    device.world.after(0, () => device.on && void goByDeviceMove(device));
    return { status: 202, payload: null };
  }
  const taken = take(device, payload);
  if (!taken) return undefined;
  if (taken.met) plan(device, taken.met);
  return { status: 200, payload: taken.answer };
};

/** Its word is out before it leaves. */
const readDesired = async (device: Running, desired: JsonObject): Promise<void> => {
  const request = desired[propertyName];
  const { habit } = device.firmware;
  if (!request || !device.on || habit === 'knows nothing' || habit === 'knows DeviceMove') return;
  const met = take(device, request)?.met;
  if (!met) return;
  const hub = device.memory.assignment?.assignedHub ?? '';
  const told = device.link?.report(reportedAs(met, hub)).catch(() => undefined);
  await Promise.race([told, sleep(device.world, reportMs)]);
  plan(device, met);
};

const reportMs = 5_000;

/** On disk first, then the answer, then the deed. Answers the request, and what to do of it: undefined when it was met before. */
const take = (device: Running, request: Json) => {
  const { memory, firmware, world } = device;
  const { mood } = firmware;
  if (mood.kind === 'is silent') return undefined;
  const before = memory.handled;
  const draw = world.random();
  const { handled, answer } = consider(before, request, mood, world.now(), draw);
  memory.handled = handled;
  return { answer, met: handled === before ? undefined : handled.at(-1) };
};

const plan = (device: Running, met: Handled): void => {
  const { world, firmware } = device;
  if (met.state !== 'accepted' || firmware.habit === 'is mute') return;
  world.after(Math.max(0, (met.goAtMs ?? 0) - world.now()), () => {
    const now = device.memory.handled.find(({ requestId }) => requestId === met.requestId);
    if (device.on && now?.state === 'accepted') void move(device, now);
  });
};

/** Closes, registers with the request's id, connects where DPS says, and reports. The gap is by its own clock. */
const move = async (device: Running, met: Handled): Promise<void> => {
  const { memory, world, firmware } = device;
  const leftAtMs = met.leftAtMs ?? world.now();
  const going: Handled = { ...met, state: 'going', leftAtMs };
  note(memory, going);
  // Closed before it registers: an open client would go on trying to come back to the hub that it leaves.
  const { link } = device;
  device.link = undefined;
  await link?.close().catch(() => undefined);
  const registered = await tryToRegister(device, met.requestId);
  if (!device.on || firmware.habit === 'dies') return;
  const ended: Handled = registered
    ? { ...going, state: 'done' }
    : { ...going, state: 'failed', why: 'DPS did not assign it' };
  note(memory, ended);
  await arrive(device, ended);
};

/** As migrated fleets do that were built for IoT Central. */
const goByDeviceMove = async (device: Running): Promise<void> => {
  const { link } = device;
  device.link = undefined;
  await link?.close().catch(() => undefined);
  await tryToRegister(device, undefined);
  await arrive(device, undefined);
};
