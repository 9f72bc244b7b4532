import type { DeviceRecord, Finding } from '../domain/device.ts';
import type { Move, SettledMove } from '../domain/move.ts';
import { evolve } from './evolve.ts';
import type { MoveEvent, MoveLife } from './move-events.ts';

/** What the ledger says after a decision: the record, and the move that it settled, for the history. */
export type LedgerEntry = {
  readonly record: DeviceRecord;
  readonly settled: SettledMove | undefined;
};

export const lifeOf = ({ move }: DeviceRecord): MoveLife =>
  move ? { kind: 'open', move } : { kind: 'none' };

/** A record after events of its move. */
export const entryAfter = (record: DeviceRecord, events: readonly MoveEvent[]): LedgerEntry => {
  const life = events.reduce(evolve, lifeOf(record));
  switch (life.kind) {
    case 'none':
      return { record, settled: undefined };
    case 'open':
      return { record: { ...record, move: life.move }, settled: undefined };
    case 'settled':
      return { record: settle(record, life.settled), settled: life.settled };
  }
};

const settle = (record: DeviceRecord, settled: SettledMove): DeviceRecord => {
  const { move, verdict, settledAt } = settled;
  const moved = verdict === 'verified' || verdict === 'stranded';
  return {
    ...record,
    home: moved || move.proof.heard !== undefined ? move.to : record.home,
    move: undefined,
    finding: findingOf(settled) ?? record.finding,
    leftover: move.inTwin
      ? { move: move.id, hubs: [move.from, move.to], nextAt: settledAt }
      : record.leftover,
  };
};

/** What a move leaves behind when it ends without proof. */
const findingOf = ({ move, settledAt }: SettledMove): Finding | undefined => {
  const { from, proof } = move;
  if (!proof.source?.held || !proof.target?.held) return undefined;
  const kind = proof.heard === undefined ? 'splitHome' : 'ghost';
  return { kind, hub: from, since: settledAt, nextAt: undefined };
};

/**
 * Whether a decision must be written now. What a look would show again is not, where the source can be asked, so that a move of a
 * device costs two writes: it was triggered, it is settled.
 */
export const isWorthWriting = (
  before: Move | undefined,
  events: readonly MoveEvent[],
  sourceAnswers: boolean,
): boolean =>
  events.some((event) => {
    switch (event.type) {
      case 'DeviceSighted':
        return !sourceAnswers;
      case 'RequestAnswered':
        return event.ask.kind !== 'accepted' || (before?.sends ?? 1) > 1;
      default:
        return true;
    }
  });
