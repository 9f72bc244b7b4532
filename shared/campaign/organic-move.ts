import type { DeviceRecord } from '../domain/device.ts';
import type { HubHostName } from '../domain/hub.ts';
import { type Instant, instant } from '../domain/instant.ts';
import { type MoveId, requestId } from '../domain/move.ts';
import { decide } from './decide.ts';
import { entryAfter, type LedgerEntry, lifeOf } from './ledger.ts';
import type { MoveLimits } from './limits.ts';

/** A move that the webhook itself begins, of a device that has come by itself, off a closed hub or into quarantine. */
export type OrganicMove = {
  readonly id: MoveId;
  readonly from: HubHostName;
  readonly to: HubHostName;
  readonly reason: string;
  readonly now: Instant;
};

/** Under this name such moves stand in the history. */
export const organicCampaign = 'organic';

/** DPS does it at once; what it repeats, it repeats for 415 s at most. */
const windowMs = 15 * 60_000;

/**
 * The record with such a move: [M1] a move that was open is superseded by it, unless it goes to the same hub. Nobody need ask the
 * device: it is going already. The proof is that of every move.
 */
export const moveOrganically = (
  record: DeviceRecord,
  { now, reason, ...told }: OrganicMove,
  limits: MoveLimits,
): LedgerEntry => {
  if (record.move?.to === told.to) return { record, settled: undefined };
  const because = `${reason}: it is answered ${told.to}`;
  const end = { type: 'EndMove', verdict: 'superseded', because, now } as const;
  const before = entryAfter(record, decide(lifeOf(record), end, limits), limits);
  const notAfter = instant(now + windowMs);
  const plan = {
    ...told,
    reason,
    campaignId: organicCampaign,
    notBefore: now,
    notAfter,
    parkedUntil: notAfter,
    jitterSeconds: 0,
    parkedJitterSeconds: 0,
    yieldsPin: true,
  };
  const triggered = decide(lifeOf(before.record), { type: 'TriggerMove', plan, now }, limits);
  const begun = entryAfter(before.record, triggered, limits).record;
  const request = requestId({ id: plan.id, attempt: 1 });
  const goes = {
    type: 'HearReply',
    request,
    reply: { kind: 'accepted' },
    now,
    draw: 0,
  } as const;
  return {
    record: entryAfter(begun, decide(lifeOf(begun), goes, limits), limits).record,
    settled: before.settled,
  };
};
