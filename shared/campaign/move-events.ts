import type { Instant } from '../domain/instant.ts';
import type { Ask, Move, MovePlan, Proof, SettledMove, Verdict } from '../domain/move.ts';

/** What happens in a move's life. */
export type MoveEvent =
  | {
      readonly type: 'MoveTriggered';
      readonly plan: MovePlan;
      readonly at: Instant;
      readonly deadline: Instant;
      readonly nextAt: Instant;
    }
  /** The ledger's word that the device is about to be asked again, by the same request or by the next [M2]. */
  | { readonly type: 'RequestSent'; readonly attempt: number; readonly nextAt: Instant }
  | { readonly type: 'RequestAnswered'; readonly ask: Ask; readonly nextAt: Instant }
  /** It was offline: the request is put into its desired properties, and its window is another. */
  | {
      readonly type: 'MoveParked';
      readonly notAfter: Instant;
      readonly deadline: Instant;
      readonly nextAt: Instant;
    }
  | { readonly type: 'DeviceSighted'; readonly proof: Proof }
  | { readonly type: 'SourceSilent'; readonly at: Instant }
  | { readonly type: 'LookPlanned'; readonly nextAt: Instant }
  | {
      readonly type: 'MoveSettled';
      readonly verdict: Verdict;
      readonly because: string;
      readonly at: Instant;
    };

export type MoveLife =
  | { readonly kind: 'none' }
  | { readonly kind: 'open'; readonly move: Move }
  | { readonly kind: 'settled'; readonly settled: SettledMove };
