import type { HubHostName } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import type { Move, Presence, Proof } from '../domain/move.ts';

/**
 * What was seen of a device, by an event or by a look-up, and when. What it proves of a move:
 *
 *     evidence                              on the source           on the target
 *     present (created, or found there)     not gone                assigned
 *     absent  (deleted, or not found)       gone                    not assigned
 *     active  (connected, or its twin       not gone                assigned, heard from
 *              changed by itself)
 *     said    (its reported state)          as active, and its word counts when the request is this attempt's
 *     silent  (the hub gave no answer)      the source is silent    –
 *
 * That the webhook answered the target is none: a reply is not an outcome.
 */
export type Evidence =
  | {
      readonly kind: 'present' | 'absent' | 'active' | 'silent';
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
};

/** Whether it shows that the hub holds the device's identity; undefined when it shows nothing of the kind. */
export const shows = ({ kind }: Evidence): boolean | undefined => {
  switch (kind) {
    case 'present':
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
export const proofWith = ({ proof, from, to, triggeredAt }: Move, seen: Evidence): Proof => {
  const { hub, at } = seen;
  const held = shows(seen);
  if (at <= triggeredAt || held === undefined) return proof;
  if (hub === from) return { ...proof, source: newest(proof.source, held, at) };
  if (hub !== to) return proof;
  const target = newest(proof.target, held, at);
  return { ...proof, target, heard: isWord(seen) ? latest(proof.heard, at) : proof.heard };
};

/** Whether the device itself was at work, and not only a record of it. */
export const isWord = ({ kind }: Evidence): boolean => kind === 'active' || kind === 'said';

/** Of two sights of one instant that disagree the identity counts as held, in whatever order they come. */
const newest = (known: Presence | undefined, held: boolean, at: Instant): Presence => {
  if (known && (at < known.at || (at === known.at && known.held))) return known;
  return { held, at, since: known?.held === held ? known.since : at };
};

const latest = (known: Instant | undefined, at: Instant): Instant =>
  known === undefined || at > known ? at : known;

export const isVerified = ({ source, target, heard }: Proof): boolean =>
  source?.held === false && target?.held === true && heard !== undefined;
