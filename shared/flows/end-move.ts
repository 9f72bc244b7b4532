import { decide } from '../campaign/decide.ts';
import { entryAfter, lifeOf } from '../campaign/ledger.ts';
import type { MoveLimits } from '../campaign/limits.ts';
import { whereaboutsAfter } from '../campaign/whereabouts.ts';
import { type DeviceRecord, deviceKey } from '../domain/device.ts';
import type { Move, MoveId } from '../domain/move.ts';
import type { Scope } from '../domain/scope.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeviceTwins } from '../ports/device-twins.ts';
import {
  type Change,
  changeRecord,
  type Ledger,
  type SettledOf,
  settledOf,
} from './change-record.ts';
import { lookAtMove } from './look-at-move.ts';

/**
 * Calls off a device's move: the valve shuts, and its request is taken out of the twins by the next sweep. A look comes first: what DPS has
 * moved cannot be called off, and what is proved is verified.
 */
export type EndMove = (
  scope: Scope,
  deviceId: string,
  because: string,
  /** This one alone: another that is open is not ours to call off. */
  only?: MoveId,
) => Promise<Ended>;

export type Ended =
  | { readonly kind: 'ended'; readonly settled: SettledOf }
  | { readonly kind: 'unknown-device' | 'no-move' | 'too-late'; readonly because?: string };

type Ports = Ledger & { readonly clock: Clock; readonly twins: DeviceTwins };

export const endMove =
  (ports: Ports, limits: MoveLimits): EndMove =>
  (scope, deviceId, because, only) =>
    changeRecord(ports, deviceKey(scope, deviceId), (record) => {
      if (!record) return { entry: undefined, said: { kind: 'unknown-device' } };
      if (!record.move || (only !== undefined && record.move.id !== only))
        return { entry: undefined, said: { kind: 'no-move' } };
      return end(ports, limits, record, record.move, because);
    });

const end = async (
  { twins, clock }: Ports,
  limits: MoveLimits,
  record: DeviceRecord,
  move: Move,
  because: string,
): Promise<Change<Ended>> => {
  const evidence = await lookAtMove(twins, clock, record.deviceId, move);
  const now = clock.now();
  const seen = decide(lifeOf(record), { type: 'SeeDevice', evidence, now }, limits);
  const known = entryAfter(whereaboutsAfter(record, evidence), seen, limits);
  const verified = settledOf(known);
  if (verified) return { entry: known, said: { kind: 'ended', settled: verified } };
  const { proof } = known.record.move ?? move;
  if (proof.target?.held && proof.source?.held === false) {
    const moved = `DPS has moved it to ${move.to}: it is yet to be heard from there`;
    return { entry: undefined, said: { kind: 'too-late', because: moved } };
  }
  const command = { type: 'EndMove', verdict: 'cancelled', because, now } as const;
  const entry = entryAfter(known.record, decide(lifeOf(known.record), command, limits), limits);
  const settled = settledOf(entry);
  if (!settled) throw new Error('A move that was called off is settled.');
  return { entry, said: { kind: 'ended', settled } };
};
