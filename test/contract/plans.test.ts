import { describe, expect, test } from 'vitest';
import { cosmosEnrollments } from '../../shared/adapters/cosmos/enrollments.ts';
import { cosmosHubDocuments } from '../../shared/adapters/cosmos/hub-documents.ts';
import { cosmosHubTables } from '../../shared/adapters/cosmos/hub-tables.ts';
import { cosmosInventories } from '../../shared/adapters/cosmos/inventories.ts';
import { cosmosPlans } from '../../shared/adapters/cosmos/plans.ts';
import { snapshotLimitsFor } from '../../shared/adapters/cosmos/snapshot.ts';
import { memoryEnrollments } from '../../shared/adapters/memory/enrollments.ts';
import { memoryHubTables } from '../../shared/adapters/memory/hub-tables.ts';
import { memoryInventories } from '../../shared/adapters/memory/inventories.ts';
import { memoryPlans } from '../../shared/adapters/memory/plans.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { systemDeadline } from '../../shared/adapters/system/deadline.ts';
import { enrollmentKey } from '../../shared/domain/enrollment.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { Scope } from '../../shared/domain/scope.ts';
import { newPass } from '../../shared/flows/take-inventory.ts';
import { planLimits } from '../../shared/planning/goal.ts';
import type { Enrollments } from '../../shared/ports/enrollments.ts';
import type { HubDocuments } from '../../shared/ports/hub-documents.ts';
import type { Inventories } from '../../shared/ports/inventories.ts';
import type { MadePlan, PlanOrder, Plans } from '../../shared/ports/plans.ts';
import { aHub } from '../support/a-hub.ts';
import { at, east, host } from '../support/a-move.ts';
import { aPlanOf, residents } from '../support/a-plan-of.ts';
import { main } from '../support/a-question.ts';
import { anEnrollment } from '../support/a-request.ts';
import { aStore } from '../support/a-store.ts';

const { signal } = new AbortController();

const anOrder = (digit: string, minute = 0): PlanOrder => ({
  id: `p-${digit.repeat(20)}`,
  scope: main,
  goal: { kind: 'drain', hub: east },
  limits: { ...planLimits, movesMax: 5 },
  reason: 'a test',
  by: 'Otto',
  at: at(minute),
});

const planned = aPlanOf(
  {
    hubs: [aHub('east', { deviceCount: 3 }), aHub('west', { deviceCount: 0 })],
    devices: residents('east', 3),
  },
  { kind: 'drain', hub: east },
);
const { moves, refusals, ...rest } = planned;
const made: MadePlan = {
  ...rest,
  moveCount: 3,
  refusalCount: 0,
  reasons: [],
  stageCount: 1,
  uncertainCount: 0,
};

describe.each<[string, () => Promise<Plans>]>([
  ['memory', async () => memoryPlans()],
  ['cosmos', async () => cosmosPlans((await aStore()).database)],
])('plans in %s', (_name, make) => {
  test('one is created once, and read as it was asked for', async () => {
    const plans = await make();
    expect(await plans.read(anOrder('a').id, signal)).toBeUndefined();
    await plans.create(anOrder('a'), signal);
    await plans.create({ ...anOrder('a'), reason: 'another' }, signal);
    const kept = await plans.read(anOrder('a').id, signal);
    expect(kept?.order).toEqual(anOrder('a'));
    expect(kept?.state).toEqual({ kind: 'asked' });
  });

  test('[R4] of two that change one version, one is superseded', async () => {
    const plans = await make();
    const order = anOrder('a');
    await plans.create(order, signal);
    const version = (await plans.read(order.id, signal))?.version ?? '';
    const state = { kind: 'planning', run: 'r', attempt: 1, aliveAt: at(1), read: 7 } as const;
    expect(await plans.write(order, state, version, signal)).toBe('written');
    expect(await plans.write(order, { kind: 'failed', because: 'x' }, version, signal)).toBe(
      'superseded',
    );
    expect((await plans.read(order.id, signal))?.state).toEqual(state);
  });

  test('made, it is read as it was, hash and all', async () => {
    const plans = await make();
    const order = anOrder('a');
    await plans.create(order, signal);
    const version = (await plans.read(order.id, signal))?.version ?? '';
    const state = { kind: 'made', run: 'r', madeAt: at(2), plan: made } as const;
    await plans.write(order, state, version, signal);
    const kept = await plans.read(order.id, signal);
    expect(kept?.state.kind === 'made' && kept.state.plan.hash).toBe(planned.hash);
    expect(kept?.state).toEqual(state);
  });

  test('pages are of one run', async () => {
    const plans = await make();
    const page = {
      id: anOrder('a').id,
      run: 'one',
      number: 0,
      kind: 'moves',
      rows: moves,
    } as const;
    await plans.putPage(page, signal);
    expect(await plans.readPage(page, signal)).toEqual(page);
    expect(await plans.readPage({ ...page, run: 'other' }, signal)).toBeUndefined();
    expect(await plans.readPage({ ...page, kind: 'refusals' }, signal)).toBeUndefined();
    const refused = [{ deviceId: 'x', hub: -1, because: 'why' }];
    const other = { ...page, kind: 'refusals', rows: refused } as const;
    await plans.putPage(other, signal);
    expect(await plans.readPage(other, signal)).toEqual(other);
  });

  test('the newest come first', async () => {
    const plans = await make();
    for (const [digit, minute] of [
      ['a', 1],
      ['b', 3],
      ['c', 2],
    ] as const)
      await plans.create(anOrder(digit, minute), signal);
    const recent = await plans.recent(2, signal);
    expect(recent.map(({ order }) => order.id[2])).toEqual(['b', 'c']);
  });
});

describe.each<[string, () => Promise<Inventories>]>([
  ['memory', async () => memoryInventories()],
  ['cosmos', async () => cosmosInventories((await aStore()).database)],
])('inventories in %s', (_name, make) => {
  test('progress is kept, and fenced', async () => {
    const inventories = await make();
    expect(await inventories.read(main, signal)).toBeUndefined();
    const one = newPass(main, 1, at(0));
    const written = await inventories.write(one, undefined, signal);
    expect(await inventories.write(one, undefined, signal)).toBe('superseded');
    const kept = await inventories.read(main, signal);
    expect(kept?.inventory).toEqual(one);
    expect(written).toEqual({ version: kept?.version });
    const hubs = [{ hub: east, after: 'x', silentRuns: 1 }];
    const next = { ...one, phase: 'registries', after: 'token', groups: ['g'], hubs } as const;
    expect(await inventories.write(next, kept?.version, signal)).not.toBe('superseded');
    expect(await inventories.write(next, kept?.version, signal)).toBe('superseded');
    expect((await inventories.read(main, signal))?.inventory).toEqual(next);
  });
});

const hubs = [aHub('east', { weight: 2 }), aHub('west')];

const inCosmos = async (): Promise<HubDocuments> => {
  const { database } = await aStore();
  const limits = snapshotLimitsFor(1_000);
  const tables = cosmosHubTables(
    database,
    hubs,
    systemClock,
    systemDeadline,
    limits,
    () => undefined,
  );
  await tables.known(); // puts them there
  return cosmosHubDocuments(database);
};

describe.each<[string, () => Promise<HubDocuments>]>([
  ['memory', async () => memoryHubTables(hubs, systemClock).documents],
  ['cosmos', inCosmos],
])('hub documents in %s', (_name, make) => {
  test('one is read, changed on its version, and read as it was written', async () => {
    const documents = await make();
    expect(await documents.read(host('nobody'), signal)).toBeUndefined();
    const kept = await documents.read(east, signal);
    if (!kept) throw new Error('no hub');
    const counted = { ...kept.hub, deviceCount: 5, countedAt: instant(7), units: 3 };
    expect(await documents.write(counted, kept.version, signal)).toBe('written');
    expect(await documents.write(kept.hub, kept.version, signal)).toBe('superseded');
    expect((await documents.read(east, signal))?.hub).toEqual(counted);
  });
});

describe.each<[string, () => Promise<Enrollments>]>([
  ['memory', async () => memoryEnrollments()],
  ['cosmos', async () => cosmosEnrollments((await aStore()).database)],
])('enrollments in %s', (_name, make) => {
  test('whether any of a scope limits its devices to some hubs', async () => {
    const enrollments = await make();
    const other = 'other' as Scope;
    expect(await enrollments.limits(main, signal)).toBe(false);
    await enrollments.learn(main, anEnrollment(), signal);
    await enrollments.learn(other, anEnrollment({ hubs: [east] }), signal);
    expect(await enrollments.limits(main, signal)).toBe(false);
    expect(await enrollments.limits(other, signal)).toBe(true);
    await enrollments.learn(main, anEnrollment({ id: 'some', hubs: [east] }), signal);
    expect(await enrollments.limits(main, signal)).toBe(true);
    await enrollments.learn(main, anEnrollment({ id: 'some' }), signal);
    expect(await enrollments.limits(main, signal)).toBe(false);
  });

  test('that one does not ask us is kept', async () => {
    const enrollments = await make();
    const one = anEnrollment({ asksUs: false, hubs: [east] });
    await enrollments.learn(main, one, signal);
    expect(await enrollments.read(enrollmentKey(main, one), signal)).toEqual(one);
  });
});
