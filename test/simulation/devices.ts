import { coreRadio } from '../../local/devices/core-radio.ts';
import type { Radio } from '../../local/devices/radio.ts';
import { type RehomedDevice, startRehomedDevice } from '../../local/devices/rehomed-device.ts';
import { blankMemory, type Firmware, type Memory } from '../../local/devices/running.ts';
import { type Dps, enrollmentKey } from '../../local/dps/dps.ts';
import type { Json, JsonObject } from '../../local/json.ts';
import { derivedKey } from '../../local/sas.ts';
import { sleep } from '../../local/world.ts';
import type { Base } from './app.ts';
import type { VirtualWorld } from './virtual-world.ts';
import { hour, minute } from './weather.ts';

const habits: readonly Firmware['habit'][] = [
  'keeps the contract',
  'keeps the contract',
  'keeps the contract',
  'keeps the contract',
  'dies',
  'is mute',
  'knows nothing',
];

export const makeDevices = (base: Base, dps: Dps) => {
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
