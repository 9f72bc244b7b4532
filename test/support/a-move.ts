import { decide } from '../../shared/campaign/decide.ts';
import type { Evidence } from '../../shared/campaign/evidence.ts';
import { evolve } from '../../shared/campaign/evolve.ts';
import { type MoveLimits, moveLimits } from '../../shared/campaign/limits.ts';
import type { MoveCommand } from '../../shared/campaign/move-commands.ts';
import type { MoveEvent, MoveLife } from '../../shared/campaign/move-events.ts';
import { type DeviceRecord, newDeviceRecord } from '../../shared/domain/device.ts';
import { type HubHostName, hubHostName } from '../../shared/domain/hub.ts';
import { type Instant, instant } from '../../shared/domain/instant.ts';
import { type Move, type MovePlan, moveId } from '../../shared/domain/move.ts';
import type { MoveOrder } from '../../shared/flows/move-device.ts';
import { hostOf } from './a-hub.ts';
import { main } from './a-question.ts';

export const host = (name: string): HubHostName => hubHostName(hostOf(name));
export const [east, west] = [host('east'), host('west')];

export const minutes = (count: number): number => count * 60_000;
export const at = (minute: number): Instant => instant(minutes(minute));

/** From east to west, for an hour from minute 0. */
export const aPlan = (but: Partial<MovePlan> = {}): MovePlan => ({
  id: moveId('0'.repeat(20)),
  campaignId: 'by-hand',
  from: east,
  to: west,
  reason: 'a test',
  notBefore: at(0),
  notAfter: at(60),
  parkedUntil: at(24 * 60),
  jitterSeconds: 0,
  parkedJitterSeconds: 0,
  yieldsPin: false,
  ...but,
});

export const triggered = (plan: Partial<MovePlan> = {}): MoveLife =>
  lived({ kind: 'none' }, { type: 'TriggerMove', plan: aPlan(plan), now: at(0) });

export const decided = (
  life: MoveLife,
  command: MoveCommand,
  limits: MoveLimits = moveLimits,
): readonly MoveEvent[] => decide(life, command, limits);

/** The life after commands, each decided upon and evolved. */
export const lived = (life: MoveLife, ...commands: readonly MoveCommand[]): MoveLife =>
  commands.reduce((known, command) => decided(known, command).reduce(evolve, known), life);

export const moveIn = (life: MoveLife): Move => {
  if (life.kind !== 'open') throw new Error(`The move is not open: ${life.kind}`);
  return life.move;
};

export const aMove = (but: Partial<Move> = {}): Move => ({ ...moveIn(triggered()), ...but });

/** A device that lives on east. */
export const aDevice = (but: Partial<DeviceRecord> = {}): DeviceRecord => ({
  ...newDeviceRecord(main, 'device-1'),
  home: east,
  observed: { hub: east, at: instant(-1) },
  ...but,
});

/** What was seen of a device, but its word. */
export const seen = (
  kind: Exclude<Evidence['kind'], 'said'>,
  hub: HubHostName,
  minute: number,
): Evidence => ({ kind, hub, at: at(minute) });

/** A person's order: device-1 to west, only where all is known. */
export const aMoveOrder = (): MoveOrder => ({
  scope: main,
  deviceId: 'device-1',
  to: west,
  reason: 'a test',
  campaignId: 'by-hand',
  windowMs: 3_600_000,
  parkedMs: 86_400_000,
  jitterSeconds: 0,
  resetAllowed: false,
  unknownAllowed: false,
  yieldsPin: false,
});
