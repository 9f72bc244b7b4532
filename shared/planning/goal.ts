import type { DeviceRecord } from '../domain/device.ts';
import type { HubHostName } from '../domain/hub.ts';

/**
 * What a plan is for:
 *
 *     rebalance    no hub past its fair share, and first of all every device where the rules allow it
 *     drain        every device off a hub
 *     evacuate     the same of a hub that is presumed dead: nobody can be asked there
 *     fill         a hub gets its fair share, from those that have more than theirs
 *     relocate     devices whose rules changed their mind go where they are allowed
 *     quarantine   these devices, to the policy's hub for it
 *     return       these devices, out of quarantine, to where they were before
 */
export type Goal =
  | { readonly kind: 'rebalance' | 'relocate' }
  | { readonly kind: 'drain' | 'evacuate' | 'fill'; readonly hub: HubHostName }
  | { readonly kind: 'quarantine' | 'return'; readonly devices: readonly string[] };

export const goalKinds = [
  'rebalance',
  'drain',
  'evacuate',
  'fill',
  'relocate',
  'quarantine',
  'return',
] as const satisfies readonly Goal['kind'][];

/** What a plan is bounded by. Percentages are of 100. */
export type PlanLimits = {
  /** How long a device is left in peace after a move [P6]. */
  readonly cooldownMs: number;
  /** Whether devices may be moved whose twin is wiped by it. */
  readonly resetAllowed: boolean;
  /** Whether devices may be moved of which not all is known. */
  readonly unknownAllowed: boolean;
  /** How far past its fair share a hub may be once the plan is done. */
  readonly slackPercent: number;
  /** A fleet is rebalanced when a hub is past its fair share by more than this [P6], … */
  readonly imbalancePercent: number;
  /** … and by at least so many devices. */
  readonly imbalanceCount: number;
  /** Moves of one plan, for balance's sake; undefined: as many as it takes. */
  readonly movesMax: number | undefined;
  /** How much of what a hub may hold is kept free. */
  readonly headroomPercent: number;
  /** The label that says what a device counts for, from 1 to 1,000; undefined: each counts 1. */
  readonly loadLabel: string | undefined;
  /** Moves of devices that have the same value of a label: a site, a tenant. */
  readonly groupMax: { readonly label: string; readonly moves: number } | undefined;
};

const day = 24 * 3_600_000;

export const planLimits: PlanLimits = {
  cooldownMs: 7 * day,
  resetAllowed: false,
  unknownAllowed: false,
  slackPercent: 2,
  imbalancePercent: 10,
  imbalanceCount: 100,
  movesMax: undefined,
  headroomPercent: 0,
  loadLabel: undefined,
  groupMax: undefined,
};

/** Into quarantine, out of it and off a dead hub go devices that are pinned, and devices that were just moved [P6]: those and no others. */
export const isNamed = (
  goal: Goal,
  { deviceId, observed }: Pick<DeviceRecord, 'deviceId' | 'observed'>,
): boolean => {
  switch (goal.kind) {
    case 'quarantine':
    case 'return':
      return goal.devices.some((name) => isSameDevice(name, deviceId));
    case 'evacuate':
      return observed?.hub === goal.hub;
    default:
      return false;
  }
};

/** A person may spell it otherwise: two ids that differ in case alone are one key. */
export const isSameDevice = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase();
