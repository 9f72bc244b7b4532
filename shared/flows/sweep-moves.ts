import { decide } from '../campaign/decide.ts';
import { entryAfter, lifeOf } from '../campaign/ledger.ts';
import type { MoveLimits } from '../campaign/limits.ts';
import { evidenceOf } from '../campaign/look.ts';
import type { MoveEvent } from '../campaign/move-events.ts';
import { lookedFor, missingAfter, whereaboutsAfter } from '../campaign/whereabouts.ts';
import type { DeviceRecord, Leftover } from '../domain/device.ts';
import { type Instant, instant } from '../domain/instant.ts';
import type { Move } from '../domain/move.ts';
import type { ValvesNow } from '../ports/campaigns.ts';
import type { Due } from '../ports/device-records.ts';
import type { DeviceTwins } from '../ports/device-twins.ts';
import type { HubTables } from '../ports/hub-tables.ts';
import type { Registrations } from '../ports/registrations.ts';
import { type AskPorts, askDevice } from './ask-device.ts';
import { type Change, changeRecord, type SettledOf, settledOf } from './change-record.ts';
import { lookAtMove } from './look-at-move.ts';
import type { MarkCause } from './mark-cause.ts';
import { readValve } from './read-valve.ts';
import { claimTaken } from './take-labels.ts';

/** Devices looked after, moves settled, and devices that could not be looked after: they stay due. */
export type Swept = {
  readonly devices: number;
  readonly settled: number;
  readonly faults: readonly string[];
};

/** @param tell hears of each move as it is settled. */
export type SweepMoves = (tell: (settled: SettledOf) => void) => Promise<Swept>;

type Ports = AskPorts & {
  readonly twins: DeviceTwins;
  readonly hubTables: HubTables;
  readonly registrations: Registrations;
  readonly valves: ValvesNow;
  readonly markCause: MarkCause;
};

export type SweepLimits = MoveLimits & {
  /** Devices of one sweep. */
  readonly dueMax: number;
  /** Devices at once. */
  readonly atOnceMax: number;
  /** How long it goes on taking devices: the others stay due. */
  readonly budgetMs: number;
};

/**
 * [M6] What is due → looked up → decided → written → asked again where that was decided. Events are lost now and then: the sweep finds
 * out by itself. A device that fails stays due, and the others go on.
 */
export const sweepMoves =
  (ports: Ports, limits: SweepLimits): SweepMoves =>
  async (tell) => {
    const { records, clock, deadline } = ports;
    const begun = clock.now();
    const due = await deadline(queryTimeoutMs, (signal) =>
      records.due(begun, limits.dueMax, signal),
    );
    const swept = { devices: 0, settled: 0, faults: [] as string[] };
    const waiting = [...due];
    const work = async (): Promise<void> => {
      while (clock.now() - begun < limits.budgetMs) {
        const next = waiting.shift();
        if (!next) return;
        swept.devices += 1;
        try {
          const settled = await lookAfter(ports, limits, next);
          if (settled) tell(settled);
          swept.settled += settled ? 1 : 0;
        } catch (fault) {
          const because = fault instanceof Error ? fault.message : String(fault);
          swept.faults.push(`${next.key.id}: ${because}`);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(limits.atOnceMax, due.length) }, work));
    return swept;
  };

const queryTimeoutMs = 10_000;

/** What the sweep did of a device: the ledger's change first, and then what it asks for. */
type Looked = {
  readonly settled: SettledOf | undefined;
  readonly ask: (DeviceRecord & { readonly move: Move }) | undefined;
};

const nothing: Looked = { settled: undefined, ask: undefined };

const lookAfter = async (
  ports: Ports,
  limits: SweepLimits,
  due: Due,
): Promise<SettledOf | undefined> => {
  if ('fault' in due) throw new Error(due.fault);
  const { key, kept } = due;
  const decide = (record: DeviceRecord | undefined) => change(ports, limits, record);
  const { settled, ask } = await changeRecord(ports, key, decide, kept);
  if (ask) await askDevice(ports, limits, key, ask, ask.move);
  return settled;
};

const change = async (
  ports: Ports,
  limits: SweepLimits,
  record: DeviceRecord | undefined,
): Promise<Change<Looked>> => {
  const now = ports.clock.now();
  if (!record) return { entry: undefined, said: nothing };
  if (record.move && record.move.nextAt <= now) return wake(ports, limits, record, record.move);
  if (record.move) return { entry: undefined, said: nothing };
  const tidied = await tidy(ports, record, now);
  if (tidied === record) return { entry: undefined, said: nothing };
  // Before what it says of itself is written: else a crash between the two would lose the mark.
  if (tidied.labels !== record.labels)
    await ports.markCause([record.scope], `${record.deviceId} says otherwise of itself`);
  return { entry: { record: tidied, settled: undefined }, said: nothing };
};

const wake = async (
  { twins, clock, dice, hubTables, valves }: Ports,
  limits: SweepLimits,
  record: DeviceRecord,
  move: Move,
): Promise<Change<Looked>> => {
  const evidence = await lookAtMove(twins, clock, record.deviceId, move);
  const now = clock.now();
  const { hubs } = hubTables.latest();
  // Off a hub that is presumed dead nobody is asked: its devices come by themselves.
  const isOpen = hubs.get(move.to)?.state === 'open' && hubs.get(move.from)?.state !== 'closed';
  const isShut = (await readValve(valves, record, now)) !== undefined;
  const targetTakes = isOpen && !isShut && !isHeldBack(record, move);
  const draw = dice.draw();
  const command = { type: 'WakeMove', targetTakes, evidence, now, draw } as const;
  const events: readonly MoveEvent[] = decide(lifeOf(record), command, limits);
  const entry = entryAfter(whereaboutsAfter(record, evidence), events, limits);
  const asks = events.some(({ type }) => type === 'RequestSent');
  const next = entry.record.move;
  const ask = asks && next ? { ...entry.record, move: next } : undefined;
  return { entry, said: { settled: settledOf(entry), ask } };
};

/** Nobody is asked to go where the webhook would not send it. */
const isHeldBack = (
  { pin, quarantine }: DeviceRecord,
  { yieldsPin }: Pick<Move, 'yieldsPin'>,
): boolean => (pin !== undefined || quarantine !== undefined) && !yieldsPin;

/** A request that still stands in a twin, and a device that is missing. */
const tidy = async (ports: Ports, record: DeviceRecord, now: Instant): Promise<DeviceRecord> => {
  const { leftover, finding } = record;
  const isClaimed = record.claimed !== undefined && record.claimed.nextAt <= now;
  const stands = leftover && leftover.nextAt <= now;
  const cleared = stands ? await clearLeftover(ports, record, leftover, now) : record;
  const missing = finding?.kind === 'missing' && (finding.nextAt ?? now) <= now;
  const told = isClaimed ? claimTaken(cleared) : cleared;
  return missing ? lookFor(ports, told, now) : told;
};

/**
 * Takes settled moves' requests out of the twins where they may stand, and sees where the device came to be. A hub that gives no answer
 * is asked again, for a week.
 */
const clearLeftover = async (
  { signal, twins }: Ports,
  record: DeviceRecord,
  { moves, hubs, since }: Leftover,
  now: Instant,
): Promise<DeviceRecord> => {
  const { deviceId } = record;
  const looked = await Promise.all(
    hubs.map(async (hub) => {
      const cleared = await signal.clear({ hub, deviceId }, moves);
      const evidence = evidenceOf(hub, await twins.look({ hub, deviceId }), now);
      return { hub, evidence, done: cleared && evidence.every(({ kind }) => kind !== 'silent') };
    }),
  );
  const left = looked.filter(({ done }) => !done).map(({ hub }) => hub);
  const given = left.length === 0 || now > since + clearingMsMax;
  const nextAt = instant(now + clearAgainMs);
  const leftover = given ? undefined : { moves, hubs: left, since, nextAt };
  const evidence = looked.flatMap((one) => one.evidence);
  return { ...lookedFor(record, evidence, now), leftover };
};

const clearAgainMs = 5 * 60_000;
const clearingMsMax = 7 * 24 * 3_600_000;

/** [M7] On every hub that is known, and at DPS. */
const lookFor = async (
  { twins, hubTables, registrations }: Ports,
  record: DeviceRecord,
  now: Instant,
): Promise<DeviceRecord> => {
  const { scope, deviceId, registrationId } = record;
  const table = await hubTables.known();
  const hubs = [...table.hubs.keys()];
  const [atDps, ...sights] = await Promise.all([
    registrations.find(scope, registrationId),
    ...hubs.map(async (hub) => evidenceOf(hub, await twins.look({ hub, deviceId }), now)),
  ]);
  return missingAfter(record, sights.flat(), atDps, now);
};
