import { evidenceOf } from '../campaign/look.ts';
import { whereaboutsAfter } from '../campaign/whereabouts.ts';
import { type DeviceRecord, deviceKey } from '../domain/device.ts';
import type { HubHostName } from '../domain/hub.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeviceTwins } from '../ports/device-twins.ts';
import { type Change, changeRecord, type Ledger } from './change-record.ts';

type Ports = Ledger & { readonly twins: DeviceTwins; readonly clock: Clock };

/**
 * A device that a query did not find on its hub. Queries are minutes behind: its twin is asked for itself, and only where there is none is the device
 * missing. The sweep looks for it then, and only the sweep gives it up [M7].
 */
export const markAbsent = (
  ports: Ports,
  hub: HubHostName,
  { scope, deviceId }: Pick<DeviceRecord, 'scope' | 'deviceId'>,
): Promise<'missing' | 'same'> => {
  const { twins, clock } = ports;
  const change = async (known: DeviceRecord | undefined): Promise<Change<'missing' | 'same'>> => {
    if (known?.observed?.hub !== hub || known.move) return { entry: undefined, said: 'same' };
    const askedAt = clock.now();
    const evidence = evidenceOf(hub, await twins.look({ hub, deviceId }), askedAt);
    const record = whereaboutsAfter(known, evidence);
    if (record === known) return { entry: undefined, said: 'same' };
    return { entry: { record, settled: undefined }, said: 'missing' };
  };
  return changeRecord(ports, deviceKey(scope, deviceId), change);
};

/** Identities that were left behind may be gone by now: their hubs' events are lost now and then. */
export const lookAtGhosts = (
  ports: Ports,
  { scope, deviceId }: Pick<DeviceRecord, 'scope' | 'deviceId'>,
): Promise<void> => {
  const { twins, clock } = ports;
  const change = async (known: DeviceRecord | undefined): Promise<Change<void>> => {
    if (!known || known.move) return { entry: undefined, said: undefined };
    const askedAt = clock.now();
    const looked = await Promise.all(
      known.ghosts.map(async (hub) =>
        evidenceOf(hub, await twins.look({ hub, deviceId }), askedAt),
      ),
    );
    const absent = looked.flat().filter(({ kind }) => kind === 'absent');
    const record = whereaboutsAfter(known, absent);
    return {
      entry: record === known ? undefined : { record, settled: undefined },
      said: undefined,
    };
  };
  return changeRecord(ports, deviceKey(scope, deviceId), change);
};
