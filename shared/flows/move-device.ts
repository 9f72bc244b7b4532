import { factsOf } from '../allocation/registration.ts';
import { decide } from '../campaign/decide.ts';
import { entryAfter, type LedgerEntry, lifeOf } from '../campaign/ledger.ts';
import type { MoveLimits } from '../campaign/limits.ts';
import type { Reply } from '../campaign/move-commands.ts';
import { type DeviceRecord, deviceKey } from '../domain/device.ts';
import type { HubHostName } from '../domain/hub.ts';
import { instant } from '../domain/instant.ts';
import { type Move, type MovePlan, moveId } from '../domain/move.ts';
import type { Scope } from '../domain/scope.ts';
import { barredFrom } from '../planning/barred.ts';
import { movable } from '../planning/movable.ts';
import type { DeviceTwins } from '../ports/device-twins.ts';
import type { Enrollments } from '../ports/enrollments.ts';
import type { HubTables } from '../ports/hub-tables.ts';
import type { Policies } from '../ports/policies.ts';
import { type AskPorts, askDevice } from './ask-device.ts';
import { type Change, changeRecord } from './change-record.ts';

export type MoveDevice = (order: MoveOrder) => Promise<MoveOutcome>;

/** What somebody wants of a device. */
export type MoveOrder = {
  readonly scope: Scope;
  readonly deviceId: string;
  readonly to: HubHostName;
  readonly reason: string;
  readonly campaignId: string;
  /** How long it may take, from now; and how long where the device is offline. */
  readonly windowMs: number;
  readonly parkedMs: number;
  readonly jitterSeconds: number;
  readonly resetAllowed: boolean;
  /** Whether a device of which not all is known may be moved. */
  readonly unknownAllowed: boolean;
  /** Whether a pin yields to it: to quarantine it does. */
  readonly yieldsPin: boolean;
  /** What else is to be changed by the same write. */
  readonly ahead?: Ahead;
};

/** A change of the record before the move begins, and whether it is made as well where the move is refused. */
export type Ahead = {
  readonly change: (record: DeviceRecord) => LedgerEntry;
  readonly evenIfRefused: boolean;
};

export type MoveOutcome =
  | { readonly kind: 'triggered'; readonly move: Move; readonly reply: Reply }
  | {
      readonly kind: 'refused';
      readonly why: 'unknown-device' | 'not-movable' | 'not-known-to-be-movable';
      readonly because: string;
    };

type Ports = AskPorts & {
  readonly enrollments: Enrollments;
  readonly hubTables: HubTables;
  readonly policies: Policies;
  readonly twins: DeviceTwins;
};

/** Record, enrollment, hubs, twins → movable? → ledger → device. */
export const moveDevice =
  (ports: Ports, limits: MoveLimits): MoveDevice =>
  async (order) => {
    const key = deviceKey(order.scope, order.deviceId);
    const begun = await changeRecord(ports, key, (record) => begin(ports, limits, order, record));
    if (begun.kind === 'refused') return begun;
    const { reply, move } = await askDevice(ports, limits, key, begun.record, begun.move);
    return { kind: 'triggered', move: move ?? begun.move, reply };
  };

type Begun =
  | { readonly kind: 'begun'; readonly record: DeviceRecord; readonly move: Move }
  | Extract<MoveOutcome, { readonly kind: 'refused' }>;

const begin = async (
  ports: Ports,
  limits: MoveLimits,
  order: MoveOrder,
  record: DeviceRecord | undefined,
): Promise<Change<Begun>> => {
  const from = record?.observed?.hub;
  if (!record) return refuse('unknown-device', 'nothing is known of this device');
  if (!from) return refuse('not-movable', 'it was never seen on a hub');
  const before = order.ahead?.change(record) ?? { record, settled: undefined };
  const kept = order.ahead?.evenIfRefused ? before : undefined;
  const found = await judge(ports, order, before.record, from);
  if (found.kind === 'no') return refuse('not-movable', found.because, kept);
  if (found.kind === 'unknown' && !order.unknownAllowed)
    return refuse('not-known-to-be-movable', found.because, kept);
  const now = ports.clock.now();
  const plan = planOf(order, from, moveId(ports.dice.digits(20)), now);
  const events = decide(lifeOf(before.record), { type: 'TriggerMove', plan, now }, limits);
  const { record: next } = entryAfter(before.record, events, limits);
  const { move } = next;
  if (!move) throw new Error('A move that was triggered is open.');
  const entry = { record: next, settled: before.settled };
  return { entry, said: { kind: 'begun', record: next, move } };
};

const refuse = (
  why: Extract<MoveOutcome, { readonly kind: 'refused' }>['why'],
  because: string,
  entry?: LedgerEntry,
): Change<Begun> => ({ entry, said: { kind: 'refused', why, because } });

const judge = async (
  { twins, enrollments, hubTables, policies, deadline }: Ports,
  { to, resetAllowed, yieldsPin }: MoveOrder,
  record: DeviceRecord,
  from: HubHostName,
) => {
  const { deviceId, enrollment: key } = record;
  const [onSource, onTarget, enrollment] = await Promise.all([
    twins.look({ hub: from, deviceId }),
    twins.look({ hub: to, deviceId }),
    key === undefined
      ? undefined
      : deadline(enrollmentTimeoutMs, (signal) => enrollments.read(key, signal)),
  ]);
  const table = await hubTables.known();
  const hub = table.hubs.get(to);
  const facts = enrollment && factsOf(record, enrollment);
  const policy = await policies.known();
  const barred = hub && facts && barredFrom(policy, hub, facts, record.quarantine !== undefined);
  const looked = { onSource, onTarget, sourceTier: table.hubs.get(from)?.tier };
  return movable({ record, enrollment, table, to, resetAllowed, yieldsPin, barred, ...looked });
};

const enrollmentTimeoutMs = 5_000;

const planOf = (
  { campaignId, to, reason, windowMs, parkedMs, jitterSeconds }: MoveOrder,
  from: HubHostName,
  id: MovePlan['id'],
  now: MovePlan['notBefore'],
): MovePlan => ({
  id,
  campaignId,
  from,
  to,
  reason,
  notBefore: now,
  notAfter: instant(now + windowMs),
  parkedUntil: instant(now + Math.max(windowMs, parkedMs)),
  jitterSeconds,
});
