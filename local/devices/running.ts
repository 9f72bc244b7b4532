import type { JsonObject } from '../json.ts';
import type { World } from '../world.ts';
import type { Handled, Mood } from './contract.ts';
import type { Assignment, Link, Radio } from './radio.ts';

/** What survives a loss of power. */
export type Memory = { assignment: Assignment | undefined; handled: readonly Handled[] };

export const blankMemory = (): Memory => ({ assignment: undefined, handled: [] });

/** What its firmware is like; it may change while it runs. */
export type Firmware = {
  mood: Mood;
  /** What it sends whenever it registers. */
  says?: JsonObject;
  /** `dies`: it accepts, registers, and is never heard of again. */
  readonly habit: 'keeps the contract' | 'knows DeviceMove' | 'knows nothing' | 'dies' | 'is mute';
};

export const keepsContract = (): Firmware => ({
  mood: { kind: 'accepts' },
  habit: 'keeps the contract',
});

/** What a device keeps while it has power. */
export type Running = {
  readonly radio: Radio;
  readonly world: World;
  readonly memory: Memory;
  readonly firmware: Firmware;
  link: Link | undefined;
  on: boolean;
  /** It is looking for its hub. */
  arriving: boolean;
};

/** Replaces what it remembers of that request. */
export const note = (memory: Memory, met: Handled): void => {
  memory.handled = memory.handled.map((other) => (other.requestId === met.requestId ? met : other));
};
