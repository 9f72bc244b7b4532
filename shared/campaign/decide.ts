import { type Instant, instant } from '../domain/instant.ts';
import { type Move, type MovePlan, requestId } from '../domain/move.ts';
import { answer } from './answer.ts';
import { deadlineOf, type MoveLimits } from './limits.ts';
import type { MoveCommand } from './move-commands.ts';
import type { MoveEvent, MoveLife } from './move-events.ts';
import { sight } from './sight.ts';
import { wake } from './wake.ts';

/**
 * What a command changes in the life of a device's move; nothing when it does not, or no longer, apply. [M1] A device with an open move
 * gets no other. [M4] A move that is settled stays as it is settled.
 *
 *     triggered ─▶ acknowledged ─▶ reassigned ─▶ verified     open also: deferred · parked · landed
 *         │  ▲           │             │                      settled: verified │ failed │ timedOut │ stranded │ refused
 *         └──┴─ attempt ◀┘             └──▶ stranded                   │ cancelled │ superseded
 */
export const decide = (
  life: MoveLife,
  command: MoveCommand,
  limits: MoveLimits,
): readonly MoveEvent[] => {
  if (command.type === 'TriggerMove') {
    return life.kind === 'open' ? [] : [trigger(command.plan, command.now, limits)];
  }
  if (life.kind !== 'open') return [];
  const bound = lastLook(life.move, command.now, limits);
  return decideOpen(life.move, command, limits).map((event) =>
    'nextAt' in event && event.type !== 'MoveParked'
      ? { ...event, nextAt: instant(Math.min(event.nextAt, bound)) }
      : event,
  );
};

/** [M6] No look is planned past the last ones: that before the deadline, and at the deadline itself. */
const lastLook = ({ deadline }: Move, now: Instant, { graceMs }: MoveLimits): number =>
  now < deadline - graceMs ? deadline - graceMs : deadline;

const decideOpen = (
  move: Move,
  command: Exclude<MoveCommand, { readonly type: 'TriggerMove' }>,
  limits: MoveLimits,
): readonly MoveEvent[] => {
  switch (command.type) {
    case 'HearReply':
      return requestId(move) === command.request ? answer(move, command, limits) : [];
    case 'SeeDevice':
      return sight(move, command.evidence, command.now, limits);
    case 'WakeMove':
      return wake(move, command, limits);
    case 'EndMove': {
      const { verdict, because, now } = command;
      return [{ type: 'MoveSettled', verdict, because, at: now }];
    }
  }
};

const trigger = (plan: MovePlan, now: Instant, limits: MoveLimits): MoveEvent => {
  const deadline = deadlineOf(plan.notAfter, limits);
  const lookAt = now + limits.lookMs + plan.jitterSeconds * 1000;
  const nextAt = instant(Math.min(lookAt, deadline - limits.graceMs));
  return { type: 'MoveTriggered', plan, at: now, deadline, nextAt };
};
