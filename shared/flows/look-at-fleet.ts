import type { DeviceRecord } from '../domain/device.ts';
import { deviceKey } from '../domain/device.ts';
import type { Enrollment } from '../domain/enrollment.ts';
import type { HubHostName } from '../domain/hub.ts';
import type { HubTable } from '../domain/hub-table.ts';
import type { Instant } from '../domain/instant.ts';
import type { Policy } from '../domain/policy.ts';
import type { Scope } from '../domain/scope.ts';
import { judgeDevices } from '../planning/candidates.ts';
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
import { inParallel } from './in-parallel.ts';

export type LookPorts = {
  /** All of them: they share hubs. */
  readonly scopes: ReadonlySet<Scope>;
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
  const moving = await movingIn(ports);
  const take = takeInto(ports, order, { table, policy, now, candidates, held, moving, tell });
  const indexOf = new Map(hubNames(table).map((name, index) => [name, index]));
  const cursors = new Map<HubHostName, string | undefined>();
  const counts = new Map<HubHostName, number>();
  const whole = new Set<HubHostName>();
  const isRead = (hub: HubHostName): boolean => whole.has(hub);
  const readPage = async (hub: HubHostName): Promise<number> => {
    const page = await deadline(timeoutMs, (signal) =>
      records.on(scope, hub, pageMax, cursors.get(hub), signal),
    );
    const { records: devices, after, unreadable } = sound(page);
    cursors.set(hub, after);
    counts.set(hub, (counts.get(hub) ?? 0) + devices.length);
    if (after === undefined) whole.add(hub);
    for (const id of unreadable) held.push(unreadableOn(indexOf.get(hub) ?? -1, id));
    await take(devices);
    return devices.length + unreadable.length;
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
      const under = [...moving.values()];
      return snapshotOf({
        scope,
        table,
        policyVersion,
        now,
        candidates,
        held,
        moving: under,
        isRead,
      });
    },
  };
};

type Taking = {
  readonly table: HubTable;
  readonly policy: Policy;
  readonly now: Instant;
  readonly candidates: Candidate[];
  readonly held: Held[];
  /** By key: more may begin while we read. */
  readonly moving: Map<string, DeviceRecord>;
  readonly tell: (read: number) => Promise<void>;
};

/** Judges devices as they are read: what is kept of a million is small. */
const takeInto = (
  ports: LookPorts,
  { goal, limits }: Pick<PlanOrder, 'goal' | 'limits'>,
  { table, policy, now, candidates, held, moving, tell }: Taking,
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
  const seen = new Set<string>();
  return async (devices) => {
    await learnEnrollments(ports, known, policy, devices);
    for (const device of devices) {
      // A device that goes elsewhere while we read is met on both hubs.
      if (seen.has(device.deviceId)) continue;
      seen.add(device.deviceId);
      if (device.move) moving.set(deviceKey(device.scope, device.deviceId).id, device);
      const judged = judge(device);
      if (judged?.kind === 'candidate') candidates.push(judged.candidate);
      if (judged?.kind === 'held') held.push(judged.held);
    }
    await tell(seen.size);
  };
};

const sound = (page: Page | 'bad-after'): Page => {
  if (page === 'bad-after') throw new Error('The store does not know its own continuation.');
  return page;
};

/** Its document is none of ours: it has no better name. */
const unreadableOn = (hub: number, id: string): Held => ({
  deviceId: id,
  hub,
  because: 'its record cannot be read',
  weight: 1,
  misplaced: undefined,
  isGoing: false,
});

/** As many as the moves under way, of all scopes: hubs are shared, and so is their room. */
const movingIn = async ({
  scopes,
  records,
  deadline,
}: LookPorts): Promise<Map<string, DeviceRecord>> => {
  const moving = new Map<string, DeviceRecord>();
  for (const scope of scopes)
    for (let after: string | undefined, isOver = false; !isOver; isOver = after === undefined) {
      const from = after;
      const page = sound(
        await deadline(timeoutMs, (signal) => records.attended(scope, pageMax, from, signal)),
      );
      for (const record of page.records)
        if (record.move) moving.set(deviceKey(scope, record.deviceId).id, record);
      after = page.after;
    }
  return moving;
};

/**
 * Each once. A fleet has a few groups; or one enrollment for each device: those that say the same are kept as one, whose name is then none, so that
 * a million of them are judged as one, unless a rule asks for their names.
 */
const learnEnrollments = async (
  { enrollments, deadline }: LookPorts,
  known: Map<string, Enrollment>,
  { rules }: Policy,
  devices: readonly DeviceRecord[],
): Promise<void> => {
  const isNamed = rules.some(({ when }) => when.individualEnrollments);
  const alike = (told: Enrollment): Enrollment => {
    if (told.kind === 'group' || isNamed) return told;
    const shared = { ...told, id: 'of its own', etag: undefined };
    const key = JSON.stringify(shared);
    const found = known.get(key) ?? shared;
    known.set(key, found);
    return found;
  };
  const keys = new Set(devices.flatMap(({ enrollment }) => enrollment ?? []));
  const unknown = [...keys].filter((key) => !known.has(key));
  await inParallel(unknown, atOnceMax, async (key) => {
    const found = await deadline(timeoutMs, (signal) => enrollments.read(key, signal));
    if (found) known.set(key, alike(found));
  });
};

const atOnceMax = 32;
