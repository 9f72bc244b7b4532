import { decide } from '../campaign/decide.ts';
import { entryAfter, lifeOf } from '../campaign/ledger.ts';
import type { MoveLimits } from '../campaign/limits.ts';
import { deviceKey } from '../domain/device.ts';
import type { SettledMove } from '../domain/move.ts';
import type { Scope } from '../domain/scope.ts';
import type { Clock } from '../ports/clock.ts';
import { changeRecord, type Ledger } from './change-record.ts';

/** Calls off a device's move: the valve shuts, its request is taken out of the twins. undefined: it has none. */
export type EndMove = (
  scope: Scope,
  deviceId: string,
  because: string,
) => Promise<SettledMove | undefined>;

export const endMove =
  (ports: Ledger & { readonly clock: Clock }, limits: MoveLimits): EndMove =>
  (scope, deviceId, because) =>
    changeRecord(ports, deviceKey(scope, deviceId), (record) => {
      if (!record?.move) return { entry: undefined, said: undefined };
      const now = ports.clock.now();
      const command = { type: 'EndMove', verdict: 'cancelled', because, now } as const;
      const entry = entryAfter(record, decide(lifeOf(record), command, limits));
      return { entry, said: entry.settled };
    });
