import { newDeviceRecord } from '../shared/domain/device.ts';
import { type Enrollment, enrollmentKey } from '../shared/domain/enrollment.ts';
import { type HubTable, hubTable } from '../shared/domain/hub-table.ts';
import { instant } from '../shared/domain/instant.ts';
import { noPolicy } from '../shared/domain/policy.ts';
import { judgeDevices } from '../shared/planning/candidates.ts';
import { planLimits } from '../shared/planning/goal.ts';
import { plan } from '../shared/planning/plan.ts';
import { type Candidate, hubNames, snapshotOf } from '../shared/planning/snapshot.ts';
import { aHub, scope } from './fleet.ts';
import { peakMbOf } from './processes.ts';

/** One plan, in a process of its own, so that its memory is its own: `node bench/planner-case.ts '{…}'`, answered as JSON. */
export type PlannerCase = {
  readonly devices: number;
  readonly hubs: number;
  /** On the first hub; the others share the rest. */
  readonly onFirst: number;
  /** Of the first hub's devices: those that are read. */
  readonly read: number;
};

export type PlannerFigures = {
  readonly judgeMs: number;
  readonly planMs: number;
  readonly moves: number;
  readonly bound: number;
  readonly gap: number;
  readonly peakMb: number;
};

const now = instant(1_700_000_000_000);

/** Neither threshold: what is past its share is moved. */
const limits = { ...planLimits, imbalancePercent: 0, imbalanceCount: 0 };

const enrollment: Enrollment = {
  kind: 'group',
  id: 'fleet',
  reprovision: 'migrate',
  hubs: undefined,
  linked: undefined,
  asksUs: true,
  etag: undefined,
};
const key = enrollmentKey(scope, enrollment);

const tableOf = ({ devices, hubs, onFirst }: PlannerCase) => {
  const [rest, others] = [devices - onFirst, hubs - 1];
  const countOf = (index: number): number =>
    index === 0 ? onFirst : Math.floor(rest / others) + (index <= rest % others ? 1 : 0);
  const listed = Array.from({ length: hubs }, (_, index) =>
    aHub(`hub-${String(index).padStart(2, '0')}`, 1, countOf(index)),
  );
  return hubTable(listed, now);
};

/** As they are read: each is judged, and little of it is kept. */
const candidatesOf = (
  { devices, hubs, onFirst, read }: PlannerCase,
  table: HubTable,
): readonly Candidate[] => {
  const names = hubNames(table);
  const judge = judgeDevices({
    table,
    hubs: names,
    policy: noPolicy,
    enrollments: new Map([[key, enrollment]]),
    limits,
    goal: { kind: 'rebalance' },
    now,
  });
  const observed = names.map((hub) => ({ hub, at: instant(0) }));
  const traits = { enabled: true, iotEdge: false, advertises: true };
  const candidates: Candidate[] = [];
  const take = (index: number, hub: number): void => {
    const device = newDeviceRecord(scope, `device-${index}`);
    const judged = judge({ ...device, enrollment: key, observed: observed[hub], traits });
    if (judged?.kind === 'candidate') candidates.push(judged.candidate);
  };
  for (let index = 0; index < read; index += 1) take(index, 0);
  const others = read === onFirst ? devices - onFirst : 0;
  for (let index = 0; index < others; index += 1) take(onFirst + index, 1 + (index % (hubs - 1)));
  return candidates;
};

const measure = (one: PlannerCase): PlannerFigures => {
  const table = tableOf(one);
  const begun = performance.now();
  const candidates = candidatesOf(one, table);
  const from = performance.now();
  const nobody = { held: [], moving: [] };
  const isRead = () => one.read === one.onFirst;
  const looked = { scope, table, policyVersion: 0, now, candidates, ...nobody, isRead };
  const pace = { registrationsPerMinute: 1_000, organicPercent: 20, prices: undefined };
  const planned = plan(snapshotOf(looked), { kind: 'rebalance' }, noPolicy, limits, pace);
  return {
    judgeMs: from - begun,
    planMs: performance.now() - from,
    moves: planned.moves.length,
    bound: planned.lowerBound.moves,
    gap: planned.gap,
    peakMb: peakMbOf('self'),
  };
};

const [, , given] = process.argv;
if (given) process.stdout.write(JSON.stringify(measure(JSON.parse(given))));
