import type { DeviceRecord } from '../domain/device.ts';
import { deviceKey } from '../domain/device.ts';
import type { Enrollment } from '../domain/enrollment.ts';
import type { HubHostName } from '../domain/hub.ts';
import type { HubTable } from '../domain/hub-table.ts';
import type { Instant } from '../domain/instant.ts';
import type { Policy } from '../domain/policy.ts';
import { judgeDevices } from '../planning/candidates.ts';
import type { Goal } from '../planning/goal.ts';
import type { Plan } from '../planning/plan.ts';
import {
  type Candidate,
  type Held,
  hubNames,
  type Snapshot,
  snapshotOf,
} from '../planning/snapshot.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { DeviceRecords, Page } from '../ports/device-records.ts';
import type { Enrollments } from '../ports/enrollments.ts';
import type { PlanOrder } from '../ports/plans.ts';

export type LookPorts = {
  readonly records: DeviceRecords;
  readonly enrollments: Enrollments;
  readonly clock: Clock;
  readonly deadline: Deadline;
};

/** A look at a fleet that goes on as far as a plan needs it: counts come first, and then only devices that may have to go. */
export type FleetLook = {
  /** Reads more devices of a hub, as many at least, unless there are no more. */
  readonly read: (hub: HubHostName, countMin: number) => Promise<void>;
  /** Reads one device, by its name. */
  readonly readOne: (deviceId: string) => Promise<void>;
  readonly isRead: (hub: HubHostName) => boolean;
  /** How many of its devices were read. */
  readonly countOn: (hub: HubHostName) => number;
  readonly snapshot: () => Snapshot;
};

const timeoutMs = 30_000;
/** A megabyte of documents. */
const pageMax = 1_000;

/** @param tell hears after every page how many devices were read so far. */
export const lookAtFleet = async (
  ports: LookPorts,
  order: Pick<PlanOrder, 'scope' | 'goal' | 'limits'>,
  table: HubTable,
  policy: Policy,
  tell: (read: number) => Promise<void>,
): Promise<FleetLook> => {
  const { records, clock, deadline } = ports;
  const { scope } = order;
  const now = clock.now();
  const candidates: Candidate[] = [];
  const held: Held[] = [];
  const take = takeInto(ports, order, { table, policy, now, candidates, held, tell });
  const cursors = new Map<HubHostName, string | undefined>();
  const counts = new Map<HubHostName, number>();
  const whole = new Set<HubHostName>();
  const isRead = (hub: HubHostName): boolean => whole.has(hub);
  const moving = await movingIn(ports, scope);
  const readPage = async (hub: HubHostName): Promise<number> => {
    const page = await deadline(timeoutMs, (signal) =>
      records.on(scope, hub, pageMax, cursors.get(hub), signal),
    );
    const { records: devices, after } = sound(page);
    cursors.set(hub, after);
    counts.set(hub, (counts.get(hub) ?? 0) + devices.length);
    if (after === undefined) whole.add(hub);
    await take(devices);
    return devices.length;
  };
  return {
    read: async (hub, countMin) => {
      for (let taken = 0; taken < countMin && !isRead(hub); ) taken += await readPage(hub);
    },
    readOne: async (deviceId) => {
      const key = deviceKey(scope, deviceId);
      const kept = await deadline(timeoutMs, (signal) => records.read(key, signal));
      if (kept) await take([kept.record]);
    },
    isRead,
    countOn: (hub) => counts.get(hub) ?? 0,
    snapshot: () => {
      const { version: policyVersion } = policy;
      return snapshotOf({ scope, table, policyVersion, now, candidates, held, moving, isRead });
    },
  };
};

type Taking = {
  readonly table: HubTable;
  readonly policy: Policy;
  readonly now: Instant;
  readonly candidates: Candidate[];
  readonly held: Held[];
  readonly tell: (read: number) => Promise<void>;
};

/** Judges devices as they are read: what is kept of a million is small. */
const takeInto = (
  ports: LookPorts,
  { goal, limits }: Pick<PlanOrder, 'goal' | 'limits'>,
  { table, policy, now, candidates, held, tell }: Taking,
): ((devices: readonly DeviceRecord[]) => Promise<void>) => {
  const known = new Map<string, Enrollment>();
  const judge = judgeDevices({
    table,
    hubs: hubNames(table),
    policy,
    enrollments: known,
    limits,
    goal,
    now,
  });
  let readCount = 0;
  return async (devices) => {
    await learnEnrollments(ports, known, devices);
    for (const device of devices) {
      const judged = judge(device);
      if (judged?.kind === 'candidate') candidates.push(judged.candidate);
      if (judged?.kind === 'held') held.push(judged.held);
    }
    readCount += devices.length;
    await tell(readCount);
  };
};

const sound = (page: Page | 'bad-after'): Page => {
  if (page === 'bad-after') throw new Error('The store does not know its own continuation.');
  return page;
};

/** As many as the moves under way. */
const movingIn = async (
  { records, deadline }: LookPorts,
  scope: PlanOrder['scope'],
): Promise<readonly DeviceRecord[]> => {
  const moving: DeviceRecord[] = [];
  for (let after: string | undefined; ; ) {
    const from = after;
    const page = sound(
      await deadline(timeoutMs, (signal) => records.attended(scope, pageMax, from, signal)),
    );
    moving.push(...page.records.filter(({ move }) => move));
    after = page.after;
    if (after === undefined) return moving;
  }
};

/** Each once: a fleet has few, or one for each device. */
const learnEnrollments = async (
  { enrollments, deadline }: LookPorts,
  known: Map<string, Enrollment>,
  devices: readonly DeviceRecord[],
): Promise<void> => {
  const keys = new Set(devices.flatMap(({ enrollment }) => enrollment ?? []));
  const unknown = [...keys].filter((key) => !known.has(key));
  for (let from = 0; from < unknown.length; from += atOnceMax)
    await Promise.all(
      unknown.slice(from, from + atOnceMax).map(async (key) => {
        const found = await deadline(timeoutMs, (signal) => enrollments.read(key, signal));
        if (found) known.set(key, found);
      }),
    );
};

const atOnceMax = 32;

type More = { readonly hub: HubHostName; readonly countMin: number };

/** Hubs of which more must be read before a plan is the best that there is; none when it is. */
export const hubsToRead = (
  { hubs, refusals }: Pick<Plan, 'hubs' | 'refusals'>,
  goal: Goal,
  look: Pick<FleetLook, 'isRead' | 'countOn'>,
): readonly More[] => {
  const unread = hubs.filter(({ hub, state }) => !look.isRead(hub) && state !== 'closed');
  const past = unread.filter(({ after, cap }) => after > cap);
  const target = hubs.find(({ hub }) => goal.kind === 'fill' && goal.hub === hub);
  // Half of them may not be movable: what is read at least doubles, so that it ends soon.
  const more = (hub: HubHostName, wanted: number): More => ({
    hub,
    countMin: Math.max(Math.ceil(wanted * 1.25), look.countOn(hub)),
  });
  if (target) {
    const short = target.cap - target.after;
    return short > 0
      ? past.map(({ hub, after, cap }) => more(hub, Math.min(short, after - cap)))
      : [];
  }
  if (past.length > 0) return past.map(({ hub, after, cap }) => more(hub, after - cap));
  // Where there is no room, others may have to make it; where devices may not go everywhere, all of them say what is fair.
  const isTight =
    refusals.some(({ because }) => because.startsWith('there is no room')) ||
    hubs.some(({ after, cap, state }) => state === 'open' && after > cap);
  if (!isTight || goal.kind === 'quarantine') return [];
  return unread
    .filter(({ state }) => state === 'open')
    .map(({ hub, before }) => more(hub, before + 1));
};
