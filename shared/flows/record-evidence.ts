import { outcomeOf } from '../allocation/remember.ts';
import { decide } from '../campaign/decide.ts';
import type { Evidence } from '../campaign/evidence.ts';
import { entryAfter, isWorthWriting, type LedgerEntry } from '../campaign/ledger.ts';
import type { MoveLimits } from '../campaign/limits.ts';
import type { MoveEvent } from '../campaign/move-events.ts';
import { lookedFor, whereaboutsAfter } from '../campaign/whereabouts.ts';
import { type DeviceRecord, deviceKey, newDeviceRecord } from '../domain/device.ts';
import type { Move } from '../domain/move.ts';
import type { Scope } from '../domain/scope.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeviceTwins } from '../ports/device-twins.ts';
import type { HubTables } from '../ports/hub-tables.ts';
import type { Intakes } from '../ports/intakes.ts';
import {
  type Change,
  changeRecord,
  type Ledger,
  type SettledOf,
  settledOf,
} from './change-record.ts';
import type { DevicesAtRest } from './devices-at-rest.ts';
import { lookAtMove } from './look-at-move.ts';
import type { MarkCause } from './mark-cause.ts';

/** Answers the move that the evidence settled. */
export type RecordEvidence = (
  scope: Scope,
  deviceId: string,
  evidence: readonly Evidence[],
  /** Whether a device that is not known can be of this scope alone. */
  isOnlyScope: boolean,
) => Promise<SettledOf | undefined>;

type Ports = Ledger & {
  readonly clock: Clock;
  readonly twins: DeviceTwins;
  readonly hubTables: HubTables;
  readonly intakes: Intakes;
  readonly markCause: MarkCause;
  readonly atRest: Pick<DevicesAtRest, 'expect'>;
};

/**
 * What events told of a device → its record. [M4] Events come late, doubled and out of order, and most say nothing new: those write
 * nothing, and of a device at rest that connects again not even the record is read. A device that is heard from on its target is looked
 * for at both hubs there and then, so that nothing of what came before need be kept.
 */
export const recordEvidence =
  (ports: Ports, limits: MoveLimits): RecordEvidence =>
  async (scope, deviceId, evidence, isOnlyScope) => {
    if (ports.atRest.expect(scope, deviceId, evidence)) return undefined;
    const entryOf = async (record: DeviceRecord | undefined): Promise<LedgerEntry | undefined> => {
      if (!record) return isOnlyScope ? firstSeen(scope, deviceId, evidence) : undefined;
      // A device whose id differs in case alone is another one.
      return record.deviceId === deviceId ? change(ports, limits, record, evidence) : undefined;
    };
    const { entry, before } = await changeRecord(
      ports,
      deviceKey(scope, deviceId),
      async (record): Promise<Change<Changed>> => {
        const found = await entryOf(record);
        return { entry: found, said: { entry: found, before: record } };
      },
    );
    const told = entry && outcomeOf(before, entry.record);
    if (told) ports.intakes.note(told.hub, told.kind);
    const isAstray = entry?.record.finding?.kind === 'stray' && before?.finding?.kind !== 'stray';
    if (isAstray) await ports.markCause([scope], `${deviceId} is not at home`);
    return entry && settledOf(entry);
  };

type Changed = {
  readonly entry: LedgerEntry | undefined;
  readonly before: DeviceRecord | undefined;
};

/**
 * [A7] An identity that a hub has just made, of a device that is not known: what became of an answer that nobody could record. Where
 * several DPS instances ask, it may be any one's, and its next call tells.
 */
const firstSeen = (
  scope: Scope,
  deviceId: string,
  evidence: readonly Evidence[],
): LedgerEntry | undefined => {
  if (!evidence.some(({ kind }) => kind === 'created')) return undefined;
  const record = whereaboutsAfter(newDeviceRecord(scope, deviceId), evidence);
  return { record, settled: undefined };
};

const change = async (
  ports: Ports,
  limits: MoveLimits,
  record: DeviceRecord,
  evidence: readonly Evidence[],
): Promise<LedgerEntry | undefined> => {
  const { move } = record;
  if (!move) return whereabouts(ports, record, evidence);
  const events = await decideOn(ports, limits, record, move, evidence);
  const entry = entryAfter(whereaboutsAfter(record, evidence), events, limits);
  const source = ports.hubTables.latest().hubs.get(move.from);
  const sourceAnswers = source?.state !== 'closed' && move.sourceSilentAt === undefined;
  // Where a device on its way was seen is written with the verdict.
  const worth = isWorthWriting(move, events, sourceAnswers, limits);
  return worth ? entry : undefined;
};

/**
 * Of a device that is not being moved. One that seems to have changed hubs is looked for on both: events of two hubs come in no order,
 * and of those that it was told on its old hub the last may be the newer one.
 */
const whereabouts = async (
  { clock, twins }: Ports,
  record: DeviceRecord,
  evidence: readonly Evidence[],
): Promise<LedgerEntry | undefined> => {
  const seen = whereaboutsAfter(record, evidence);
  if (seen === record) return undefined;
  const [from, to] = [record.observed?.hub, seen.observed?.hub];
  const isMoved = from !== undefined && to !== undefined && from !== to;
  const now = clock.now();
  const looked = isMoved ? await lookAtMove(twins, clock, record.deviceId, { from, to }) : [];
  const after = isMoved ? lookedFor(seen, looked, now) : seen;
  return { record: after, settled: undefined };
};

const decideOn = async (
  { clock, twins }: Ports,
  limits: MoveLimits,
  { deviceId }: DeviceRecord,
  move: Move,
  evidence: readonly Evidence[],
): Promise<readonly MoveEvent[]> => {
  const life = { kind: 'open', move } as const;
  const events = decide(life, { type: 'SeeDevice', evidence, now: clock.now() }, limits);
  const heard = events.some((event) => event.type === 'DeviceSighted' && event.proof.heard);
  if (!heard || events.some(({ type }) => type === 'MoveSettled')) return events;
  const looked = await lookAtMove(twins, clock, deviceId, move);
  const all = [...evidence, ...looked];
  return decide(life, { type: 'SeeDevice', evidence: all, now: clock.now() }, limits);
};
