import type { Dps } from '../../local/dps/dps.ts';
import { memoryEnrollments } from '../../shared/adapters/memory/enrollments.ts';
import type { SettledMove } from '../../shared/domain/move.ts';
import { type App, type Base, makeApp, makeBase, type Plant } from './app.ts';
import { breakHubs, hearEvents, makeDps } from './azure.ts';
import { makeDevices } from './devices.ts';
import { closeHubs, operate } from './operator.ts';
import { repeat } from './virtual-world.ts';
import { badWeather, minute, type Weather } from './weather.ts';

/** A life of a few devices in bad weather, and then in calm: the flows as they are, over the cores of the local Azure. */

type Life = {
  readonly violations: readonly string[];
  readonly log: readonly string[];
  readonly settled: readonly SettledMove[];
  readonly deaths: number;
  readonly steps: number;
};

export const simulate = async (
  seed: number,
  weather: Weather = badWeather,
  plant: Plant = (ports) => ports,
): Promise<Life> => {
  const base = makeBase(seed, weather, plant);
  const { world, seen, storm, chances } = base;
  const enrollments = memoryEnrollments();
  let deaths = 0;
  /** Two processes, as a plan with two instances has them; one that dies is replaced. */
  const apps = [makeApp(base, enrollments), makeApp(base, enrollments)];
  const anApp = (): App => {
    const index = Math.floor(world.random() * apps.length);
    const found = apps[index];
    if (found && !found.instance.isDead) return found;
    deaths += 1;
    const made = makeApp(base, enrollments);
    apps[index] = made;
    return made;
  };

  const dps = makeDps(base, anApp);
  hearEvents(base, anApp);
  breakHubs(base, dps);
  closeHubs(base);
  const devices = makeDevices(base, dps);
  let steps = 0;
  const afterEach = (): void => {
    steps += 1;
    seen.checkDeadlines();
  };
  repeat(
    world,
    () => minute,
    () => {
      for (let runner = 0; runner < (world.chance(0.3) ? 2 : 1); runner += 1) {
        void anApp()
          .sweep(() => undefined)
          .catch(() => undefined);
      }
    },
  );
  const live = { on: true };
  devices.live(live);
  await world.runUntil(10 * minute, afterEach);
  operate(base, anApp, devices.ids, live);
  await world.runUntil(weather.stormMs, afterEach);

  live.on = false;
  Object.assign(storm, { loses: 0, doubles: 0, hubFails: 0, outages: 0, closures: 0 });
  Object.assign(chances, { dies: 0, fails: 0 });
  devices.calm();
  await world.runUntil(weather.stormMs + weather.calmMs, afterEach);
  return {
    violations: [...seen.violations, ...unsettled(base, devices.ids, dps)],
    log: seen.log,
    settled: seen.settled,
    deaths,
    steps,
  };
};

/** In the calm everything is settled, told of once, and where the record says. */
const unsettled = (
  { seen, hubs, world }: Base,
  ids: readonly string[],
  dps: Dps,
): readonly string[] => {
  const found: string[] = [];
  let open = 0;
  for (const id of ids) {
    const record = seen.recordOf(id);
    const on = [...hubs.values()].filter(({ devices }) => devices.has(id));
    // A request into quarantine waits for a week.
    if (record?.move && record.move.deadline > world.now()) {
      open += 1;
      continue;
    }
    if (record?.move) found.push(`[M6] ${record.move.id} of ${id} never settled`);
    if (record?.leftover) found.push(`[R1] the request of ${id} was never cleared`);
    // DPS may leave an identity behind on a hub that was down: what no move went through is for an inventory to find.
    if (dps.undocumented.unreachableSource === 'fails' && on.length > 1)
      found.push(`[R1] ${id} is on ${on.length} hubs`);
    // DPS may lose a device between two hubs, one of which is down: if it does not register again, it is named.
    if (on.length === 0 && record?.finding?.kind !== 'missing')
      found.push(`[R1] ${id} is on no hub, and nobody says so: ${record?.finding?.kind}`);
    for (const { hostName, devices } of on) {
      const held = devices.get(id);
      if (held?.desired.properties['reprovision']) found.push(`[R1] ${id} still holds a request`);
      if (held?.session && record?.observed && record.observed.hub !== hostName)
        found.push(`[M4] ${id} is on ${hostName}, and observed on ${record.observed.hub}`);
    }
  }
  if (seen.opened.size !== seen.settled.length + open)
    found.push(
      `[R1] ${seen.opened.size} moves opened, ${seen.settled.length} in the history, ${open} open`,
    );
  return found;
};
