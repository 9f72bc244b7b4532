import { type Instant, instant } from '../domain/instant.ts';
import { type Move, requestId } from '../domain/move.ts';
import { defer, settled, told } from './answer.ts';
import { type Evidence, isVerified, proofWith, type Word } from './evidence.ts';
import { evolve } from './evolve.ts';
import { backOffMs, type MoveLimits } from './limits.ts';
import type { MoveEvent } from './move-events.ts';

/** [M3] [M4] What was seen, as far as it is news; then the verdict that it leads to. */
export const sight = (
  move: Move,
  evidence: readonly Evidence[],
  now: Instant,
  limits: MoveLimits,
): readonly MoveEvent[] => {
  const events: MoveEvent[] = [];
  let seen = move;
  for (const one of evidence) {
    for (const event of sightOne(seen, one, now, limits)) {
      events.push(event);
      const life = evolve({ kind: 'open', move: seen }, event);
      if (life.kind !== 'open') return events;
      seen = life.move;
    }
  }
  if (!isVerified(seen.proof)) return events;
  return [...events, settled('verified', `gone from ${seen.from}, heard from on ${seen.to}`, now)];
};

const sightOne = (
  move: Move,
  seen: Evidence,
  now: Instant,
  limits: MoveLimits,
): readonly MoveEvent[] => {
  if (seen.kind === 'silent') {
    const news = seen.hub === move.from && (move.sourceSilentAt ?? 0) < seen.at;
    return news ? [{ type: 'SourceSilent', at: seen.at }] : [];
  }
  if (isElsewhere(move, seen)) {
    return [settled('superseded', `the device turned up on ${seen.hub}`, now)];
  }
  const proof = proofWith(move, seen);
  const news = !sameProof(proof, move.proof);
  const sighted: readonly MoveEvent[] = news ? [{ type: 'DeviceSighted', proof }] : [];
  if (seen.kind === 'said') return [...sighted, ...heed(move, seen.word, seen.hub, now, limits)];
  const back = seen.kind === 'active' && seen.hub === move.from && seen.at > move.triggeredAt;
  if (!back || move.ask.kind !== 'parked') return sighted;
  // It is online now, so that a method reaches it, should it pass over its desired properties.
  const nextAt = instant(now + limits.lookMs);
  return nextAt < move.nextAt ? [...sighted, { type: 'LookPlanned', nextAt }] : sighted;
};

/** It was answered another hub, because its own was closed: this move is none any more. */
const isElsewhere = ({ from, to, triggeredAt }: Move, { kind, hub, at }: Evidence): boolean =>
  kind === 'active' && hub !== from && hub !== to && at > triggeredAt;

const sameProof = (one: Move['proof'], other: Move['proof']): boolean =>
  one === other ||
  (one.heard === other.heard &&
    one.gapMs === other.gapMs &&
    one.source?.at === other.source?.at &&
    one.source?.held === other.source?.held &&
    one.target?.at === other.target?.at &&
    one.target?.held === other.target?.held);

/** Its own word on this attempt's request: that of another is none. */
const heed = (
  move: Move,
  { request, state, until, why }: Word,
  hub: Move['to'],
  now: Instant,
  limits: MoveLimits,
): readonly MoveEvent[] => {
  if (request !== requestId(move)) return [];
  const soon = instant(now + backOffMs(limits.backOff, move.attempt + 1, 0));
  switch (state) {
    case 'accepted': {
      const open = ['sent', 'unsent', 'parked'].includes(move.ask.kind);
      return open ? [told({ kind: 'accepted' }, instant(now + limits.lookMs))] : [];
    }
    case 'deferred':
      return move.ask.kind === 'deferred' || move.ask.kind === 'over'
        ? []
        : [defer(move, until ?? now, now, 0, limits)];
    case 'refused':
      return [settled('refused', why ?? 'it gave no reason', now)];
    case 'failed':
      return ended(move, why ?? 'the device reports that it failed', soon);
    case 'done':
      return hub === move.to ? [] : ended(move, `it came back to ${hub}`, soon);
  }
};

const ended = ({ ask }: Move, because: string, nextAt: Instant): readonly MoveEvent[] =>
  ask.kind === 'over' ? [] : [told({ kind: 'over', because }, nextAt)];
