import { coreRadio } from '../../local/devices/core-radio.ts';
import type { Radio } from '../../local/devices/radio.ts';
import { type RehomedDevice, startRehomedDevice } from '../../local/devices/rehomed-device.ts';
import { blankMemory, type Firmware, type Memory } from '../../local/devices/running.ts';
import { type Dps, enrollmentKey } from '../../local/dps/dps.ts';
import type { Json, JsonObject } from '../../local/json.ts';
import { derivedKey } from '../../local/sas.ts';
import { sleep } from '../../local/world.ts';
import type { Base } from './base.ts';
import type { VirtualWorld } from './virtual-world.ts';
import { hour, minute } from './weather.ts';

const unsound: readonly Firmware['habit'][] = ['dies', 'is mute', 'knows nothing'];

/** A device, as somebody who stands before it sees it. */
export type Device = {
  readonly id: string;
  readonly turnOn: () => void;
  readonly turnOff: () => void;
  /** From now on it changes its mood, and loses its power, now and then. */
  readonly live: () => void;
  readonly firmware: Firmware;
};

export const makeDevices = (base: Base, dps: Dps): readonly Device[] => {
  const { world, script } = base;
  const group = dps.enrollments.get(enrollmentKey('group', 'fleet'));
  return Array.from({ length: script.deviceCount }, (_, index) => {
    const id = `device-${index}`;
    const key = derivedKey(group?.primaryKey ?? '', id);
    const isSound = world.random() * 100 < script.soundPercent;
    return aDevice(base, watched(base, coreRadio(dps, id, key), id), {
      id,
      habit: isSound ? 'keeps the contract' : world.pick(unsound),
    });
  });
};

const aDevice = (
  { world, now, story }: Base,
  radio: Radio,
  { id, habit }: { readonly id: string; readonly habit: Firmware['habit'] },
): Device => {
  const memory: Memory = blankMemory();
  const firmware: Firmware = { mood: { kind: 'accepts' }, habit };
  let running: Promise<RehomedDevice> | undefined;
  const turnOn = (): void => {
    if (running) return;
    const started = startRehomedDevice(radio, world, memory, firmware);
    running = started;
    started.catch(() => {
      if (running !== started) return;
      running = undefined;
      world.after(30_000, turnOn);
    });
  };
  const turnOff = (): void => {
    void running?.then(({ stop }) => stop()).catch(() => undefined);
    running = undefined;
  };
  const change = (): void => {
    const { unrest } = now.weather;
    if (unrest <= 0) return;
    firmware.mood = moodOf(world);
    if (world.chance(0.4)) {
      story.tell(id, 'is switched off');
      turnOff();
      world.after(world.between(1_000, hour), turnOn);
    }
    world.after((world.between(0.3, 1.7) * hour) / unrest, change);
  };
  const live = (): void => world.after(world.between(minute, hour), change);
  return { id, turnOn, turnOff, live, firmware };
};

const moodOf = (world: VirtualWorld): Firmware['mood'] => {
  const mood = world.random();
  if (mood < 0.15) return { kind: 'refuses', why: 'busy' };
  if (mood < 0.4) return { kind: 'defers', forMs: world.between(minute, hour) };
  return { kind: 'accepts' };
};

/** A radio whose words are checked. */
const watched = ({ laws: { moves }, world }: Base, radio: Radio, id: string): Radio => ({
  register: async (payload) => {
    const request = (payload?.['rehome'] as JsonObject | undefined)?.['requestId'];
    if (typeof request === 'string') moves.goes(id, request);
    await sleep(world, world.between(20, 2_000));
    return radio.register(payload);
  },
  connect: async (assignment, ears) => {
    const hear = (payload: Json | undefined): void => {
      const request = (payload as JsonObject | undefined)?.['requestId'];
      if (typeof request === 'string') moves.heard(id, request);
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
        if (told?.['state'] === 'done') moves.arrived(id, String(told['requestId']));
        return link.report(patch);
      },
    };
  },
});
