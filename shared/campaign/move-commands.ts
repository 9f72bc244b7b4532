import type { Instant } from '../domain/instant.ts';
import type { MovePlan } from '../domain/move.ts';
import type { Evidence } from './evidence.ts';

/** What was tried upon a device, and what came of it. `unknown`: the request may have arrived. */
export type Reply =
  | { readonly kind: 'accepted' | 'offline' | 'noHandler' | 'unknown' }
  | { readonly kind: 'deferred'; readonly until: Instant }
  | { readonly kind: 'refused'; readonly why: string }
  /** The hub takes nothing for so long: nothing was sent, and the same request may be. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number; readonly because: string }
  /** The hub will not send it, however often it is asked. */
  | { readonly kind: 'unsignallable'; readonly because: string };

/** `draw`, at least 0 and less than 1, is the chance in whatever delay it leads to. */
export type MoveCommand =
  | { readonly type: 'TriggerMove'; readonly plan: MovePlan; readonly now: Instant }
  | {
      readonly type: 'HearReply';
      readonly request: string;
      readonly reply: Reply;
      readonly now: Instant;
      readonly draw: number;
    }
  | { readonly type: 'SeeDevice'; readonly evidence: readonly Evidence[]; readonly now: Instant }
  | {
      readonly type: 'WakeMove';
      /** Whether the target takes devices: nobody is asked to go where the webhook would not send them. */
      readonly targetTakes: boolean;
      /** What a look at both hubs showed just now. */
      readonly evidence: readonly Evidence[];
      readonly now: Instant;
      readonly draw: number;
    }
  | {
      readonly type: 'EndMove';
      readonly verdict: 'cancelled' | 'superseded';
      readonly because: string;
      readonly now: Instant;
    };
