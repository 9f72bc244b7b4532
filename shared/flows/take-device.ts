import { evidenceOf } from '../campaign/look.ts';
import { lookedFor, whereaboutsAfter } from '../campaign/whereabouts.ts';
import { type DeviceRecord, deviceKey, newDeviceRecord, type Traits } from '../domain/device.ts';
import type { HubHostName } from '../domain/hub.ts';
import type { Scope } from '../domain/scope.ts';
import type { Clock } from '../ports/clock.ts';
import { unreadable } from '../ports/device-records.ts';
import type { DeviceTwins } from '../ports/device-twins.ts';
import type { Enrollments } from '../ports/enrollments.ts';
import type { Registered } from '../ports/hub-registries.ts';
import type { ProvisioningRecord } from '../ports/provisioning-records.ts';
import { type Change, changeRecord, type Ledger } from './change-record.ts';

export type IdentityPorts = Ledger & {
  readonly enrollments: Enrollments;
  readonly twins: DeviceTwins;
  readonly clock: Clock;
};

/** What an inventory made of one: a device that nobody knew of, news of one, an identity that was left behind, or nothing new. */
export type Entered = 'taken in' | 'updated' | 'ghost' | 'same' | 'fault';

/** A record that cannot be read must not hide the others. */
const orFault = async (work: Promise<Entered>): Promise<Entered> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && error.name === unreadable) return 'fault';
    throw error;
  }
};

/** What DPS knows of a device: where it assigned it, and when. Newer evidence stands against it. */
export const takeRecord = (
  ports: IdentityPorts,
  scope: Scope,
  { deviceId, registrationId, assigned: { hub, at } }: ProvisioningRecord,
  enrollment: string,
): Promise<Entered> =>
  orFault(
    changeRecord(ports, deviceKey(scope, deviceId), (known): Change<Entered> => {
      if (known && known.deviceId !== deviceId) return conflict(known, deviceId);
      if (known?.move) return { entry: undefined, said: 'same' }; // it looks for itself
      const before = known ?? newDeviceRecord(scope, deviceId, { registrationId });
      const seen = whereaboutsAfter(before, [{ kind: 'created', hub, at }]);
      const named = withNames(seen, { registrationId, enrollment });
      const home = named.observed?.hub ?? hub;
      return written(known, named.home === undefined ? { ...named, home } : named);
    }),
  );

/**
 * What a hub holds of a device, by a query, which may be minutes behind. Where the device is said to be elsewhere, both hubs are asked for its twin,
 * and those answers count alone.
 */
export const takeIdentity = (
  ports: IdentityPorts,
  scope: Scope,
  hub: HubHostName,
  { deviceId, sight }: Registered,
  takesStrangers: boolean,
): Promise<Entered> => {
  const change = async (known: DeviceRecord | undefined): Promise<Change<Entered>> => {
    if (!known && !takesStrangers) return { entry: undefined, said: 'same' };
    if (known && known.deviceId !== deviceId) return conflict(known, deviceId);
    if (known?.move) return { entry: undefined, said: 'same' };
    const now = ports.clock.now();
    const before = known ?? newDeviceRecord(scope, deviceId);
    const other = before.observed?.hub;
    if (other !== undefined && other !== hub) return lookAtBoth(ports, before, [hub, other]);
    const there = evidenceOf(hub, sight, now);
    const created = { kind: 'created', hub, at: now } as const;
    const seen = whereaboutsAfter(before, other === undefined ? [...there, created] : there);
    const homed = seen.home === undefined ? { ...seen, home: seen.observed?.hub } : seen;
    return written(known, homed.observed?.hub === hub ? withTraits(homed, sight) : homed);
  };
  return orFault(changeRecord(ports, deviceKey(scope, deviceId), change));
};

/** One of them gives no answer: which of them it lives on is not known. */
const lookAtBoth = async (
  { twins, clock }: IdentityPorts,
  record: DeviceRecord,
  hubs: readonly HubHostName[],
): Promise<Change<Entered>> => {
  const { deviceId } = record;
  const askedAt = clock.now();
  const sights = await Promise.all(hubs.map((hub) => twins.look({ hub, deviceId })));
  if (sights.some(({ kind }) => kind === 'silent')) return { entry: undefined, said: 'fault' };
  const looked = sights.flatMap((sight, index) =>
    evidenceOf(hubs[index] as HubHostName, sight, askedAt),
  );
  return written(record, lookedFor(record, looked, askedAt));
};

/** Nothing new writes nothing: the second pass over a fleet costs its reads alone. */
const written = (known: DeviceRecord | undefined, record: DeviceRecord): Change<Entered> => {
  if (record === known) return { entry: undefined, said: 'same' };
  const isGhost = known !== undefined && record.ghosts.length > known.ghosts.length;
  const said = known === undefined ? 'taken in' : isGhost ? 'ghost' : 'updated';
  return { entry: { record, settled: undefined }, said };
};

/** Two devices whose ids differ in case alone share a key: that is named, and neither is moved. What is told of the other is not this one's. */
const conflict = (known: DeviceRecord, deviceId: string): Change<Entered> =>
  written(known, known.conflictsWith === undefined ? { ...known, conflictsWith: deviceId } : known);

const withNames = (
  record: DeviceRecord,
  told: Pick<DeviceRecord, 'registrationId' | 'enrollment'>,
): DeviceRecord =>
  told.enrollment === record.enrollment && told.registrationId === record.registrationId
    ? record
    : { ...record, ...told };

const withTraits = (record: DeviceRecord, sight: Registered['sight']): DeviceRecord => {
  const { enabled, iotEdge, advertises } = sight;
  const now: Traits = { enabled, iotEdge, advertises };
  const { traits } = record;
  const isSame =
    traits?.enabled === enabled && traits.iotEdge === iotEdge && traits.advertises === advertises;
  return isSame ? record : { ...record, traits: now };
};
