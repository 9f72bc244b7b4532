import { instant } from '../shared/domain/instant.ts';
import type { DeviceClass } from '../shared/planning/assign.ts';
import type { Demand } from '../shared/planning/demand.ts';
import type { Snapshot } from '../shared/planning/snapshot.ts';
import { hubs, scope } from './fleet.ts';

/** A random instance of the planner's flow: a fifth of the hubs has everything, each class may go to half of all. */
export const flowInstance = (hubCount: number, classCount: number, seed: number) => {
  const draw = drawFrom(seed);
  const classes = Array.from({ length: classCount }, (): DeviceClass => {
    const hub = draw(hubCount / 5);
    const targets = Array.from({ length: hubCount }, (_, to) => to).filter(
      (to) => to !== hub && draw(2) === 0,
    );
    const members = Array.from({ length: 1 + draw(1_000) }, (_, index) => index);
    return { hub, targets, weight: 1, isMust: false, isDoubtful: false, isRecent: false, members };
  });
  const loads = Array.from({ length: hubCount }, (_, hub) =>
    classes.reduce((sum, one) => (one.hub === hub ? sum + one.members.length : sum), 0),
  );
  const level = loads.reduce((sum, load) => sum + load, 0) / hubCount;
  const demand: Demand = {
    loads,
    levels: loads.map(() => level),
    caps: loads.map(() => Math.ceil(level * 1.02)),
    roofs: loads.map(() => 1_000_000),
    must: () => false,
    targets: () => [],
  };
  const groups = classes.map(({ hub, targets, members }) => ({
    hub,
    targets,
    count: members.length,
    isMust: false,
  }));
  return { snapshot: snapshotOf(hubCount), demand, classes, groups };
};

/** @see https://en.wikipedia.org/wiki/Linear_congruential_generator (Numerical Recipes) */
const drawFrom = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

const snapshotOf = (hubCount: number): Snapshot => ({
  scope,
  takenAt: instant(0),
  policyVersion: 0,
  hubs: hubs(hubCount, 0).map((hub) => ({
    hub,
    share: 1,
    deviceCount: 0,
    arriving: 0,
    leaving: 0,
    isRead: true,
  })),
  candidates: [],
  held: [],
});
