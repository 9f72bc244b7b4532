import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Enrollment, enrollmentKey } from '../../shared/domain/enrollment.ts';
import { noPolicy } from '../../shared/domain/policy.ts';
import type { Goal } from '../../shared/planning/goal.ts';
import type { Plan } from '../../shared/planning/plan.ts';
import { aHub } from '../support/a-hub.ts';
import { host } from '../support/a-move.ts';
import { aPlanOf, aResident, type Fleet } from '../support/a-plan-of.ts';
import { main } from '../support/a-question.ts';
import { anEnrollment } from '../support/a-request.ts';
import { type Group, optimumOf } from '../support/an-optimum.ts';

const names = ['a', 'b', 'c', 'd', 'e'];

/** Hubs with room or without, and devices that may go here or there, on them. */
const anInstance = fc.record({
  hubs: fc.array(
    fc.record({
      capacity: fc.integer({ min: 1, max: 12 }),
      isOpen: fc.boolean(),
      weight: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 2, maxLength: 5 },
  ),
  groups: fc.array(
    fc.record({
      hub: fc.nat({ max: 4 }),
      allowed: fc.uniqueArray(fc.nat({ max: 4 }), { maxLength: 5 }),
      count: fc.integer({ min: 1, max: 9 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  kind: fc.constantFrom('rebalance', 'drain', 'relocate' as const),
  openShare: fc.integer({ min: 1, max: 4 }),
});
type Drawn = ReturnType<typeof drawnOf>;
const drawnOf = (given: typeof anInstance extends fc.Arbitrary<infer Of> ? Of : never) => {
  const count = given.hubs.length;
  const groups = given.groups.map((group) => ({
    hub: group.hub % count,
    allowed: [...new Set(group.allowed.map((hub) => hub % count))],
    count: group.count,
  }));
  return { ...given, groups };
};

const fleetOf = ({ hubs, groups, openShare }: Drawn): Fleet => {
  const enrollments = groups.map(
    ({ allowed }, index): Enrollment =>
      anEnrollment({ id: `group-${index}`, hubs: allowed.map((hub) => host(names[hub] ?? '')) }),
  );
  return {
    hubs: hubs.map(({ capacity, isOpen, weight }, index) =>
      aHub(names[index] ?? '', {
        capacity,
        weight,
        state: isOpen || index % openShare > 0 ? 'open' : 'cordoned',
        deviceCount: groups.reduce(
          (sum, group) => sum + (group.hub === index ? group.count : 0),
          0,
        ),
      }),
    ),
    devices: groups.flatMap(({ hub, count }, group) =>
      Array.from({ length: count }, (_, index) =>
        aResident(`${group}-${index}`, names[hub] ?? '', {
          enrollment: enrollmentKey(main, enrollments[group] as Enrollment),
        }),
      ),
    ),
    enrollments,
    policy: noPolicy,
    limits: { imbalanceCount: 0, imbalancePercent: 0, slackPercent: 0 },
  };
};

const goalOf = ({ kind }: Drawn): Goal =>
  kind === 'drain' ? { kind, hub: host('a') } : { kind: kind as 'rebalance' | 'relocate' };

/** The groups in the words of the other solver. */
const groupsOf = ({ groups, kind }: Drawn, { hubs }: Fleet): readonly Group[] =>
  groups.map(({ hub, allowed, count }) => ({
    hub,
    targets: allowed.filter((to) => to !== hub && hubs[to]?.state === 'open'),
    count,
    isMust: kind === 'drain' ? hub === 0 : !allowed.includes(hub),
  }));

const parted = <One>(all: readonly One[], takes: (one: One) => boolean) =>
  [all.filter(takes), all.filter((one) => !takes(one))] as const;

const isStuck = ({ because }: Plan['refusals'][number]): boolean =>
  because.includes('has room only once');

describe('[P2] with eligibility', () => {
  test('moves are the optimum of an independent solver, and so is what is left', () => {
    fc.assert(
      fc.property(anInstance.map(drawnOf), (drawn) => {
        const fleet = fleetOf(drawn);
        const planned = aPlanOf(fleet, goalOf(drawn));
        if (drawn.kind === 'rebalance' && planned.idle?.startsWith('no hub')) return;
        const stuck = planned.refusals.filter(isStuck).length;
        // Those that may go nowhere are load to both.
        const [groups, fixed] = parted(groupsOf(drawn, fleet), ({ targets }) => targets.length > 0);
        const nowhere = fixed.reduce((sum, { count, isMust }) => sum + (isMust ? count : 0), 0);
        const best = optimumOf({
          loads: planned.hubs.map(({ before }) => before),
          caps: planned.hubs.map(({ cap }) => cap),
          roofs: planned.hubs.map(({ state, most, hub }) =>
            state === 'open' && !(drawn.kind === 'drain' && hub === host('a')) ? most : 0,
          ),
          groups,
        });
        const wanted = planned.refusals.length - stuck - nowhere;
        expect({ moves: planned.moves.length + stuck, stays: wanted }).toEqual({
          moves: best.moves,
          stays: best.stays,
        });
        if (stuck === 0) {
          const over = planned.hubs.reduce(
            (sum, { after, cap }) => sum + Math.max(0, after - cap),
            0,
          );
          expect(over).toBe(best.over);
          expect(planned.gap).toBe(0);
        }
      }),
      { numRuns: Number(process.env['OPTIMUM_RUNS'] ?? 2_000) },
    );
  });
});
