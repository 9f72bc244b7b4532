import { decide } from '../campaign/decide.ts';
import { entryAfter, type LedgerEntry, lifeOf } from '../campaign/ledger.ts';
import type { MoveLimits } from '../campaign/limits.ts';
import { type DeviceRecord, deviceKey, newDeviceRecord } from '../domain/device.ts';
import type { HubHostName } from '../domain/hub.ts';
import { quarantineCampaign } from '../domain/move.ts';
import type { Scope } from '../domain/scope.ts';
import type { Clock } from '../ports/clock.ts';
import type { Policies, PolicyVersions } from '../ports/policies.ts';
import { type Change, changeRecord, type Ledger } from './change-record.ts';
import type { EndMove } from './end-move.ts';
import type { MarkCause } from './mark-cause.ts';
import type { Ahead, MoveDevice, MoveOutcome } from './move-device.ts';

/** What operators say of a device, and what follows. */
export type OrderDevice = {
  /** It goes to the policy's quarantine: asked to now, and else when it registers next. */
  readonly quarantine: (order: DeviceOrder) => Promise<Ordered>;
  /** Out of quarantine, to where it was before, or to `to`. What cannot go there stays in it. */
  readonly giveBack: (order: DeviceOrder, to: HubHostName | undefined) => Promise<Ordered>;
  readonly pin: (order: DeviceOrder) => Promise<Ordered>;
  readonly unpin: (order: DeviceOrder) => Promise<Ordered>;
  /** All of its labels; of a device that has not come yet as well. */
  readonly label: (
    order: DeviceOrder,
    labels: Readonly<Record<string, string>>,
  ) => Promise<Ordered>;
};

export type DeviceOrder = {
  readonly scope: Scope;
  readonly deviceId: string;
  readonly because: string;
  readonly by: string;
  /** Whether the record is still as whoever orders it has seen it; undefined: however it is. */
  readonly isSeen?: (record: DeviceRecord | undefined) => boolean;
};

/** What was marked, and what came of asking the device to go; undefined where there was no need to. */
export type Ordered =
  | {
      readonly kind: 'marked';
      readonly before: DeviceRecord | undefined;
      readonly record: DeviceRecord;
      readonly move: MoveOutcome | undefined;
    }
  | { readonly kind: Refused; readonly because?: string };

type Refused =
  | 'unknown-device'
  | 'never-seen'
  | 'not-quarantined'
  | 'no-quarantine'
  | 'no-return'
  | 'not-movable'
  | 'too-late'
  | 'superseded';

type Ports = Ledger & {
  readonly clock: Clock;
  readonly policies: Policies;
  readonly versions: PolicyVersions;
  readonly moveDevice: MoveDevice;
  readonly endMove: EndMove;
  readonly markCause: MarkCause;
};

export const orderDevice = (ports: Ports, limits: MoveLimits): OrderDevice => ({
  quarantine: (order) => quarantine(ports, limits, order),
  giveBack: (order, to) => giveBack(ports, order, to),
  pin: (order) =>
    mark(ports, order, (record) =>
      record?.observed ? only({ ...looked(record), pin: said(ports, order) }) : absent(record),
    ),
  unpin: (order) =>
    mark(ports, order, (record) =>
      record ? only({ ...looked(record), pin: undefined }) : absent(record),
    ),
  label: async (order, labels) => {
    const marked = await mark(ports, order, (record) =>
      only({ ...(record ?? newDeviceRecord(order.scope, order.deviceId)), labels }),
    );
    const { rules } = ports.policies.latest();
    const isRuled = rules.some(({ when }) => when.labels.length > 0 || when.regions);
    if (isRuled) await ports.markCause([order.scope], `the labels of ${order.deviceId} changed`);
    return marked;
  },
});

/** A person has looked at it: what was contested begins anew. */
const looked = (record: DeviceRecord): DeviceRecord => {
  const { finding } = record;
  if (finding?.kind !== 'contested') return record;
  return { ...record, strayed: 0, finding: { ...finding, kind: 'stray' } };
};

const only = (record: DeviceRecord): LedgerEntry => ({ record, settled: undefined });

const absent = (record: DeviceRecord | undefined): 'unknown-device' | 'never-seen' =>
  record ? 'never-seen' : 'unknown-device';

const said = ({ clock }: Ports, { because, by }: DeviceOrder) => ({
  since: clock.now(),
  because,
  by,
});

const mark = (
  ports: Ports,
  { scope, deviceId, isSeen = () => true }: DeviceOrder,
  next: (record: DeviceRecord | undefined) => LedgerEntry | Refused,
): Promise<Ordered> =>
  changeRecord(ports, deviceKey(scope, deviceId), (before): Change<Ordered> => {
    const entry = isSeen(before) ? next(before) : 'superseded';
    return typeof entry === 'string'
      ? { entry: undefined, said: { kind: entry } }
      : { entry, said: { kind: 'marked', before, record: entry.record, move: undefined } };
  });

/** [M1] A move elsewhere that was open is superseded by the same write. */
const quarantine = async (
  ports: Ports,
  limits: MoveLimits,
  order: DeviceOrder,
): Promise<Ordered> => {
  const { versions, policies, deadline } = ports;
  const { kept } = await deadline(storeTimeoutMs, versions.newest); // it may have been put a moment ago
  const { quarantine: exile } = kept?.policy ?? policies.latest();
  if (exile === undefined) return { kind: 'no-quarantine' };
  const suspect = (record: DeviceRecord): LedgerEntry => {
    const hub = record.observed?.hub;
    const returnTo = record.quarantine?.returnTo ?? (hub === exile ? undefined : hub);
    const marked = { ...record, quarantine: { ...said(ports, order), returnTo } };
    if (!record.move || record.move.to === exile) return only(marked);
    const because = `it is put into quarantine: ${order.because}`;
    const end = {
      type: 'EndMove',
      verdict: 'superseded',
      because,
      now: ports.clock.now(),
    } as const;
    return entryAfter(marked, decide(lifeOf(marked), end, limits), limits);
  };
  const record = await read(ports, order);
  if (!record) return { kind: 'unknown-device' };
  const hub = record.observed?.hub;
  const isUnderWay = hub === undefined || hub === exile || record.move?.to === exile;
  if (isUnderWay) return mark(ports, order, (now) => (now ? suspect(now) : 'unknown-device'));
  return go(ports, order, record, exile, { change: suspect, evenIfRefused: true });
};

/** What DPS has moved into quarantine by now cannot be called off: it is given back when it has turned up there. */
const giveBack = async (
  ports: Ports,
  order: DeviceOrder,
  to: HubHostName | undefined,
): Promise<Ordered> => {
  const before = await read(ports, order);
  if (!before) return { kind: 'unknown-device' };
  if (!before.quarantine) return { kind: 'not-quarantined' };
  if (before.move) {
    const ended = await ports.endMove(order.scope, order.deviceId, `given back: ${order.because}`);
    if (ended.kind === 'too-late') return { kind: 'too-late', because: ended.because ?? '' };
  }
  const hub = (await read(ports, order))?.observed?.hub;
  const returnTo = to ?? before.quarantine.returnTo;
  const trusted = (record: DeviceRecord): LedgerEntry => only({ ...record, quarantine: undefined });
  if (hub === undefined || hub === returnTo)
    return mark(ports, order, (record) => (record ? trusted(record) : 'unknown-device'));
  if (returnTo === undefined) return { kind: 'no-return' };
  return go(ports, order, before, returnTo, { change: trusted, evenIfRefused: false });
};

const storeTimeoutMs = 5_000;

const read = async (
  { records, deadline }: Ports,
  { scope, deviceId }: DeviceOrder,
): Promise<DeviceRecord | undefined> => {
  const key = deviceKey(scope, deviceId);
  return (await deadline(storeTimeoutMs, (signal) => records.read(key, signal)))?.record;
};

const dayMs = 24 * 60 * 60_000;

/** A person has decided about this one device: what is not known of it does not keep it where it is. */
const go = async (
  ports: Ports,
  order: DeviceOrder,
  before: DeviceRecord,
  to: HubHostName,
  ahead: Ahead,
): Promise<Ordered> => {
  const { scope, deviceId, because: reason } = order;
  const move = await ports.moveDevice({
    scope,
    deviceId,
    to,
    reason,
    campaignId: quarantineCampaign,
    windowMs: dayMs,
    parkedMs: 7 * dayMs,
    jitterSeconds: 0,
    resetAllowed: true,
    unknownAllowed: true,
    yieldsPin: true,
    ahead,
  });
  if (move.kind === 'refused' && !ahead.evenIfRefused)
    return { kind: 'not-movable', because: move.because };
  const record = await read(ports, order);
  return record ? { kind: 'marked', before, record, move } : { kind: 'unknown-device' };
};
