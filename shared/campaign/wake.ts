import { type Instant, instant } from '../domain/instant.ts';
import type { Move } from '../domain/move.ts';
import { settled } from './answer.ts';
import type { Evidence } from './evidence.ts';
import { evolve } from './evolve.ts';
import { expire } from './expire.ts';
import { backOffMs, type MoveLimits } from './limits.ts';
import type { MoveEvent, MoveLife } from './move-events.ts';
import { sight } from './sight.ts';

type Woken = {
  readonly targetTakes: boolean;
  readonly evidence: readonly Evidence[];
  readonly now: Instant;
  readonly draw: number;
};

/** After a look: settled, asked once more, or looked at again later. [M6] At its deadline it is settled, whatever was seen. */
export const wake = (
  move: Move,
  { evidence, targetTakes, now, draw }: Woken,
  limits: MoveLimits,
): readonly MoveEvent[] => {
  const events = sight(move, evidence, now, limits);
  const life: MoveLife = events.reduce<MoveLife>(evolve, { kind: 'open', move });
  if (life.kind !== 'open') return events;
  const seen = life.move;
  const blind = evidence.some(({ kind }) => kind === 'silent');
  const expired = expire(seen, blind, now, limits);
  if (expired) return [...events, expired];
  if (seen.nextAt > now) return events; // what was seen has planned the next look already
  const isHeld = !targetTakes || (seen.ask.kind === 'accepted' && !limits.remembersIds);
  return [...events, next(seen, now, draw, isHeld, limits)];
};

const next = (
  move: Move,
  now: Instant,
  draw: number,
  isHeld: boolean,
  limits: MoveLimits,
): MoveEvent => {
  const { ask, attempt, sends, proof, notBefore, notAfter } = move;
  const lookAgain = (delayMs: number): MoveEvent => ({
    type: 'LookPlanned',
    nextAt: instant(now + delayMs),
  });
  /** Ever less often: what a look has not shown yet, an event will. */
  const lookLater = (since: Instant): MoveEvent => lookAgain(Math.max(limits.lookMs, now - since));
  const under = proof.heard ?? (proof.target?.held ? proof.target.since : goneSince(proof));
  if (under !== undefined) return lookLater(under);
  if (now > notAfter) return lookLater(notAfter);
  if (now < notBefore) return lookAgain(notBefore - now);
  if (isHeld) return lookAgain(backOffMs(limits.backOff, sends + 2, draw));
  const renewed = ask.kind === 'deferred' || ask.kind === 'over';
  if (renewed && attempt >= limits.attemptsMax) {
    const because = ask.kind === 'over' ? ask.because : 'the device deferred every request';
    return settled('failed', `${because}; attempts: ${attempt}`, now);
  }
  const delayMs = backOffMs(limits.backOff, renewed ? 2 : sends + 2, draw) + limits.lookMs;
  return {
    type: 'RequestSent',
    attempt: renewed ? attempt + 1 : attempt,
    nextAt: instant(now + delayMs),
  };
};

const goneSince = ({ source }: Move['proof']): Instant | undefined =>
  source?.held === false ? source.since : undefined;
