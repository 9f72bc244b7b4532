import { createHash } from 'node:crypto';
import type { Brand } from './brand.ts';
import type { HubHostName } from './hub.ts';
import type { Instant } from './instant.ts';

/** One device in a campaign: `m-` and 20 hexadecimal digits. */
export type MoveId = Brand<string, 'MoveId'>;

/** One request within a move: `{move}:{attempt}`. A device acts upon it once, on whatever hub it meets it [M5]. */
export type RequestId = Brand<string, 'RequestId'>;

/** Moves into quarantine and out of it, which a pin does not hold back, belong to this campaign. */
export const quarantineCampaign = 'quarantine';

const movePattern = /^m-[0-9a-f]{20}$/;

export const moveId = (digits: string): MoveId => {
  const id = `m-${digits}`;
  if (!movePattern.test(id)) throw new RangeError(`Not a move id: ${id}`);
  return id as MoveId;
};

/** A campaign moves a device once: whoever begins that move, however often, begins this one [R4]. */
export const moveIdIn = (campaignId: string, deviceId: string): MoveId =>
  moveId(createHash('sha256').update(`${campaignId} ${deviceId}`).digest('hex').slice(0, 20));

export const parseMoveId = (text: string): MoveId | undefined =>
  movePattern.test(text) ? (text as MoveId) : undefined;

export const requestId = ({ id, attempt }: Pick<Move, 'id' | 'attempt'>): RequestId =>
  `${id}:${attempt}` as RequestId;

/** The move that a request belongs to; undefined when it is none of ours. */
export const moveOf = (request: string): MoveId | undefined => {
  const [id = '', attempt = ''] = request.split(':');
  return /^[1-9]\d{0,3}$/.test(attempt) ? parseMoveId(id) : undefined;
};

/**
 * What this attempt's request has come to, at the device:
 *
 *     sent       it may have arrived: nothing was heard of it
 *     unsent     it was not sent, because the hub took no more: it is tried again as it is
 *     accepted   the device is going
 *     deferred   the device will take another request after `until`
 *     parked     the device was offline: the request waits in its desired properties
 *     over       it is known to have come to nothing: the next request has a new id
 */
export type Ask =
  | { readonly kind: 'sent' | 'unsent' | 'accepted' | 'parked' }
  | { readonly kind: 'deferred'; readonly until: Instant }
  | { readonly kind: 'over'; readonly because: string };

/** Whether a hub held an identity of the device when last seen, and since when it is known to be so. */
export type Presence = { readonly held: boolean; readonly at: Instant; readonly since: Instant };

/** What was seen since the move was triggered, each with the time of its newest sight. */
export type Proof = {
  readonly source: Presence | undefined;
  readonly target: Presence | undefined;
  /** The device itself was heard from on the target. */
  readonly heard: Instant | undefined;
  /** How long it was out of service, in milliseconds, as it measured itself. */
  readonly gapMs: number | undefined;
};

/** What is asked of a device, and until when. */
export type MovePlan = {
  readonly id: MoveId;
  readonly campaignId: string;
  readonly from: HubHostName;
  readonly to: HubHostName;
  /** For the person who reads it later; the device is told it as well. */
  readonly reason: string;
  /** The window in which the device may go, and in which the webhook answers the target. */
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  /** The end of the window for a device that was offline when it was asked. */
  readonly parkedUntil: Instant;
  /** The device waits a random time up to this, so that a wave does not arrive as one; and where it was offline when it was asked. */
  readonly jitterSeconds: number;
  readonly parkedJitterSeconds: number;
  /** Whether it goes on though the device is pinned, or in quarantine: into quarantine, out of it, and off a dead hub. */
  readonly yieldsPin: boolean;
};

/** A move under way: at most one to a device [M1]. */
export type Move = MovePlan & {
  /** Evidence that is not newer is not this move's [M3]. */
  readonly triggeredAt: Instant;
  /** It is settled by then [M6]. */
  readonly deadline: Instant;
  /** From 1. */
  readonly attempt: number;
  /** How often this attempt's request was sent. */
  readonly sends: number;
  readonly ask: Ask;
  /** Whether a request was put into the desired properties, from where it must be cleared again. */
  readonly inTwin: boolean;
  readonly proof: Proof;
  /** When the source last could not be asked whether it still holds the device; undefined when it could. */
  readonly sourceSilentAt: Instant | undefined;
  /** When the sweep looks after it next. */
  readonly nextAt: Instant;
};

/**
 * How a move ended, for good:
 *
 *     verified     gone from the source, there on the target, and heard from there
 *     failed       it came to a known end short of the target
 *     timedOut     its deadline passed without a proof of anything
 *     stranded     moved by DPS, never heard from on the target
 *     refused      the device would not
 *     cancelled    a person called it off
 *     superseded   another decision about the device took its place
 */
export const verdicts = [
  'verified',
  'failed',
  'timedOut',
  'stranded',
  'refused',
  'cancelled',
  'superseded',
] as const;
export type Verdict = (typeof verdicts)[number];

/** A move that has ended, as the history keeps it. */
export type SettledMove = {
  readonly move: Move;
  readonly verdict: Verdict;
  /** A sentence. */
  readonly because: string;
  readonly settledAt: Instant;
};
