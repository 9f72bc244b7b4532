import type { HubHostName } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import { type Move, moveOf, type Presence, type Proof } from '../domain/move.ts';

/**
 * What was seen of a device, by an event or by a look-up, and when. What it proves of a move:
 *
 *     evidence                              on the source           on the target
 *     created (an identity, just now)       not gone                assigned
 *     found   (an identity, by a look)      not gone                assigned
 *     absent  (deleted, or not found)       gone                    not assigned
 *     active  (connected, or its twin       not gone                assigned, heard from
 *              changed by itself)
 *     said    (its reported state)          not gone                assigned; heard from, when it is about this move
 *     silent  (the hub gave no answer)      the source is silent    –
 *
 * Its word on this attempt's request is heeded besides. That the webhook answered the target is none: a reply is not an outcome.
 */
export type Evidence =
  | {
      readonly kind: 'created' | 'found' | 'absent' | 'active' | 'silent';
      readonly hub: HubHostName;
      readonly at: Instant;
    }
  | { readonly kind: 'said'; readonly hub: HubHostName; readonly at: Instant; readonly word: Word };

/** What a device reports of a request. */
export type Word = {
  readonly request: string;
  readonly state: 'accepted' | 'deferred' | 'refused' | 'done' | 'failed';
  /** When it takes another request: of a deferral. */
  readonly until: Instant | undefined;
  readonly why: string | undefined;
  /** How long it was out of service: of a device that is done. */
  readonly gapMs?: number | undefined;
};

/** Whether it shows that the hub holds the device's identity; undefined when it shows nothing of the kind. */
export const shows = ({ kind }: Evidence): boolean | undefined => {
  switch (kind) {
    case 'created':
    case 'found':
    case 'active':
    case 'said':
      return true;
    case 'absent':
      return false;
    case 'silent':
      return undefined;
  }
};

/** [M3] [M4] What it adds to a move's proof: nothing when it is not newer than the trigger, or than what is known. */
export const proofWith = ({ id, proof, from, to, triggeredAt }: Move, seen: Evidence): Proof => {
  const { hub, at } = seen;
  const held = shows(seen);
  if (at <= triggeredAt || held === undefined) return proof;
  if (hub === from) return { ...proof, source: newest(proof.source, held, at) };
  if (hub !== to) return proof;
  const target = newest(proof.target, held, at);
  if (!isHeard(id, seen)) return { ...proof, target };
  const gapMs = seen.kind === 'said' ? (seen.word.gapMs ?? proof.gapMs) : proof.gapMs;
  return { ...proof, target, heard: latest(proof.heard, at), gapMs };
};

/**
 * A migration copies what the device reported before, perhaps back to a hub where it once said so: on the target only a word about this
 * very move is sure to have been said there since.
 */
const isHeard = (id: Move['id'], seen: Evidence): boolean =>
  seen.kind === 'active' || (seen.kind === 'said' && moveOf(seen.word.request) === id);

/** Of two sights of one instant that disagree the identity counts as held, in whatever order they come. */
const newest = (known: Presence | undefined, held: boolean, at: Instant): Presence => {
  if (known && (at < known.at || (at === known.at && known.held))) return known;
  return { held, at, since: known?.held === held ? known.since : at };
};

const latest = (known: Instant | undefined, at: Instant): Instant =>
  known === undefined || at > known ? at : known;

/**
 * [M3] Both sides and the device itself. That the source has no identity must have been seen when the target had one already: before, it
 * may have been made there anew.
 */
export const isVerified = ({ source, target, heard }: Proof): boolean =>
  source?.held === false &&
  target?.held === true &&
  source.at >= target.since &&
  heard !== undefined;
