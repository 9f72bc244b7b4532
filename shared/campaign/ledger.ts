import { type DeviceRecord, type LastMove, type Leftover, observedOn } from '../domain/device.ts';
import { instant } from '../domain/instant.ts';
import type { Move, SettledMove } from '../domain/move.ts';
import { evolve } from './evolve.ts';
import type { MoveLimits } from './limits.ts';
import type { MoveEvent, MoveLife } from './move-events.ts';

/** What the ledger says after a decision: the record, and the move that it settled, for the history. */
export type LedgerEntry = {
  readonly record: DeviceRecord;
  readonly settled: SettledMove | undefined;
};

export const lifeOf = ({ move }: DeviceRecord): MoveLife =>
  move ? { kind: 'open', move } : { kind: 'none' };

/** A record after events of its move. */
export const entryAfter = (
  record: DeviceRecord,
  events: readonly MoveEvent[],
  limits: MoveLimits,
): LedgerEntry => {
  const life = events.reduce(evolve, lifeOf(record));
  switch (life.kind) {
    case 'none':
      return { record, settled: undefined };
    case 'open':
      return { record: { ...record, move: life.move }, settled: undefined };
    case 'settled':
      return { record: settle(record, life.settled, limits), settled: life.settled };
  }
};

const settle = (record: DeviceRecord, settled: SettledMove, limits: MoveLimits): DeviceRecord => {
  const { move, verdict } = settled;
  const moved = verdict === 'verified' || verdict === 'stranded';
  const home = moved || move.proof.heard !== undefined ? move.to : record.home;
  const leftover = leftoverOf(settled, record.leftover, limits);
  const wasLeft = verdict === 'cancelled' || verdict === 'superseded'; // by us, not by the device
  const lastMoveAt = wasLeft ? record.lastMoveAt : settled.settledAt;
  const lastMove = lastOf(settled);
  const after = { ...record, home, leftover, move: undefined, lastMoveAt, lastMove };
  return moved ? whereItCame(after, settled) : after;
};

const lastOf = ({ move, verdict, settledAt }: SettledMove): LastMove => ({
  id: move.id,
  verdict,
  gapMs: move.proof.gapMs,
  heard: move.proof.heard !== undefined,
  tookMs: settledAt - move.triggeredAt,
});

/** DPS moved it, whether it was heard from there or not. */
const whereItCame = (
  record: DeviceRecord,
  { move: { to, proof }, settledAt }: SettledMove,
): DeviceRecord => {
  const { observed } = record;
  const at = proof.heard ?? proof.target?.since ?? settledAt;
  const isKnown = observed && (observed.hub === to || observed.at > at);
  return isKnown ? record : observedOn(record, { hub: to, at });
};

/**
 * A request of before travels with the twin, to whatever hub the device goes next. A call that puts it there may be under way yet: it is
 * cleared when that must have ended.
 */
const leftoverOf = (
  { move, verdict, settledAt }: SettledMove,
  before: Leftover | undefined,
  { clearMs }: MoveLimits,
): Leftover | undefined => {
  const { id, from, to, inTwin } = move;
  if (!before && !inTwin && verdict === 'verified') return undefined;
  return {
    moves: [...(before?.moves ?? []), id].slice(-movesMax),
    hubs: [...new Set([...(before?.hubs ?? []), from, to])],
    since: settledAt,
    nextAt: instant(settledAt + clearMs),
  };
};

/** Of more than these the windows are over: a device does not act on them. */
const movesMax = 8;

/**
 * Whether a decision must be written now. What a look would show again is not, where the source can be asked, so that a move of a
 * device costs two writes: it was triggered, it is settled.
 */
export const isWorthWriting = (
  before: Move | undefined,
  events: readonly MoveEvent[],
  sourceAnswers: boolean,
  { remembersIds }: MoveLimits,
): boolean =>
  events.some((event) => {
    switch (event.type) {
      case 'DeviceSighted':
        return !sourceAnswers;
      case 'RequestAnswered':
        return event.ask.kind !== 'accepted' || !remembersIds || (before?.sends ?? 1) > 1;
      default:
        return true;
    }
  });
