import type { Instant } from '../domain/instant.ts';
import type { Move, Verdict } from '../domain/move.ts';
import type { MoveLimits } from './limits.ts';
import type { MoveEvent } from './move-events.ts';

/**
 * [M6] The verdict on a move whose time is up, by what a look just showed; undefined while it is not. In the last minutes before the
 * deadline a hub that gave no answer is asked again; at the deadline the move is settled as it stands.
 */
export const expire = (
  move: Move,
  blind: boolean,
  now: Instant,
  { silenceMs, graceMs }: MoveLimits,
): MoveEvent | undefined => {
  const { proof, deadline } = move;
  const settled = (verdict: Verdict, because: string): MoveEvent => ({
    type: 'MoveSettled',
    verdict,
    because,
    at: now,
  });
  const moved = proof.target?.held === true && proof.heard === undefined;
  if (moved && !blind && now >= (proof.target?.since ?? now) + silenceMs) {
    return settled('stranded', `moved to ${move.to}, and never heard from there`);
  }
  const due = now >= (blind ? deadline : deadline - graceMs);
  if (!due) return undefined;
  if (moved) return settled('stranded', `moved to ${move.to}, and never heard from there`);
  if (proof.heard !== undefined) return landedLate(move, settled);
  if (proof.source?.held === false) {
    return settled('failed', `gone from ${move.from}, and not to be found on ${move.to}`);
  }
  return move.ask.kind === 'over'
    ? settled('failed', move.ask.because)
    : settled('timedOut', silence[move.ask.kind]);
};

/** It is on the target, and well; only the source does not say that it is gone. */
const landedLate = (
  { from, to, proof }: Move,
  settled: (verdict: Verdict, because: string) => MoveEvent,
): MoveEvent =>
  proof.source?.held === true
    ? settled('failed', `heard from on ${to}, but ${from} still holds its identity`)
    : settled('timedOut', `heard from on ${to}, but ${from} could not be asked whether it is gone`);

const silence = {
  sent: 'the device never answered',
  unsent: 'the hub took no request in all that time',
  accepted: 'the device accepted, and never went',
  deferred: 'the device deferred past the deadline',
  parked: 'the device did not come online, or passed over the request',
} as const;
