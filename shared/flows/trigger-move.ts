import { openingIn, zoneOf } from '../campaign/calendar.ts';
import type { CampaignMove, CampaignOrder } from '../campaign/campaign.ts';
import { shutBar } from '../campaign/pick.ts';
import { codeOf, type Outcome } from '../campaign/progress.ts';
import { isOutside } from '../campaign/valve.ts';
import type { DeviceRecord } from '../domain/device.ts';
import type { Instant } from '../domain/instant.ts';
import { type Move, moveIdIn } from '../domain/move.ts';
import type { Ahead, MoveOrder, MovePlanned, PlannedOutcome } from './move-device.ts';
import { isMarkOf } from './take-marks-back.ts';

/** What came of a planned move's turn; `waits`: it may go later, and why not now. */
export type Triggered =
  | { readonly kind: 'noted'; readonly outcome: Omit<Outcome, 'row'>; readonly sign: Sign }
  | { readonly kind: 'waits'; readonly because: string; readonly isPassing: boolean };

/** What the reply says of how the hubs and the fleet fare. */
export type Sign = 'going' | 'throttled' | 'none';

/** Begins one move of a campaign, as its plan has it, or says why it does not: it is never sent elsewhere. [C6] */
export const triggerMove = async (
  movePlanned: MovePlanned,
  order: CampaignOrder,
  move: CampaignMove,
  parkedJitterSeconds: number,
  now: Instant,
): Promise<Triggered> => {
  const [from, to] = [order.hubs[move.from], order.hubs[move.to]];
  if (!from || !to) throw new RangeError(`The plan has no hub ${move.from} or ${move.to}.`);
  const { calendar } = order.limits;
  const outcome = await movePlanned(
    {
      ...orderOf(order, move, now),
      to,
      parkedJitterSeconds,
    },
    {
      id: moveIdIn(order.id, move.deviceId),
      from,
      isAsked: order.goal.kind !== 'evacuate' || order.source.kind === 'rollback',
      waits: (record) => (isOutside(calendar, record.labels, now) ? shutBar : undefined),
    },
  );
  return triggeredBy(outcome, move);
};

const orderOf = (
  { id, scope, goal, source, reason, limits, by, at }: CampaignOrder,
  { deviceId, zone, isCertain }: CampaignMove,
  now: Instant,
): Omit<MoveOrder, 'to'> => {
  const { calendar, windowMs, parkedMs } = limits;
  const closesAt = openingIn(calendar, zone ?? zoneOf(calendar, {})).closesAt(now);
  const isBack = source.kind === 'rollback';
  const mark = { since: at, because: reason, by };
  const ahead = isBack ? aheadBack(goal.kind, mark, source.ordered) : aheadOf(goal.kind, mark);
  return {
    scope,
    deviceId,
    reason,
    campaignId: id,
    windowMs: Math.min(windowMs, (closesAt ?? Number.POSITIVE_INFINITY) - now),
    parkedMs,
    jitterSeconds: 0,
    resetAllowed: limits.resetAllowed,
    unknownAllowed: !isCertain || isBack || goal.kind === 'evacuate',
    yieldsPin: goal.kind === 'quarantine' || goal.kind === 'return' || goal.kind === 'evacuate',
    ...(ahead ? { ahead } : {}),
  };
};

/** Into quarantine and out of it a device is marked by the same write: the webhook answers by the mark. */
const aheadOf = (
  kind: CampaignOrder['goal']['kind'],
  order: NonNullable<DeviceRecord['pin']>,
): Ahead | undefined => {
  const only = (record: DeviceRecord) => ({ record, settled: undefined });
  switch (kind) {
    case 'quarantine':
      return {
        change: (record) =>
          only({
            ...record,
            quarantine: record.quarantine ?? { ...order, returnTo: record.observed?.hub },
          }),
        evenIfRefused: true,
      };
    case 'return':
      return {
        change: (record) => only({ ...record, quarantine: undefined }),
        evenIfRefused: false,
      };
    default:
      return undefined;
  }
};

/** A rollback: it takes the campaign's own mark off those that it had put into quarantine, and the other way round. */
const aheadBack = (
  kind: CampaignOrder['goal']['kind'],
  mark: NonNullable<DeviceRecord['pin']>,
  ordered: Parameters<typeof isMarkOf>[1] | undefined,
): Ahead | undefined => {
  if (kind === 'return') return aheadOf('quarantine', mark);
  if (kind !== 'quarantine') return undefined;
  const taken = (record: DeviceRecord): DeviceRecord =>
    ordered && isMarkOf(record, ordered) ? { ...record, quarantine: undefined } : record;
  return {
    change: (record) => ({ record: taken(record), settled: undefined }),
    evenIfRefused: false,
  };
};

const triggeredBy = (outcome: PlannedOutcome, { isCertain }: CampaignMove): Triggered => {
  const noted = (told: Omit<Outcome, 'row'>, sign: Sign = 'none'): Triggered => ({
    kind: 'noted',
    outcome: told,
    sign,
  });
  switch (outcome.kind) {
    case 'triggered':
      return noted({ code: codeOfOpen(outcome.move) }, signOf(outcome.reply.kind));
    case 'under-way':
      return noted({ code: codeOfOpen(outcome.move) });
    case 'over': {
      const { gapMs, tookMs } = outcome.last;
      return noted({ code: codeOf(outcome.last), gapMs, tookMs });
    }
    case 'waits':
      return outcome;
    case 'refused':
      // What cannot be known just now may be known soon; of a move that was approved as it is, nothing will.
      return outcome.why === 'not-known-to-be-movable' && isCertain
        ? { kind: 'waits', because: outcome.because, isPassing: false }
        : noted({ code: 'k', because: outcome.because });
  }
};

const signOf = (reply: string): Sign =>
  reply === 'accepted' ? 'going' : reply === 'throttled' ? 'throttled' : 'none';

/** Whoever waits for its device holds nobody up. */
export const codeOfOpen = ({ ask, proof, sourceSilentAt }: Move): 't' | 'p' | 'l' => {
  if (proof.heard !== undefined && sourceSilentAt !== undefined) return 'l';
  return ask.kind === 'parked' || ask.kind === 'deferred' ? 'p' : 't';
};
