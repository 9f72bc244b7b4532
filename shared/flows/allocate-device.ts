import {
  type Allocation,
  type AllocationQuestion,
  allocate,
  allocateUnknown,
} from '../allocation/allocate.ts';
import { decisionOf } from '../allocation/decision.ts';
import { isStale, questionOf, type Registration } from '../allocation/registration.ts';
import { outcomeOf, type Remembered, remember } from '../allocation/remember.ts';
import { type Roster, rosterOf } from '../allocation/roster.ts';
import type { LedgerEntry } from '../campaign/ledger.ts';
import type { MoveLimits } from '../campaign/limits.ts';
import { moveOrganically } from '../campaign/organic-move.ts';
import { countOf } from '../domain/count.ts';
import { type DeviceRecord, deviceKey, newDeviceRecord } from '../domain/device.ts';
import { hubHostName } from '../domain/hub.ts';
import type { HubTable } from '../domain/hub-table.ts';
import type { Instant } from '../domain/instant.ts';
import { type Move, moveId } from '../domain/move.ts';
import type { Policy } from '../domain/policy.ts';
import type { ValvesNow } from '../ports/campaigns.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import { type DeviceRecords, unreadable } from '../ports/device-records.ts';
import type { Dice } from '../ports/dice.ts';
import type { Enrollments } from '../ports/enrollments.ts';
import type { HubTables } from '../ports/hub-tables.ts';
import type { Intakes } from '../ports/intakes.ts';
import type { LateDecisions } from '../ports/late-decisions.ts';
import type { Policies } from '../ports/policies.ts';
import { readValve } from './read-valve.ts';
import { storeGate } from './store-gate.ts';

export type AllocateDevice = (asked: Registration) => Promise<AllocationDecision>;

/** The answer, and what it was decided on: the same again gives the same. */
export type AllocationDecision = Allocation & {
  readonly question: AllocationQuestion;
  readonly roster: Roster;
  /** The device's open move, when it was decided. */
  readonly move: Pick<Move, 'id' | 'campaignId'> | undefined;
  /** From the question to the answer. */
  readonly tookMs: number;
  /** How old the hub table was: [A4] holds across instances up to rate × this age. */
  readonly snapshotAgeMs: number;
  /** Why the device's record could not be read or written in time; undefined when it could. */
  readonly storeFault: string | undefined;
  /** Why the policy could not be read, ever: the settings' stood in. */
  readonly policyFault: string | undefined;
};

type Ports = {
  readonly records: DeviceRecords;
  readonly enrollments: Enrollments;
  readonly hubTables: HubTables;
  readonly policies: Policies;
  readonly lateDecisions: LateDecisions;
  readonly intakes: Intakes;
  readonly valves: ValvesNow;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly deadline: Deadline;
};

export type AllocationLimits = {
  /** ε of the bound, in percent. */
  readonly slackPercent: number;
  /** How long the store may take, before the answer is given without it. */
  readonly storeTimeoutMs: number;
  /** Devices that may wait for the store at once: one more is answered without it, and all but a few while it is out. */
  readonly atStoreMax: number;
  /** Of the moves that the webhook begins itself; undefined while nobody would look after them. */
  readonly moves: MoveLimits | undefined;
};

type Decided = Pick<AllocationDecision, 'question' | 'move'> & { readonly answer: Allocation };

/**
 * Snapshot and record → decide → write what changed → answer. [A7] A store that is slow, gone or overrun costs the record its place in
 * the answer, never the answer: it is then given statelessly, no resident moved, flagged, and the record follows later.
 */
export const allocateDevice = (ports: Ports, limits: AllocationLimits): AllocateDevice => {
  const { hubTables, policies, lateDecisions, intakes, deadline, clock } = ports;
  const roster = keptRoster(limits.slackPercent);
  const toNewest = (policy: Policy) => ({ policy, policyFault: undefined });
  const toLatest = (fault: unknown) => ({ policy: policies.latest(), policyFault: wordsOf(fault) });
  const gate = storeGate(limits.atStoreMax, isOfStore);
  const withStore = (asked: Registration) =>
    gate(() =>
      deadline(limits.storeTimeoutMs, async (signal) => {
        // Without the newest policy an answer is as good as the last one was: it costs no record.
        const known = policies.known().then(toNewest, toLatest);
        const [table, { policy, policyFault }] = await Promise.all([hubTables.known(), known]);
        const by = roster(table, policy);
        const decided = await decide(ports, limits.moves, asked, by, signal);
        return { ...decided, by, fault: undefined, policyFault };
      }),
    );
  const without = (asked: Registration, decidedAt: Instant, fault: unknown) => {
    const by = roster(hubTables.latest(), policies.latest());
    const question = questionOf(asked, undefined, decidedAt);
    const answer = allocateUnknown(question, by);
    lateDecisions.keep({ asked: rememberedOf(asked), allocation: told(answer), decidedAt });
    const known = { move: undefined, fault: wordsOf(fault), policyFault: undefined };
    return { answer, question, by, ...known };
  };
  return async (asked) => {
    const decidedAt = clock.now();
    const decided = await withStore(asked).catch((fault) => without(asked, decidedAt, fault));
    const { answer, question, move, by, fault: storeFault, policyFault } = decided;
    if (asked.currentHub === undefined) intakes.note(hubHostName(answer.hub), 'answered');
    const { organic, moving } = countOf;
    intakes.count((asked.requestId === undefined ? organic : moving)(asked.scope), 1);
    const snapshotAgeMs = Math.max(0, decidedAt - by.table.takenAt); // it may have been waited for
    const degraded = answer.degraded || policyFault !== undefined;
    const tookMs = clock.now() - decidedAt;
    const on = { question, roster: by, move, tookMs, snapshotAgeMs, storeFault, policyFault };
    return { ...answer, degraded, ...on };
  };
};

const isOfStore = (fault: unknown): boolean =>
  !(fault instanceof Error && fault.name === unreadable);

const wordsOf = (fault: unknown): string =>
  fault instanceof Error ? fault.message : String(fault);

/** Without what the device sent: decisions may wait by the thousand. */
const rememberedOf = (asked: Registration): Remembered => {
  const { scope, deviceId, registrationId, enrollment, currentHub } = asked;
  return { scope, deviceId, registrationId, enrollment, currentHub };
};

const told = ({ hub, because, rules }: Allocation) => ({ hub, because, rules });

/** Made once for each snapshot, of which there is a new one every few seconds. */
const keptRoster = (slackPercent: number) => {
  let kept: Roster | undefined;
  return (table: HubTable, policy: Policy): Roster => {
    if (kept?.table !== table || kept.policy !== policy)
      kept = rosterOf(table, policy, slackPercent);
    return kept;
  };
};

/** Another instance may answer the same device at the same time: whoever is superseded decides again, on what the other wrote. */
const attemptsMax = 5;

const decide = async (
  ports: Ports,
  limits: MoveLimits | undefined,
  asked: Registration,
  roster: Roster,
  signal: AbortSignal,
): Promise<Decided> => {
  const { records, enrollments, intakes, clock } = ports;
  const key = deviceKey(asked.scope, asked.deviceId);
  // What is not learnt now is told again by the next call: a device on its way must not wait for it.
  const learnt = enrollments.learn(asked.scope, asked.enrollment, signal).catch(() => undefined);
  for (let attempt = 1; ; attempt += 1) {
    // Of a newcomer there is hardly ever a record: that it cannot be made tells of one, which is then read.
    const isNew = attempt === 1 && asked.currentHub === undefined;
    const [first] = await Promise.all([isNew ? undefined : records.read(key, signal), learnt]);
    const kept = isStale(first?.record, asked) ? await records.read(key, signal) : first;
    signal.throwIfAborted(); // the device has been answered without the store by now
    const now = clock.now();
    const shut = await readValve(ports.valves, kept?.record, now);
    const question = questionOf(asked, kept?.record, now, shut === undefined);
    const answer = allocate(question, roster);
    const decided = { answer, question, move: kept?.record.move };
    const next = entryOf(ports, limits, kept?.record, asked, answer, now);
    if (!next) return decided;
    const { record, settled } = next;
    const decision = decisionOf(asked, answer, now, roster.policy.version);
    const version = kept?.version;
    const outcome = await records.write(key, record, version, signal, settled, decision);
    if (outcome === 'written') {
      const told = outcomeOf(kept?.record, record);
      if (told) intakes.note(told.hub, told.kind);
      return decided;
    }
    if (attempt === attemptsMax) throw new Error('The record changed with every attempt.');
  }
};

/** What to write; undefined when the answer changes nothing. */
const entryOf = (
  { dice }: Ports,
  limits: MoveLimits | undefined,
  record: DeviceRecord | undefined,
  asked: Registration,
  answer: Allocation,
  now: Instant,
): LedgerEntry | undefined => {
  const { currentHub: from, registrationId } = asked;
  const to = hubHostName(answer.hub);
  const leaves = answer.because === 'closed' || answer.because === 'quarantined';
  if (!limits || !leaves || from === undefined || from === to) {
    const next = remember(record, asked, answer, now);
    return next && { record: next, settled: undefined };
  }
  const known = remember(record, asked, answer, now, true) ?? record;
  const before = known ?? newDeviceRecord(asked.scope, asked.deviceId, { registrationId });
  const id = moveId(dice.digits(20));
  const reason = answer.because === 'closed' ? `${from} is closed` : 'it is in quarantine';
  const entry = moveOrganically(before, { id, from, to, reason, now }, limits);
  return entry.record === record ? undefined : entry;
};
