import { factsOf } from '../allocation/registration.ts';
import { decide } from '../campaign/decide.ts';
import { entryAfter, type LedgerEntry, lifeOf } from '../campaign/ledger.ts';
import type { MoveLimits } from '../campaign/limits.ts';
import type { Reply } from '../campaign/move-commands.ts';
import { organicCampaign } from '../campaign/organic-move.ts';
import { type DeviceRecord, deviceKey, type LastMove } from '../domain/device.ts';
import type { HubHostName } from '../domain/hub.ts';
import { type Instant, instant } from '../domain/instant.ts';
import { type Move, type MoveId, type MovePlan, moveId, requestId } from '../domain/move.ts';
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
  /** Where it was offline when it was asked; as above, unless told. */
  readonly parkedJitterSeconds?: number;
  readonly resetAllowed: boolean;
  /** Whether a device of which not all is known may be moved. */
  readonly unknownAllowed: boolean;
  /** Whether a pin yields to it: to quarantine it does. */
  readonly yieldsPin: boolean;
  /** What else is to be changed by the same write. */
  readonly ahead?: Ahead;
};

/** One move, whoever begins it, and however often: it is begun once [R4]. */
export type PlannedOrder = {
  readonly id: MoveId;
  /** Where the plan found the device: one that has gone elsewhere since is left alone. */
  readonly from: HubHostName;
  /** Whether the device is told; off a dead hub it comes by itself, and is answered its target. */
  readonly isAsked: boolean;
  /** Why it may not go now, by what is known of it now; undefined: it may. */
  readonly waits: (record: DeviceRecord) => string | undefined;
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

/** The move of a campaign. */
export type MovePlanned = (order: MoveOrder, planned: PlannedOrder) => Promise<PlannedOutcome>;

export type PlannedOutcome =
  | MoveOutcome
  /** Somebody has begun it already; and it has ended already. */
  | { readonly kind: 'under-way'; readonly move: Move }
  | { readonly kind: 'over'; readonly last: LastMove }
  /** It may go later, and why not now; `isPassing`: it will be so by itself. */
  | { readonly kind: 'waits'; readonly because: string; readonly isPassing: boolean };

type Ports = AskPorts & {
  readonly enrollments: Pick<Enrollments, 'read'>;
  readonly hubTables: HubTables;
  readonly policies: Policies;
  readonly twins: DeviceTwins;
};

/** Record, enrollment, hubs, twins → movable? → ledger → device. */
export const moveDevice =
  (ports: Ports, limits: MoveLimits): MoveDevice =>
  async (order) => {
    const outcome = await beginAndAsk(ports, limits, order, undefined);
    if (outcome.kind === 'triggered' || outcome.kind === 'refused') return outcome;
    throw new Error('Only a move that was planned is known before it begins.');
  };

/** The same, of a move that has its id from its campaign: begun once, whoever begins it. */
export const movePlanned =
  (ports: Ports, limits: MoveLimits): MovePlanned =>
  (order, planned) =>
    beginAndAsk(ports, limits, order, planned);

const beginAndAsk = async (
  ports: Ports,
  limits: MoveLimits,
  order: MoveOrder,
  planned: PlannedOrder | undefined,
): Promise<PlannedOutcome> => {
  const key = deviceKey(order.scope, order.deviceId);
  const begun = await changeRecord(ports, key, (record) =>
    begin(ports, limits, order, planned, record),
  );
  if (begun.kind !== 'begun') return begun;
  if (planned?.isAsked === false)
    return { kind: 'triggered', move: begun.move, reply: { kind: 'offline' } };
  const { reply, move } = await askDevice(ports, limits, key, begun.record, begun.move);
  return { kind: 'triggered', move: move ?? begun.move, reply };
};

type Begun =
  | { readonly kind: 'begun'; readonly record: DeviceRecord; readonly move: Move }
  | Exclude<PlannedOutcome, { readonly kind: 'triggered' }>;

const begin = async (
  ports: Ports,
  limits: MoveLimits,
  order: MoveOrder,
  planned: PlannedOrder | undefined,
  record: DeviceRecord | undefined,
): Promise<Change<Begun>> => {
  const from = record?.observed?.hub;
  if (!record) return refuse('unknown-device', 'nothing is known of this device');
  if (!from) return refuse('not-movable', 'it was never seen on a hub');
  const known = planned && knownOf(planned, record, from);
  if (known) return { entry: undefined, said: known };
  const before = order.ahead?.change(record) ?? { record, settled: undefined };
  const kept = order.ahead?.evenIfRefused ? before : undefined;
  const isAsked = planned?.isAsked ?? true;
  const found = await judge(ports, order, before.record, from, isAsked);
  if (found.kind === 'no') return refuse('not-movable', found.because, kept);
  if (found.kind === 'unknown' && !order.unknownAllowed)
    return refuse('not-known-to-be-movable', found.because, kept);
  const now = ports.clock.now();
  const id = planned?.id ?? moveId(ports.dice.digits(20));
  const plan = planOf(order, from, id, now);
  const events = decide(lifeOf(before.record), { type: 'TriggerMove', plan, now }, limits);
  const begun = entryAfter(before.record, events, limits).record;
  const next = isAsked ? begun : unasked(begun, limits, now);
  const { move } = next;
  if (!move) throw new Error('A move that was triggered is open.');
  const entry = { record: next, settled: before.settled };
  return { entry, said: { kind: 'begun', record: next, move } };
};

const knownOf = (
  { id, from: plannedFrom, isAsked, waits }: PlannedOrder,
  record: DeviceRecord,
  from: HubHostName,
): Exclude<PlannedOutcome, { readonly kind: 'triggered' }> | undefined => {
  const { move, lastMove } = record;
  if (move?.id === id) return { kind: 'under-way', move };
  if (lastMove?.id === id) return { kind: 'over', last: lastMove };
  // Off a dead hub devices come by themselves. What comes of that is awaited: then it is elsewhere, or its turn has come.
  if (!isAsked && move?.campaignId === organicCampaign)
    return { kind: 'waits', because: 'devices that leave by themselves', isPassing: true };
  if (from !== plannedFrom) {
    const because = `it is on ${from} now, not on ${plannedFrom}`;
    return { kind: 'refused', why: 'not-movable', because };
  }
  const because = waits(record);
  return because === undefined ? undefined : { kind: 'waits', because, isPassing: true };
};

/** It waits for the device, as a request does that was put where the device will find it. */
const unasked = (begun: DeviceRecord, limits: MoveLimits, now: Instant): DeviceRecord => {
  if (!begun.move) return begun;
  const request = requestId(begun.move);
  const heard = { type: 'HearReply', request, reply: { kind: 'offline' }, now, draw: 0 } as const;
  return entryAfter(begun, decide(lifeOf(begun), heard, limits), limits).record;
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
  isAsked: boolean,
) => {
  const { deviceId, enrollment: key } = record;
  const [onSource, onTarget, enrollment] = await Promise.all([
    isAsked ? twins.look({ hub: from, deviceId }) : unseen,
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
  const sourceTier = isAsked ? table.hubs.get(from)?.tier : undefined;
  const looked = { onSource, onTarget, sourceTier };
  return movable({ record, enrollment, table, to, resetAllowed, yieldsPin, barred, ...looked });
};

const unseen = { kind: 'unseen' } as const;

const enrollmentTimeoutMs = 5_000;

const planOf = (
  { campaignId, to, reason, windowMs, parkedMs, jitterSeconds, ...order }: MoveOrder,
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
  parkedJitterSeconds: order.parkedJitterSeconds ?? jitterSeconds,
  yieldsPin: order.yieldsPin,
});
