import { decide } from '../campaign/decide.ts';
import type { Evidence } from '../campaign/evidence.ts';
import { entryAfter, isWorthWriting } from '../campaign/ledger.ts';
import type { MoveLimits } from '../campaign/limits.ts';
import type { MoveEvent } from '../campaign/move-events.ts';
import { whereaboutsAfter } from '../campaign/whereabouts.ts';
import { type DeviceRecord, deviceKey } from '../domain/device.ts';
import type { SettledMove } from '../domain/move.ts';
import type { Scope } from '../domain/scope.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeviceTwins } from '../ports/device-twins.ts';
import type { HubTables } from '../ports/hub-tables.ts';
import { type Change, changeRecord, type Ledger } from './change-record.ts';
import { lookAtMove } from './look-at-move.ts';

/** Answers the move that the evidence settled. */
export type RecordEvidence = (
  scope: Scope,
  deviceId: string,
  evidence: readonly Evidence[],
) => Promise<SettledMove | undefined>;

type Ports = Ledger & {
  readonly clock: Clock;
  readonly twins: DeviceTwins;
  readonly hubTables: HubTables;
};

/**
 * What events told of a device → its record. [M4] Events come late, doubled and out of order, and most say nothing new: those write
 * nothing. A device that is heard from on its target is looked for at both hubs there and then, so that nothing of what came before
 * need be kept.
 */
export const recordEvidence =
  (ports: Ports, limits: MoveLimits): RecordEvidence =>
  (scope, deviceId, evidence) =>
    changeRecord(ports, deviceKey(scope, deviceId), async (record) => {
      // A device whose id differs in case alone is another one.
      if (!record || record.deviceId !== deviceId) return nothing;
      return change(ports, limits, record, evidence);
    });

const nothing: Change<undefined> = { entry: undefined, said: undefined };

const change = async (
  ports: Ports,
  limits: MoveLimits,
  record: DeviceRecord,
  evidence: readonly Evidence[],
): Promise<Change<SettledMove | undefined>> => {
  const events = await decideOn(ports, limits, record, evidence);
  const entry = entryAfter(whereaboutsAfter(record, evidence), events, limits);
  const { observed, finding } = entry.record;
  const moved = observed !== record.observed || finding !== record.finding;
  const source = record.move && ports.hubTables.latest().hubs.get(record.move.from);
  const sourceAnswers = source?.state !== 'closed' && record.move?.sourceSilentAt === undefined;
  // Where a device on its way was seen is written with the verdict.
  const worth =
    isWorthWriting(record.move, events, sourceAnswers) || (moved && record.move === undefined);
  return worth ? { entry, said: entry.settled } : nothing;
};

const decideOn = async (
  { clock, twins }: Ports,
  limits: MoveLimits,
  { deviceId, ...record }: DeviceRecord,
  evidence: readonly Evidence[],
): Promise<readonly MoveEvent[]> => {
  const { move } = record;
  if (!move) return [];
  const life = { kind: 'open', move } as const;
  const events = decide(life, { type: 'SeeDevice', evidence, now: clock.now() }, limits);
  const heard = events.some((event) => event.type === 'DeviceSighted' && event.proof.heard);
  if (!heard || events.some(({ type }) => type === 'MoveSettled')) return events;
  const looked = await lookAtMove(twins, clock, deviceId, move);
  const all = [...evidence, ...looked];
  return decide(life, { type: 'SeeDevice', evidence: all, now: clock.now() }, limits);
};
