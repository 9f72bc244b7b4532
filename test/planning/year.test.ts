import { expect, test } from 'vitest';
import type { DeviceRecord } from '../../shared/domain/device.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { Move } from '../../shared/domain/move.ts';
import { planLimits } from '../../shared/planning/goal.ts';
import { virtualWorld } from '../simulation/virtual-world.ts';
import { aHub } from '../support/a-hub.ts';
import { aMove, host } from '../support/a-move.ts';
import { aPlanOf, aResident } from '../support/a-plan-of.ts';

/** [P6] A year of a small fleet, hour by hour, that comes and goes and is planned for every hour. */

const hour = 3_600_000;
const hours = 365 * 24;
const names = ['a', 'b', 'c', 'd', 'e'];
const limits = { imbalanceCount: 15 };

type Life = { readonly moves: number; readonly plans: number; readonly worst: number };

const aYear = (seed: number): Life => {
  const { random } = virtualWorld(seed);
  const draw = (count: number): number => Math.floor(random() * count);
  const devices = new Map<string, DeviceRecord>();
  const weights = names.map(() => 4);
  const history = new Map<string, { at: number; from: string; to: string }[]>();
  const arriving: { at: number; deviceId: string }[] = [];
  let [born, moves, plans, worst] = [0, 0, 0, 0];
  const join = (hub: string): void => {
    devices.set(`device-${born}`, aResident(`device-${born}`, hub));
    born += 1;
  };
  for (let index = 0; index < 500; index += 1) join(names[draw(5)] ?? 'a');
  for (let at = 0; at < hours; at += 1) {
    const now = instant(at * hour);
    // Noise: devices join where somebody puts them, and leave; every month an operator changes a weight.
    for (let one = draw(4); one > 0; one -= 1)
      join(names[random() < 0.5 ? draw(2) : draw(5)] ?? 'a');
    const ids = [...devices.keys()];
    for (let one = draw(4); one > 0; one -= 1) devices.delete(ids[draw(ids.length)] ?? '');
    if (at % 720 === 0) weights[draw(5)] = 2 + draw(5);
    for (const { deviceId } of arriving.filter((one) => one.at <= at)) {
      const device = devices.get(deviceId);
      if (!device?.move) continue;
      const to = random() < 0.95 ? device.move.to : device.move.from; // some come to nothing
      const moved = { ...device, home: to, observed: { hub: to, at: now } };
      devices.set(deviceId, { ...moved, move: undefined, lastMoveAt: now });
    }
    arriving.splice(0, arriving.length, ...arriving.filter((one) => one.at > at));
    const hubs = names.map((name, index) => {
      const deviceCount = [...devices.values()].filter(
        ({ observed }) => observed?.hub === host(name),
      ).length;
      return aHub(name, { weight: weights[index] ?? 1, deviceCount });
    });
    const planned = aPlanOf(
      { hubs, devices: [...devices.values()], now, limits },
      { kind: 'rebalance' },
    );
    worst = Math.max(worst, at > 0 ? planned.imbalance.after : 0);
    if (planned.moves.length > 0) plans += 1;
    for (const { deviceId, from, to } of planned.moves) {
      const device = devices.get(deviceId);
      const [source, target] = [planned.hubs[from]?.hub, planned.hubs[to]?.hub];
      if (!device || !source || !target) throw new Error('a move of nobody');
      const before = history.get(deviceId) ?? [];
      const last = before.at(-1);
      if (last)
        expect(at - last.at, '[P6] a device within its cooldown').toBeGreaterThan(
          planLimits.cooldownMs / hour,
        );
      history.set(deviceId, [...before, { at, from: source, to: target }]);
      moves += 1;
      const move: Move = aMove({ from: source, to: target });
      devices.set(deviceId, { ...device, move });
      arriving.push({ at: at + 1 + draw(4), deviceId });
    }
  }
  return { moves, plans, worst };
};

test('[P6] a year of hourly plans over a noisy fleet does not oscillate', () => {
  const { moves, plans, worst } = aYear(2026);
  expect(plans).toBeGreaterThan(5);
  // It plans now and then, not every hour; and the fleet stays in balance all the same.
  expect(plans).toBeLessThan(hours / 20);
  expect(moves).toBeLessThan(5_000);
  expect(worst).toBeLessThan(0.6);
}, 60_000);
