import { type DeviceRecord, deviceKey, newDeviceRecord } from '../domain/device.ts';
import type { HubHostName } from '../domain/hub.ts';
import { quarantineCampaign } from '../domain/move.ts';
import type { Scope } from '../domain/scope.ts';
import type { Clock } from '../ports/clock.ts';
import type { Policies, PolicyVersions } from '../ports/policies.ts';
import { type Change, changeRecord, type Ledger } from './change-record.ts';
import type { MoveDevice, MoveOrder, MoveOutcome } from './move-device.ts';

/** What operators say of a device, and what follows. */
export type OrderDevice = {
  /** It goes to the policy's quarantine: asked to now, and else when it registers next. */
  readonly quarantine: (order: DeviceOrder) => Promise<Ordered>;
  /** Out of quarantine, to where it was before, or to `to`. */
  readonly giveBack: (order: DeviceOrder, to: HubHostName | undefined) => Promise<Ordered>;
  readonly pin: (order: DeviceOrder) => Promise<Marked>;
  readonly unpin: (order: DeviceOrder) => Promise<Marked>;
  /** All of its labels; of a device that has not come yet as well. */
  readonly label: (order: DeviceOrder, labels: Readonly<Record<string, string>>) => Promise<Marked>;
};

export type DeviceOrder = {
  readonly scope: Scope;
  readonly deviceId: string;
  readonly because: string;
  readonly by: string;
};

export type Marked =
  | { readonly kind: 'marked'; readonly record: DeviceRecord }
  | { readonly kind: 'unknown-device' | 'never-seen' | 'not-quarantined' | 'no-quarantine' };

/** What was marked, and what came of asking the device to go; undefined where there was no need to. */
export type Ordered =
  | Exclude<Marked, { readonly kind: 'marked' }>
  | {
      readonly kind: 'marked';
      readonly record: DeviceRecord;
      readonly move: MoveOutcome | undefined;
    };

type Ports = Ledger & {
  readonly clock: Clock;
  readonly policies: Policies;
  readonly versions: PolicyVersions;
  readonly moveDevice: MoveDevice;
};

export const orderDevice = (ports: Ports): OrderDevice => ({
  quarantine: (order) => quarantine(ports, order),
  giveBack: (order, to) => giveBack(ports, order, to),
  pin: (order) =>
    mark(ports, order, (record) =>
      record?.observed ? { ...record, pin: said(ports, order) } : absent(record),
    ),
  unpin: (order) =>
    mark(ports, order, (record) => (record ? { ...record, pin: undefined } : absent(record))),
  label: (order, labels) =>
    mark(ports, order, (record) => ({
      ...(record ?? newDeviceRecord(order.scope, order.deviceId)),
      labels,
    })),
});

const absent = (record: DeviceRecord | undefined): 'unknown-device' | 'never-seen' =>
  record ? 'never-seen' : 'unknown-device';

const said = ({ clock }: Ports, { because, by }: DeviceOrder) => ({
  since: clock.now(),
  because,
  by,
});

type Decide = (
  record: DeviceRecord | undefined,
) => DeviceRecord | Exclude<Marked, { readonly kind: 'marked' }>['kind'];

const mark = (ports: Ports, { scope, deviceId }: DeviceOrder, decide: Decide): Promise<Marked> =>
  changeRecord(ports, deviceKey(scope, deviceId), (record): Change<Marked> => {
    const next = decide(record);
    return typeof next === 'string'
      ? { entry: undefined, said: { kind: next } }
      : { entry: { record: next, settled: undefined }, said: { kind: 'marked', record: next } };
  });

const quarantine = async (ports: Ports, order: DeviceOrder): Promise<Ordered> => {
  const { versions, policies, deadline } = ports;
  const { kept } = await deadline(storeTimeoutMs, versions.newest); // it may have been put a moment ago
  const { quarantine: exile } = kept?.policy ?? policies.latest();
  if (exile === undefined) return { kind: 'no-quarantine' };
  const marked = await mark(ports, order, (record) => {
    if (!record) return 'unknown-device';
    const hub = record.observed?.hub;
    const returnTo = record.quarantine?.returnTo ?? (hub === exile ? undefined : hub);
    return { ...record, quarantine: { ...said(ports, order), returnTo } };
  });
  if (marked.kind !== 'marked') return marked;
  const hub = marked.record.observed?.hub;
  const isThere = hub === undefined || hub === exile;
  return { ...marked, move: isThere ? undefined : await go(ports, order, exile) };
};

const giveBack = async (
  ports: Ports,
  order: DeviceOrder,
  to: HubHostName | undefined,
): Promise<Ordered> => {
  let returnTo: HubHostName | undefined;
  const marked = await mark(ports, order, (record) => {
    if (!record) return 'unknown-device';
    if (!record.quarantine) return 'not-quarantined';
    returnTo = to ?? record.quarantine.returnTo;
    return { ...record, quarantine: undefined };
  });
  if (marked.kind !== 'marked') return marked;
  const hub = marked.record.observed?.hub;
  const stays = returnTo === undefined || hub === undefined || hub === returnTo;
  return { ...marked, move: stays ? undefined : await go(ports, order, returnTo) };
};

const storeTimeoutMs = 5_000;

const dayMs = 24 * 60 * 60_000;

/** A person has decided about this one device: what is not known of it does not keep it where it is. */
const go = (
  { moveDevice }: Ports,
  { scope, deviceId, because }: DeviceOrder,
  to: HubHostName | undefined,
): Promise<MoveOutcome> | undefined => {
  if (to === undefined) return undefined;
  const order: MoveOrder = {
    scope,
    deviceId,
    to,
    reason: because,
    campaignId: quarantineCampaign,
    windowMs: dayMs,
    parkedMs: 7 * dayMs,
    jitterSeconds: 0,
    resetAllowed: true,
    unknownAllowed: true,
    yieldsPin: true,
  };
  return moveDevice(order);
};
