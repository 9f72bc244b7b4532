import type { DeviceRecord } from '../../shared/domain/device.ts';
import type { Enrollment } from '../../shared/domain/enrollment.ts';
import { enrollmentKey } from '../../shared/domain/enrollment.ts';
import type { Hub } from '../../shared/domain/hub.ts';
import { hubTable } from '../../shared/domain/hub-table.ts';
import { type Instant, instant } from '../../shared/domain/instant.ts';
import { noPolicy, type Policy } from '../../shared/domain/policy.ts';
import { judgeDevices } from '../../shared/planning/candidates.ts';
import { type Goal, type PlanLimits, planLimits } from '../../shared/planning/goal.ts';
import { type Plan, plan } from '../../shared/planning/plan.ts';
import { type Candidate, type Held, hubNames, snapshotOf } from '../../shared/planning/snapshot.ts';
import { aDevice, host } from './a-move.ts';
import { main } from './a-question.ts';
import { anEnrollment } from './a-request.ts';

/** Everything is known of it, and it is on that hub. */
export const aResident = (
  deviceId: string,
  hub: string,
  but: Partial<DeviceRecord> = {},
): DeviceRecord => ({
  ...aDevice({
    home: host(hub),
    observed: { hub: host(hub), at: instant(0) },
    enrollment: enrollmentKey(main, anEnrollment()),
    traits: { enabled: true, iotEdge: false, advertises: true },
  }),
  deviceId,
  registrationId: deviceId as DeviceRecord['registrationId'],
  ...but,
});

/** So many residents of a hub: `east-0`, `east-1`, … */
export const residents = (
  hub: string,
  count: number,
  but: Partial<DeviceRecord> = {},
  name = hub,
): readonly DeviceRecord[] =>
  Array.from({ length: count }, (_, index) => aResident(`${name}-${index}`, hub, but));

export type Fleet = {
  readonly hubs: readonly Hub[];
  readonly devices: readonly DeviceRecord[];
  readonly enrollments?: readonly Enrollment[];
  readonly policy?: Policy;
  readonly limits?: Partial<PlanLimits>;
  readonly now?: Instant;
  readonly isRead?: (hub: string) => boolean;
};

export const aSnapshotOf = (
  { hubs, devices, enrollments = [anEnrollment()], policy = noPolicy, ...fleet }: Fleet,
  goal: Goal,
) => {
  const now = fleet.now ?? instant(0);
  const table = hubTable(hubs, now);
  const limits = { ...planLimits, ...fleet.limits };
  const judge = judgeDevices({
    table,
    hubs: hubNames(table),
    policy,
    enrollments: new Map(enrollments.map((one) => [enrollmentKey(main, one), one])),
    limits,
    goal,
    now,
  });
  const candidates: Candidate[] = [];
  const held: Held[] = [];
  for (const device of devices) {
    const judged = judge(device);
    if (judged?.kind === 'candidate') candidates.push(judged.candidate);
    if (judged?.kind === 'held') held.push(judged.held);
  }
  const { version: policyVersion } = policy;
  const moving = devices.filter(({ move }) => move);
  const isRead = fleet.isRead ?? (() => true);
  const looked = { scope: main, table, policyVersion, now, candidates, held, moving, isRead };
  return { snapshot: snapshotOf(looked), policy, limits };
};

export const paceLimits = { registrationsPerMinute: 1_000, organicPercent: 20, prices: undefined };

export const aPlanOf = (fleet: Fleet, goal: Goal): Plan => {
  const { snapshot, policy, limits } = aSnapshotOf(fleet, goal);
  return plan(snapshot, goal, policy, limits, paceLimits);
};

/** `{ 'east>west': 3 }`, by short names. */
export const tally = ({ moves, hubs }: Plan): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  const nameOf = (index: number) => hubs[index]?.hub.split('.')[0];
  for (const { from, to } of moves) {
    const arc = `${nameOf(from)}>${nameOf(to)}`;
    counts[arc] = (counts[arc] ?? 0) + 1;
  }
  return counts;
};
