import { decide } from '../campaign/decide.ts';
import { entryAfter, lifeOf } from '../campaign/ledger.ts';
import type { MoveLimits } from '../campaign/limits.ts';
import { whereaboutsAfter } from '../campaign/whereabouts.ts';
import { deviceKey } from '../domain/device.ts';
import type { Scope } from '../domain/scope.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeviceTwins } from '../ports/device-twins.ts';
import { changeRecord, type Ledger, type SettledOf, settledOf } from './change-record.ts';
import { lookAtMove } from './look-at-move.ts';

/**
 * Calls off a device's move: the valve shuts, and its request is taken out of the twins by the next sweep. Answers how the move ended: a
 * look may show that it is verified already. undefined: there is none.
 */
export type EndMove = (
  scope: Scope,
  deviceId: string,
  because: string,
) => Promise<SettledOf | undefined>;

type Ports = Ledger & { readonly clock: Clock; readonly twins: DeviceTwins };

export const endMove =
  (ports: Ports, limits: MoveLimits): EndMove =>
  (scope, deviceId, because) =>
    changeRecord(ports, deviceKey(scope, deviceId), async (record) => {
      if (!record?.move) return { entry: undefined, said: undefined };
      const evidence = await lookAtMove(ports.twins, ports.clock, record.deviceId, record.move);
      const now = ports.clock.now();
      const seen = decide(lifeOf(record), { type: 'SeeDevice', evidence, now }, limits);
      const known = entryAfter(whereaboutsAfter(record, evidence), seen, limits);
      if (known.settled) return { entry: known, said: settledOf(known) };
      const command = { type: 'EndMove', because, now } as const;
      const entry = entryAfter(known.record, decide(lifeOf(known.record), command, limits), limits);
      return { entry, said: settledOf(entry) };
    });
