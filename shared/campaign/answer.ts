import { type Instant, instant } from '../domain/instant.ts';
import type { Move } from '../domain/move.ts';
import { backOffMs, deadlineOf, type MoveLimits } from './limits.ts';
import type { Reply } from './move-commands.ts';
import type { MoveEvent } from './move-events.ts';

type Heard = { readonly reply: Reply; readonly now: Instant; readonly draw: number };

/** [M5] Only an unknown outcome, or none, lets the same request be sent again. */
export const answer = (
  move: Move,
  { reply, now, draw }: Heard,
  limits: MoveLimits,
): readonly MoveEvent[] => {
  if (move.ask.kind === 'over' || move.ask.kind === 'deferred') return []; // its end is known by now
  const soonMs = backOffMs(limits.backOff, move.sends + 1, draw);
  switch (reply.kind) {
    case 'accepted': {
      const nextAt = instant(now + limits.lookMs + move.jitterSeconds * 1000);
      return move.ask.kind === 'accepted' ? [] : [told({ kind: 'accepted' }, nextAt)];
    }
    case 'deferred':
      return [defer(move, reply.until, now, draw, limits)];
    case 'refused':
      return [settled('refused', reply.why, now)];
    case 'noHandler':
      return [settled('failed', 'its firmware has no handler for the request', now)];
    case 'offline': {
      const { parkedUntil: notAfter } = move;
      const deadline = deadlineOf(notAfter, limits);
      const nextAt = instant(Math.min(now + limits.parkedLookMs, deadline - limits.graceMs));
      return [{ type: 'MoveParked', notAfter, deadline, nextAt }];
    }
    case 'throttled':
      return [told({ kind: 'unsent' }, instant(now + reply.retryAfterMs + soonMs))];
    case 'unsignallable':
      return [told({ kind: 'over', because: reply.because }, instant(now + soonMs))];
    case 'unknown':
      return [told({ kind: 'sent' }, instant(now + soonMs))];
  }
};

export const told = (ask: Move['ask'], nextAt: Instant): MoveEvent => ({
  type: 'RequestAnswered',
  ask,
  nextAt,
});

export const settled = (
  verdict: 'verified' | 'failed' | 'refused' | 'superseded',
  because: string,
  at: Instant,
): MoveEvent => ({
  type: 'MoveSettled',
  verdict,
  because,
  at,
});

/** A little later than it asked for, lest all that sleep until morning are asked in one second. */
export const defer = (
  { jitterSeconds }: Move,
  until: Instant,
  now: Instant,
  draw: number,
  { backOff }: MoveLimits,
): MoveEvent => {
  const spreadMs = Math.round(draw * Math.max(backOff.baseMs, jitterSeconds * 1000));
  return told({ kind: 'deferred', until }, instant(Math.max(now, until) + spreadMs));
};
