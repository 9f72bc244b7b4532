import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DeviceRecord } from '../../shared/domain/device.ts';
import type { HubState } from '../../shared/domain/hub.ts';
import { instant } from '../../shared/domain/instant.ts';
import { noPolicy, type Policy } from '../../shared/domain/policy.ts';
import type { Goal } from '../../shared/planning/goal.ts';
import { planLimits } from '../../shared/planning/goal.ts';
import type { Plan } from '../../shared/planning/plan.ts';
import { aHub } from '../support/a-hub.ts';
import { aMove, host } from '../support/a-move.ts';
import { aPlanOf, aResident, type Fleet } from '../support/a-plan-of.ts';
import { only } from '../support/a-rule.ts';

/** [P1] to [P8], of fleets with everything in them. */

const names = ['a', 'b', 'c', 'd'] as const;
const sites = { x: ['a', 'b'], y: ['b', 'c', 'd'], z: ['d'] } as const;
const hour = 3_600_000;
const now = instant(30 * 24 * hour);

const aHubOf = fc.record({
  state: fc.constantFrom<HubState>('open', 'open', 'open', 'cordoned', 'closed'),
  capacity: fc.integer({ min: 1, max: 30 }),
  weight: fc.integer({ min: 1, max: 4 }),
});
const aDeviceOf = fc.record({
  hub: fc.nat({ max: 3 }),
  site: fc.constantFrom('x', 'y', 'z', undefined),
  like: fc.constantFrom(
    'usual',
    'usual',
    'usual',
    'usual',
    'pinned',
    'edge',
    'unseen',
    'going',
    'lately',
    'ghost',
  ),
});
const aCase = fc.record({
  hubs: fc.array(aHubOf, { minLength: 4, maxLength: 4 }),
  devices: fc.array(aDeviceOf, { maxLength: 60 }),
  kind: fc.constantFrom(
    'rebalance',
    'drain',
    'evacuate',
    'fill',
    'relocate',
    'quarantine',
    'return',
  ),
  unknownAllowed: fc.boolean(),
  movesMax: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  sitesMax: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
});
type Case = typeof aCase extends fc.Arbitrary<infer Of> ? Of : never;

const order = { since: instant(0), because: 'a demo', by: 'Otto' };
const likes = (at: string, other: string): Readonly<Record<string, Partial<DeviceRecord>>> => ({
  usual: {},
  pinned: { pin: order },
  edge: { traits: { enabled: true, iotEdge: true, advertises: true } },
  unseen: { traits: undefined },
  going: { move: aMove({ from: host(at), to: host(other) }) },
  lately: { lastMoveAt: instant(now - hour) },
  ghost: { ghosts: [host(other)] },
});

const policy: Policy = {
  ...noPolicy,
  quarantine: host('d'),
  rules: Object.entries(sites).map(([site, hubs]) => only(site, ...hubs)),
};

const fleetOf = ({ hubs, devices, kind, unknownAllowed, movesMax, sitesMax }: Case): Fleet => ({
  hubs: hubs.map((hub, index) =>
    aHub(names[index] ?? '', {
      ...hub,
      deviceCount: devices.filter((device) => device.hub === index).length,
    }),
  ),
  devices: devices.map(({ hub, site, like }, index) => {
    const [at, other] = [names[hub] ?? 'a', names[(hub + 1) % 4] ?? 'b'];
    const marked = kind === 'return' && like === 'usual';
    return aResident(`device-${index}`, at, {
      ...likes(at, other)[like],
      ...(site ? { labels: { site } } : {}),
      ...(marked ? { quarantine: { ...order, returnTo: host(other) } } : {}),
    });
  }),
  policy,
  now,
  limits: {
    unknownAllowed,
    movesMax,
    imbalanceCount: 1,
    groupMax: sitesMax === undefined ? undefined : { label: 'site', moves: sitesMax },
  },
});

const goalOf = ({ kind, devices }: Case): Goal => {
  switch (kind) {
    case 'drain':
    case 'evacuate':
    case 'fill':
      return { kind, hub: host('a') };
    case 'quarantine':
    case 'return':
      return { kind, devices: devices.map((_, index) => `device-${index}`).slice(0, 9) };
    default:
      return { kind: kind as 'rebalance' | 'relocate' };
  }
};

const allowedOn = ({ labels }: DeviceRecord, hub: string, kind: string): boolean => {
  const site = labels['site'] as keyof typeof sites | undefined;
  if (kind === 'quarantine') return hub === host('d');
  if (hub === host('d')) return false; // kept for quarantine
  return site === undefined || sites[site].some((name) => host(name) === hub);
};

const holds = (given: Case): Plan => {
  const fleet = fleetOf(given);
  const goal = goalOf(given);
  const planned = aPlanOf(fleet, goal);
  const byId = new Map(fleet.devices.map((device) => [device.deviceId, device]));
  const hubs = planned.hubs.map(({ hub }) => hub);
  const stateOf = (hub: string) => fleet.hubs.find(({ hostName }) => hostName === hub)?.state;

  for (const { hub, before, after, cap, past, most, movesIn } of planned.hubs) {
    if (goal.kind !== 'fill' && after > cap) expect(past, `[P1] ${hub}`).toBeDefined();
    expect(after, `[P3] ${hub}`).toBeLessThanOrEqual(Math.max(before, most));
    if (movesIn > 0) expect(after, `[P3] ${hub}`).toBeLessThanOrEqual(most);
  }
  for (const { deviceId, from, to, isCertain } of planned.moves) {
    const device = byId.get(deviceId);
    const target = hubs[to] ?? '';
    if (!device) throw new Error(`nobody is called ${deviceId}`);
    expect(device.observed?.hub, '[P4]').toBe(hubs[from]);
    expect(stateOf(target), '[P3]').toBe('open');
    const mayBe = allowedOn(device, target, goal.kind);
    expect(mayBe, `[P3] ${deviceId} on ${target}`).toBe(true);
    expect(device.traits?.iotEdge ?? false, '[P4]').toBe(false);
    expect(device.move, '[P1] [P5]').toBeUndefined();
    expect(device.ghosts, '[P4]').not.toContain(target);
    const isOrdered =
      goal.kind === 'quarantine' ||
      goal.kind === 'return' ||
      (goal.kind === 'evacuate' && hubs[from] === goal.hub);
    if (!isOrdered) expect(device.pin, '[P4]').toBeUndefined();
    const since = now - (device.lastMoveAt ?? 0);
    if (!isOrdered) expect(since, '[P6]').toBeGreaterThanOrEqual(planLimits.cooldownMs);
    if (!isCertain) expect(given.unknownAllowed, '[P4]').toBe(true);
  }
  checkWanted(planned, fleet, goal);
  checkRoom(planned, fleet);
  if (goal.kind === 'drain' && planned.moves.some(({ from }) => hubs[from] !== goal.hub))
    expect(planned.lowerBound.by === 'flow' || planned.postponed > 0, '[P7]').toBe(true);
  expect(planned.gap, '[P2]').toBeGreaterThanOrEqual(0);
  if (
    planned.postponed === 0 &&
    planned.refusals.every(({ because }) => !because.includes('once one'))
  )
    expect(planned.gap, '[P2]').toBe(0);
  return planned;
};

/** [P4] Everybody that is wanted moved is moved, or has a reason, once. */
const checkWanted = (planned: Plan, fleet: Fleet, goal: Goal): void => {
  const told = [...planned.moves, ...planned.refusals].map(({ deviceId }) => deviceId);
  expect(new Set(told).size, '[P4] once').toBe(told.length);
  if (planned.postponed > 0) return;
  const wanted = fleet.devices.filter((device) => {
    if (goal.kind === 'drain' || goal.kind === 'evacuate') return device.observed?.hub === goal.hub;
    if (goal.kind === 'quarantine' || goal.kind === 'return')
      return goal.devices.includes(device.deviceId);
    const isMisplaced = !device.quarantine && !allowedOn(device, device.observed?.hub ?? '', '');
    return goal.kind !== 'fill' && isMisplaced;
  });
  for (const { deviceId } of wanted) expect(told, `[P4] ${deviceId}`).toContain(deviceId);
};

/** [P5] Stage by stage: those that come are there before those that go have left. */
const checkRoom = ({ moves, hubs }: Plan, fleet: Fleet): void => {
  const capacity = hubs.map(
    ({ hub }) => fleet.hubs.find(({ hostName }) => hostName === hub)?.capacity ?? 0,
  );
  const on = hubs.map(({ hub, arriving }) => {
    const there = fleet.devices.filter(({ observed }) => observed?.hub === hub).length;
    return there + arriving;
  });
  const last = Math.max(-1, ...moves.map(({ stage }) => stage));
  for (let stage = 0; stage <= last; stage += 1) {
    const now = moves.filter((move) => move.stage === stage);
    for (const { to } of now) {
      on[to] = (on[to] ?? 0) + 1;
      expect(on[to], '[P5]').toBeLessThanOrEqual(capacity[to] ?? 0);
    }
    for (const { from } of now) on[from] = (on[from] ?? 0) - 1;
  }
};

test('[P1] [P3] [P4] [P5] [P6] [P7] hold of any fleet and any goal', () => {
  fc.assert(
    fc.property(aCase, (given) => void holds(given)),
    { numRuns: 3_000 },
  );
});

test('[P8] the same snapshot in any order: the same plan, and the same hash', () => {
  fc.assert(
    fc.property(
      aCase,
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (given, dice) => {
        const fleet = fleetOf(given);
        const drawn = fleet.devices.map((device) => ({ device, key: dice.next().value }));
        const devices = drawn.sort((one, other) => one.key - other.key).map(({ device }) => device);
        const goal = goalOf(given);
        expect(aPlanOf({ ...fleet, devices }, goal).hash).toBe(aPlanOf(fleet, goal).hash);
      },
    ),
    { numRuns: 500 },
  );
});
