import type { Move, MovePlan } from '../domain/move.ts';
import type { MoveEvent, MoveLife } from './move-events.ts';

/** A move's life after an event: what was decided is taken as it is. */
export const evolve = (life: MoveLife, event: MoveEvent): MoveLife => {
  if (event.type === 'MoveTriggered') {
    return { kind: 'open', move: triggered(event.plan, event) };
  }
  if (life.kind !== 'open') return life;
  const { move } = life;
  switch (event.type) {
    case 'RequestSent': {
      const { attempt, nextAt } = event;
      const sends = attempt === move.attempt ? move.sends + 1 : 1;
      const ask = attempt === move.attempt ? move.ask : ({ kind: 'sent' } as const);
      return open({ ...move, attempt, sends, ask, nextAt });
    }
    case 'RequestAnswered':
      return open({ ...move, ask: event.ask, nextAt: event.nextAt });
    case 'MoveParked': {
      const { notAfter, deadline, nextAt } = event;
      const jitterSeconds = move.parkedJitterSeconds;
      const parked = { ask: { kind: 'parked' }, inTwin: true, jitterSeconds } as const;
      return open({ ...move, ...parked, notAfter, deadline, nextAt });
    }
    case 'DeviceSighted': {
      const { source } = event.proof;
      const answered = source !== undefined && source.at > (move.sourceSilentAt ?? source.at);
      const sourceSilentAt = answered ? undefined : move.sourceSilentAt;
      return open({ ...move, proof: event.proof, sourceSilentAt });
    }
    case 'SourceSilent':
      return open({ ...move, sourceSilentAt: event.at });
    case 'LookPlanned':
      return open({ ...move, nextAt: event.nextAt });
    case 'MoveSettled': {
      const { verdict, because, at } = event;
      return { kind: 'settled', settled: { move, verdict, because, settledAt: at } };
    }
  }
};

const open = (move: Move): MoveLife => ({ kind: 'open', move });

const triggered = (
  plan: MovePlan,
  {
    at,
    deadline,
    nextAt,
  }: Pick<Move, 'deadline' | 'nextAt'> & { readonly at: Move['triggeredAt'] },
): Move => ({
  ...plan,
  triggeredAt: at,
  deadline,
  attempt: 1,
  sends: 1,
  ask: { kind: 'sent' },
  inTwin: false,
  proof: { source: undefined, target: undefined, heard: undefined, gapMs: undefined },
  sourceSilentAt: undefined,
  nextAt,
});
