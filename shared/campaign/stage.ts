import type { Move } from '../domain/move.ts';

/**
 * Where an open move stands, in one word:
 *
 *     triggered      it was asked, or is about to be
 *     acknowledged   the device is going
 *     deferred       the device takes another request later
 *     parked         the device is offline, and finds the request when it returns
 *     reassigned     DPS has moved it
 *     landed         heard from on the target; the source cannot be asked whether it is gone
 */
export type Stage = 'triggered' | 'acknowledged' | 'deferred' | 'parked' | 'reassigned' | 'landed';

export const stageOf = ({ ask, proof, sourceSilentAt }: Move): Stage => {
  if (proof.heard !== undefined && sourceSilentAt !== undefined) return 'landed';
  if (proof.target?.held) return 'reassigned';
  switch (ask.kind) {
    case 'accepted':
      return 'acknowledged';
    case 'deferred':
    case 'parked':
      return ask.kind;
    case 'sent':
    case 'unsent':
    case 'over':
      return 'triggered';
  }
};
