import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { campaignLimits } from '../../shared/campaign/campaign-limits.ts';
import { deviceKey } from '../../shared/domain/device.ts';
import { enrollmentKey } from '../../shared/domain/enrollment.ts';
import type { Hub } from '../../shared/domain/hub.ts';
import { noPolicy, type Policy } from '../../shared/domain/policy.ts';
import type { Scope } from '../../shared/domain/scope.ts';
import { makePlan } from '../../shared/flows/make-plan.ts';
import { manageCampaigns } from '../../shared/flows/manage-campaigns.ts';
import { managePlans } from '../../shared/flows/manage-plans.ts';
import { rebalance } from '../../shared/flows/rebalance.ts';
import { type Goal, type PlanLimits, planLimits } from '../../shared/planning/goal.ts';
import { hashOfPlan } from '../../shared/planning/pages.ts';
import { aFleetOnCores, never } from '../support/a-fleet-on-cores.ts';
import { aHub } from '../support/a-hub.ts';
import { aMove, at, east, host, west } from '../support/a-move.ts';
import { aPlanOf, aResident, paceLimits } from '../support/a-plan-of.ts';
import { main } from '../support/a-question.ts';
import { anEnrollment } from '../support/a-request.ts';
import { aRule } from '../support/a-rule.ts';

const three = () => ['east', 'west', 'north'].map((name) => aHub(name));

/** One that allows everything: where there are rules, all devices are read. */
const oneRule: Policy = { ...noPolicy, rules: [aRule('all')] };

/** So many devices on each hub, known and movable. */
const aFleet = async (
  counts: Readonly<Record<string, number>>,
  hubs: readonly Hub[] = three(),
  policy: Policy = noPolicy,
) => {
  const fleet = aFleetOnCores(hubs, policy);
  const { ports } = fleet;
  await ports.enrollments.learn(main, anEnrollment(), never);
  for (const [hub, count] of Object.entries(counts))
    for (let index = 0; index < count; index += 1) {
      const deviceId = `${hub}-${index}`;
      fleet.add(deviceId, hub);
      await ports.records.write(
        deviceKey(main, deviceId),
        aResident(deviceId, hub),
        undefined,
        never,
      );
    }
  let read = 0;
  const { on } = ports.records;
  Object.assign(ports.records, {
    on: async (...given: Parameters<typeof on>) => {
      const page = await on(...given);
      read += page === 'bad-after' ? 0 : page.records.length;
      return page;
    },
  });
  const begun: string[] = [];
  const manage = managePlans({ ...ports, begin: (id) => void begun.push(id) });
  const make = makePlan(ports, paceLimits);
  const planned = async (goal: Goal, limits: Partial<PlanLimits> = {}) => {
    const { id } = await manage.ask(main, goal, { ...planLimits, ...limits }, 'a test', 'Otto');
    expect(await make(id)).toBe('made');
    const kept = await manage.read(main, id);
    if (kept?.state.kind !== 'made') throw new Error(`it is ${kept?.state.kind}`);
    const moves = (await manage.moves(kept, 0)) ?? [];
    const refusals = (await manage.refusals(kept, 0)) ?? [];
    return { plan: kept.state.plan, moves, refusals, kept };
  };
  return { ...fleet, manage, make, planned, begun, readCount: () => read };
};

test('a plan is asked for, made, and kept: page by page, and its hash says that it is whole', async () => {
  const { planned } = await aFleet({ east: 30, west: 5 });
  const { plan, moves, refusals } = await planned({ kind: 'drain', hub: east });
  expect(plan).toMatchObject({ moveCount: 30, refusalCount: 0, gap: 0, stageCount: 1 });
  const { hash, moveCount, refusalCount, reasons, stageCount, uncertainCount, ...rest } = plan;
  expect(hashOfPlan({ ...rest, moves, refusals })).toBe(hash);
  expect(hashOfPlan({ ...rest, moves: moves.slice(1), refusals })).not.toBe(hash);
});

test('counts are taken first, and written to the hubs', async () => {
  const { planned, ports } = await aFleet({ east: 30, west: 5 });
  await planned({ kind: 'rebalance' });
  const kept = await ports.hubDocuments.read(east, never);
  expect(kept?.hub).toMatchObject({ deviceCount: 30 });
});

describe('cost grows with the moves', () => {
  test('a drain reads the devices of its hub alone', async () => {
    const { planned, readCount } = await aFleet({ east: 10, west: 900, north: 900 });
    await planned({ kind: 'drain', hub: east });
    expect(readCount()).toBe(10);
  });

  test('a fleet in balance is not read at all', async () => {
    const { planned, readCount } = await aFleet({ east: 300, west: 300, north: 300 });
    expect((await planned({ kind: 'rebalance' })).plan.idle).toContain('no hub is past');
    expect(readCount()).toBe(0);
  });

  test('of a hub that is past its share a page is enough, where its devices can be moved', async () => {
    const { planned, readCount } = await aFleet({ east: 2_700, west: 1_800, north: 1_800 });
    const { plan } = await planned({ kind: 'rebalance' }, { slackPercent: 0 });
    expect(plan.moveCount).toBe(600);
    expect(plan.lowerBound).toEqual({ moves: 600, by: 'count' });
    expect(readCount()).toBe(1_000); // of east's 2,700
  });

  test('and as many more as it takes, where they cannot', async () => {
    const { planned, ports } = await aFleet({ east: 1_900, west: 0, north: 0 });
    const order = { since: at(0), because: 'a demo', by: 'Otto' };
    const page = await ports.records.all(main, 1_000, undefined, never);
    for (const { deviceId } of page === 'bad-after' ? [] : page.records) {
      const key = deviceKey(main, deviceId);
      const kept = await ports.records.read(key, never);
      if (kept) await ports.records.write(key, { ...kept.record, pin: order }, kept.version, never);
    }
    const { plan } = await planned({ kind: 'rebalance' }, { slackPercent: 0 });
    expect(plan.moveCount).toBe(900); // all that are not pinned
    expect(plan.hubs[0]).toMatchObject({ after: 1_000, level: 1_000 });
  });
});

test('[P1] where there is no room, the others are looked at too: they may make it', async () => {
  const hubs = [aHub('a'), aHub('b', { capacity: 2 }), aHub('c')];
  const named = (pattern: RegExp, ...names: readonly string[]) => {
    const { when, restriction } = aRule(pattern.source);
    return aRule(pattern.source, {
      when: { ...when, registrationId: pattern },
      restriction: { ...restriction, hubs: names.map(host) },
    });
  };
  const rules = [named(/^a-/, 'a', 'b'), named(/^b-/, 'b', 'c')];
  const { planned } = await aFleet({ a: 2, b: 2, c: 0 }, hubs, { ...noPolicy, rules });
  const { plan, moves } = await planned({ kind: 'drain', hub: host('a') });
  expect(moves.map(({ deviceId }) => deviceId.slice(0, 1))).toEqual(['b', 'b', 'a', 'a']);
  expect(plan.lowerBound.by).toBe('flow');
});

test('[P4] a device that nobody knows is named', async () => {
  const { planned } = await aFleet({ east: 1 }, three(), { ...noPolicy, quarantine: west });
  const { moves, refusals } = await planned({ kind: 'quarantine', devices: ['east-0', 'nobody'] });
  expect(moves.map(({ deviceId }) => deviceId)).toEqual(['east-0']);
  expect(refusals).toEqual([
    { deviceId: 'nobody', hub: -1, because: 'it is not known to be on a hub' },
  ]);
});

test('a device that is named twice, however it is spelled, is planned once', async () => {
  const { planned } = await aFleet({ east: 2 }, three(), { ...noPolicy, quarantine: west });
  const named = { kind: 'quarantine', devices: ['east-0', 'EAST-0', 'East-1'] } as const;
  const { moves, refusals } = await planned(named);
  expect(moves.map(({ deviceId }) => deviceId).sort()).toEqual(['east-0', 'east-1']);
  expect(refusals).toEqual([]);
});

test('a device that goes elsewhere while the fleet is read is planned once', async () => {
  const { planned, ports } = await aFleet({ east: 300, west: 0 }, three(), oneRule);
  const { on } = ports.records;
  Object.assign(ports.records, {
    on: async (...given: Parameters<typeof on>) => {
      const page = await on(...given);
      if (given[1] !== west || page === 'bad-after') return page;
      const other = await on(main, east, 50, undefined, never);
      const came = other === 'bad-after' ? [] : other.records;
      return {
        ...page,
        records: came.map((one) => ({ ...one, observed: { hub: west, at: at(1) } })),
      };
    },
  });
  const { moves } = await planned({ kind: 'rebalance' }, { imbalanceCount: 0 });
  expect(new Set(moves.map(({ deviceId }) => deviceId)).size).toBe(moves.length);
});

test('[P4] a record that cannot be read is named', async () => {
  const { planned, ports } = await aFleet({ east: 2 });
  const { on } = ports.records;
  Object.assign(ports.records, {
    on: async (...given: Parameters<typeof on>) => ({
      ...((await on(...given)) as object),
      unreadable: ['main:odd'],
    }),
  });
  const { refusals } = await planned({ kind: 'drain', hub: east });
  expect(refusals).toEqual([
    { deviceId: 'main:odd', hub: 0, because: 'its record cannot be read' },
  ]);
});

test('[P5] moves of other scopes take room as well', async () => {
  const hubs = [aHub('east'), aHub('west', { capacity: 10 }), aHub('north', { state: 'cordoned' })];
  const { planned, ports } = await aFleet({ east: 10 }, hubs);
  const other = 'other' as Scope;
  ports.scopes.add(other);
  for (let index = 0; index < 4; index += 1) {
    const move = aMove({ from: host('north'), to: west });
    const observed = { hub: host('north'), at: at(0) };
    const record = { ...aResident(`other-${index}`, 'north'), scope: other, observed, move };
    await ports.records.write(deviceKey(other, `other-${index}`), record, undefined, never);
  }
  expect((await planned({ kind: 'drain', hub: east })).plan.moveCount).toBe(6);
});

describe('[P1] [P7] a chain is found, whatever the state of the hub that is left', () => {
  test.each(['open', 'cordoned', 'closed'] as const)('%s', async (state) => {
    const hubs = [aHub('a', { state, deviceCount: 2 }), aHub('b', { capacity: 2 }), aHub('c')];
    const { planned, ports } = await aFleet({ a: 2, b: 1, c: 0 }, hubs);
    const limit = async (id: string, names: readonly string[], devices: readonly string[]) => {
      const limited = anEnrollment({ id, hubs: names.map(host) });
      await ports.enrollments.learn(main, limited, never);
      for (const deviceId of devices) {
        const key = deviceKey(main, deviceId);
        const kept = await ports.records.read(key, never);
        if (!kept) throw new Error('no record');
        const enrollment = enrollmentKey(main, limited);
        await ports.records.write(key, { ...kept.record, enrollment }, kept.version, never);
      }
    };
    await limit('ab', ['a', 'b'], ['a-0', 'a-1']);
    await limit('bc', ['b', 'c'], ['b-0']);
    const { plan } = await planned({ kind: 'drain', hub: host('a') });
    expect(plan).toMatchObject({ moveCount: 3, refusalCount: 0, lowerBound: { by: 'flow' } });
  });
});

test('where an enrollment limits its devices, all of them say what is fair', async () => {
  const { planned, ports, readCount } = await aFleet({ east: 300, west: 200, north: 100 });
  const limited = anEnrollment({ id: 'limited', hubs: [east, west] });
  await ports.enrollments.learn(main, limited, never);
  await planned({ kind: 'rebalance' });
  expect(readCount()).toBe(600);
});

describe('a look that goes only as far as it must plans as well as a whole one', () => {
  const names = ['a', 'b', 'c', 'd'];
  const aCase = fc.record({
    capacities: fc.array(fc.integer({ min: 2, max: 40 }), { minLength: 4, maxLength: 4 }),
    states: fc.array(fc.constantFrom('open', 'open', 'open', 'cordoned'), {
      minLength: 4,
      maxLength: 4,
    }),
    groups: fc.array(
      fc.record({
        hub: fc.nat({ max: 3 }),
        allowed: fc.option(fc.uniqueArray(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 }), {
          nil: undefined,
        }),
        count: fc.integer({ min: 1, max: 12 }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    kind: fc.constantFrom('rebalance', 'drain', 'relocate', 'fill'),
  });

  test('[P1] [P2] as many moves, as many left alone, as many too many', async () => {
    const compare = async ({
      capacities,
      states,
      groups,
      kind,
    }: typeof aCase extends fc.Arbitrary<infer Of> ? Of : never) => {
      const enrollments = groups.map(({ allowed }, index) =>
        anEnrollment({ id: `g-${index}`, hubs: allowed?.map((hub) => host(names[hub] ?? '')) }),
      );
      const devices = groups.flatMap(({ hub, count }, group) =>
        Array.from({ length: count }, (_, index) =>
          aResident(`d-${group}-${index}`, names[hub] ?? '', {
            enrollment: enrollmentKey(main, enrollments[group] ?? anEnrollment()),
          }),
        ),
      );
      const hubs = names.map((name, index) =>
        aHub(name, {
          capacity: capacities[index] ?? 1,
          state: states[index] as Hub['state'],
          deviceCount: devices.filter(({ observed }) => observed?.hub === host(name)).length,
        }),
      );
      const limits = { imbalanceCount: 1, imbalancePercent: 0 };
      const goal = (
        kind === 'drain' || kind === 'fill' ? { kind, hub: host('a') } : { kind }
      ) as Goal;
      const whole = aPlanOf({ hubs, devices, enrollments, limits }, goal);
      const fleet = await aFleet({}, hubs);
      for (const one of enrollments) await fleet.ports.enrollments.learn(main, one, never);
      for (const device of devices) {
        fleet.add(device.deviceId, device.observed?.hub.split('.')[0] ?? '');
        await fleet.ports.records.write(deviceKey(main, device.deviceId), device, undefined, never);
      }
      const { plan } = await fleet.planned(goal, limits);
      const over = (of: Pick<typeof plan, 'hubs'>) =>
        of.hubs.reduce((sum, { after, cap }) => sum + Math.max(0, after - cap), 0);
      expect([plan.moveCount, plan.refusalCount, over(plan)]).toEqual([
        whole.moves.length,
        whole.refusals.length,
        over(whole),
      ]);
    };
    await fc.assert(fc.asyncProperty(aCase, compare), { numRuns: 200 });
  });
});

test('a plan that may move few reads few', async () => {
  const { planned, readCount } = await aFleet({ east: 4_000, west: 0, north: 0 });
  const { plan } = await planned({ kind: 'rebalance' }, { movesMax: 10 });
  expect(plan.moveCount).toBe(10);
  expect(readCount()).toBe(1_000); // a page
});

test('a plan whose makers die without a word is given up', async () => {
  const { manage, make, ports, time } = await aFleet({ east: 1 });
  const { id } = await manage.ask(main, { kind: 'drain', hub: east }, planLimits, 'a test', 'Otto');
  Object.assign(ports.records, { attended: () => new Promise(() => undefined) });
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    void make(id).catch(() => undefined);
    await vi.waitFor(async () =>
      expect((await manage.read(main, id))?.state).toMatchObject({ kind: 'planning', attempt }),
    );
    time.now += 3 * 60_000;
  }
  expect(await make(id)).toBe('failed');
  expect((await manage.read(main, id))?.state).toMatchObject({
    because: '3 tries came to nothing',
  });
});

test('[P4] an enrollment that limits its devices is heeded', async () => {
  const { planned, ports } = await aFleet({ east: 3 });
  const limited = anEnrollment({ id: 'limited', hubs: [east, host('north')] });
  await ports.enrollments.learn(main, limited, never);
  const key = deviceKey(main, 'east-0');
  const kept = await ports.records.read(key, never);
  if (!kept) throw new Error('no record');
  const changed = { ...kept.record, enrollment: enrollmentKey(main, limited) };
  await ports.records.write(key, changed, kept.version, never);
  const { plan, moves } = await planned({ kind: 'drain', hub: east });
  const to = moves.find(({ deviceId }) => deviceId === 'east-0')?.to ?? -1;
  expect(plan.hubs[to]?.hub).toBe(host('north'));
});

test('[R1] [R4] a plan whose maker is gone is taken over; who comes back late changes nothing', async () => {
  const { manage, make, ports, time } = await aFleet({ east: 30 });
  const { id } = await manage.ask(main, { kind: 'drain', hub: east }, planLimits, 'a test', 'Otto');
  const { putPage } = ports.plans;
  let late: (() => void) | undefined;
  Object.assign(ports.plans, {
    putPage: async (...given: Parameters<typeof putPage>) => {
      Object.assign(ports.plans, { putPage });
      await new Promise<void>((resolve) => {
        late = resolve;
      });
      return putPage(...given);
    },
  });
  const first = make(id);
  while (!late) await new Promise((resolve) => setImmediate(resolve));
  expect(await make(id)).toBe('planning'); // somebody is at work
  time.now += 3 * 60_000; // and was not heard of since
  expect(await make(id)).toBe('made');
  const stands = await manage.read(main, id);
  late?.();
  expect(await first).toBe('planning');
  expect(await manage.read(main, id)).toEqual(stands);
  expect(stands && (await manage.moves(stands, 0))).toHaveLength(30);
});

test('a look that takes long stays claimed, because its maker says that it is at work', async () => {
  const { manage, make, ports, time } = await aFleet({ east: 3_000 });
  const { id } = await manage.ask(main, { kind: 'drain', hub: east }, planLimits, 'a test', 'Otto');
  const { on } = ports.records;
  const seen: string[] = [];
  Object.assign(ports.records, {
    on: async (...given: Parameters<typeof on>) => {
      time.now += 100_000; // a page takes that long
      seen.push(await make(id));
      return on(...given);
    },
  });
  expect(await make(id)).toBe('made');
  expect(seen).toEqual(['planning', 'planning', 'planning']);
});

test('a plan that cannot be made says why, after three tries', async () => {
  const { manage, make, ports, time } = await aFleet({ east: 1 });
  const { id } = await manage.ask(main, { kind: 'drain', hub: east }, planLimits, 'a test', 'Otto');
  Object.assign(ports.records, { on: () => Promise.reject(new Error('the store is gone')) });
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    await expect(make(id)).rejects.toThrow('the store is gone');
    time.now += 3 * 60_000;
  }
  expect((await manage.read(main, id))?.state).toEqual({
    kind: 'failed',
    because: 'the store is gone',
  });
  expect(await make(id)).toBe('failed');
});

describe('rebalance', () => {
  const limits = {
    scopes: new Set([main]),
    dial: 'propose',
    limits: planLimits,
    againMs: 6 * 3_600_000,
    churnPercent: 5,
    campaignLimits,
  } as const;
  const run = (
    { ports, manage, begun }: Awaited<ReturnType<typeof aFleet>>,
    but: Partial<Parameters<typeof rebalance>[1]> = {},
  ) =>
    rebalance(
      {
        ...ports,
        managePlans: manage,
        manageCampaigns: manageCampaigns(ports),
        begin: (id) => void begun.push(id),
      },
      { ...limits, ...but },
    )();

  test('asks for a plan where it is worth it, once in a while, and bounds it', async () => {
    const fleet = await aFleet({ east: 900, west: 100, north: 100 });
    const { proposed } = await run(fleet);
    expect(proposed).toMatchObject([{ goal: { kind: 'rebalance' }, by: 'rebalance' }]);
    expect(proposed[0]?.limits.movesMax).toBe(55); // 5 % of 1,100
    expect((await run(fleet)).proposed).toEqual([]);
    fleet.time.now += 7 * 3_600_000;
    expect((await run(fleet)).proposed).toHaveLength(1);
  });

  test('and sooner again where that plan moves nobody', async () => {
    const fleet = await aFleet({ east: 900, west: 100, north: 100 });
    const pin = { since: at(0), because: 'a demo', by: 'Otto' };
    for (let index = 0; index < 900; index += 1) {
      const key = deviceKey(main, `east-${index}`);
      const kept = await fleet.ports.records.read(key, never);
      if (kept) await fleet.ports.records.write(key, { ...kept.record, pin }, kept.version, never);
    }
    const [order] = (await run(fleet)).proposed;
    await fleet.make(order?.id ?? '');
    fleet.time.now += 30 * 60_000;
    expect((await run(fleet)).proposed).toEqual([]);
    fleet.time.now += 31 * 60_000;
    expect((await run(fleet)).proposed).toHaveLength(1);
  });

  test('asks to fill a hub that is short, where nobody is past their share', async () => {
    const hubs = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'].map((name) =>
      aHub(name),
    );
    const counts = Object.fromEntries(hubs.map(({ hostName }) => [hostName.split('.')[0], 150]));
    const { proposed } = await run(await aFleet({ ...counts, l: 0 }, hubs));
    expect(proposed).toMatchObject([{ goal: { kind: 'fill', hub: host('l') } }]);
  });

  test('[P6] asks for none where the fleet is in balance', async () => {
    const { proposed, observed } = await run(await aFleet({ east: 300, west: 310, north: 290 }));
    expect({ proposed, observed }).toEqual({ proposed: [], observed: [] });
  });

  test('the dial holds it: it only says so, or does not even look', async () => {
    const fleet = await aFleet({ east: 900, west: 100, north: 100 });
    expect(await run(fleet, { dial: 'observe' })).toMatchObject({ proposed: [], observed: [main] });
    expect(await run(fleet, { dial: 'off' })).toMatchObject({ proposed: [], observed: [] });
    expect((await fleet.ports.hubDocuments.read(east, never))?.hub.deviceCount).toBe(900);
  });

  test('[R1] begins plans again that nobody finished', async () => {
    const fleet = await aFleet({ east: 1 });
    const goal = { kind: 'drain', hub: east } as const;
    const { id } = await fleet.manage.ask(main, goal, planLimits, 'a test', 'Otto');
    expect((await run(fleet)).resumed).toEqual([]);
    fleet.time.now += 3 * 60_000;
    expect((await run(fleet)).resumed).toEqual([id]);
    expect(fleet.begun).toEqual([id, id]);
  });

  test('[R1] and those whose maker was not heard of since', async () => {
    const fleet = await aFleet({ east: 1 });
    const goal = { kind: 'drain', hub: east } as const;
    const { id } = await fleet.manage.ask(main, goal, planLimits, 'a test', 'Otto');
    const { attended } = fleet.ports.records;
    Object.assign(fleet.ports.records, { attended: () => new Promise(() => undefined) });
    void fleet.make(id).catch(() => undefined);
    await vi.waitFor(async () =>
      expect((await fleet.manage.read(main, id))?.state.kind).toBe('planning'),
    );
    Object.assign(fleet.ports.records, { attended });
    expect((await run(fleet)).resumed).toEqual([]);
    fleet.time.now += 3 * 60_000;
    expect((await run(fleet)).resumed).toEqual([id]);
  });

  test('a hub that is closed is not asked, and the hubs are as old as they were', async () => {
    const hubs = [aHub('east', { joinedAt: at(5) }), aHub('west', { state: 'closed' })];
    const fleet = await aFleet({ east: 1 }, hubs);
    let asked = 0;
    const isAsked = () => {
      asked += 1;
      return false;
    };
    fleet.coreOf('west').faults.push({ matches: isAsked, does: (proper) => proper(), count: 1 });
    const known = await fleet.ports.hubTables.known();
    const { table, silent } = await fleet.ports.countHubs();
    expect([asked, silent]).toEqual([0, []]);
    expect(table.begunAt).toBe(known.begunAt);
  });

  test('a hub that gives no answer keeps its last count, and is named', async () => {
    const fleet = await aFleet({ east: 10, west: 10 });
    const away = { status: 503, body: {} };
    const count = Number.POSITIVE_INFINITY;
    fleet.coreOf('west').faults.push({ matches: () => true, does: async () => away, count });
    expect((await run(fleet)).silent).toMatchObject([{ hub: west }]);
  });
});
