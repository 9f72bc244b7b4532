import type { Goal } from './goal.ts';
import type { PlannedHub } from './planned.ts';

/** Past this much of what a hub may hold, somebody should think of the next. */
const fullPercent = 80;

/** What a person should know before they approve. */
export const adviceFor = (
  goal: Goal,
  hubs: readonly PlannedHub[],
  resetAllowed: boolean,
): readonly string[] => [
  ...(goal.kind === 'evacuate' ? ladder : []),
  ...stillTaking(goal, hubs),
  ...losses(hubs, resetAllowed),
  ...crowding(hubs),
  ...withoutOne(hubs),
];

/** Newcomers would go on coming. */
const stillTaking = (goal: Goal, hubs: readonly PlannedHub[]): readonly string[] =>
  hubs.flatMap(({ hub, state }) =>
    goal.kind === 'drain' && goal.hub === hub && state === 'open'
      ? [`${hub} is open, and takes newcomers until it is drained by a campaign, or cordoned`]
      : [],
  );

/** What helps against a hub that is dead, one after the other. */
const ladder = [
  'nobody can be asked on a dead hub: its devices come when they register by themselves, and are answered elsewhere',
  'if DPS cannot migrate from it, put the enrollments under the reset policy: the devices arrive with a new twin',
  'at last delete the registration records at DPS: each device is then new, and its old identity stays on the dead hub',
];

const losses = (hubs: readonly PlannedHub[], resetAllowed: boolean): readonly string[] => {
  if (hubs.every(({ movesOut }) => movesOut === 0)) return [];
  const said = [
    'each move loses the cloud-to-device messages that wait on the hub it leaves, and the jobs and methods that run there',
  ];
  return resetAllowed ? [...said, 'under the reset policy it loses the twin as well'] : said;
};

const crowding = (hubs: readonly PlannedHub[]): readonly string[] =>
  hubs.flatMap(({ hub, after, most, state }) =>
    state === 'open' && most > 0 && after > (most * fullPercent) / 100
      ? [`${hub} will hold ${Math.round((100 * after) / most)} % of what it may`]
      : [],
  );

/** Whether the fleet could lose a hub: of those that would leave devices without a place, the one that would leave most. */
const withoutOne = (hubs: readonly PlannedHub[]): readonly string[] => {
  const open = hubs.filter(({ state }) => state === 'open');
  const short = open
    .map((lost) => {
      const free = open
        .filter((hub) => hub !== lost)
        .reduce((sum, { most, after }) => sum + Math.max(0, most - after), 0);
      return { hub: lost.hub, devices: lost.after - free };
    })
    .filter(({ devices }) => devices > 0)
    .sort((one, other) => other.devices - one.devices);
  const [worst] = short;
  return worst
    ? [`if ${worst.hub} were lost, ${Math.ceil(worst.devices)} of its devices would find no room`]
    : [];
};
