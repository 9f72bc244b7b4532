import { connect } from './api.ts';
import { type Command, type Flags, hostOf, numberOf, one, reasonOf, say } from './flags.ts';
import { misspelled } from './misspelled.ts';
import {
  diffPlansOf,
  listMoves,
  listPlans,
  listRefusals,
  orderPlan,
  type PlanAsked,
  showPlan,
} from './plan.ts';

export const limitsOf = (flags: Flags) => ({
  allowUnknown: flags['allow-unknown'] || undefined,
  allowReset: flags['allow-reset'] || undefined,
  movesMax: numberOf(flags['moves-max'], '--moves-max'),
  cooldownHours: numberOf(flags['cooldown-hours'], '--cooldown-hours'),
  slackPercent: numberOf(flags['slack-percent'], '--slack-percent'),
  imbalancePercent: numberOf(flags['imbalance-percent'], '--imbalance-percent'),
  imbalanceCount: numberOf(flags['imbalance-count'], '--imbalance-count'),
  groupLabel: flags['group-label'],
  groupMovesMax: numberOf(flags['group-moves-max'], '--group-moves-max'),
});

const ordersOf = (
  goal: string,
  toOrder: (given: readonly string[]) => Partial<PlanAsked>,
): Command => {
  return async (flags, given) => {
    const asked = { goal, ...toOrder(given), reason: reasonOf(flags), limits: limitsOf(flags) };
    await orderPlan(await connect(flags), asked, flags.json, say);
  };
};

const ofHub = (given: readonly string[]) => ({ hub: hostOf(one(given, 'one hub')) });
const ofDevices = (devices: readonly string[]) => {
  if (devices.length === 0) throw misspelled('expected device ids');
  return { devices };
};
const ofAll = (given: readonly string[]) => {
  if (given.length > 0) throw misspelled('expected nothing after it');
  return {};
};

export const planCommands: Readonly<Record<string, Command>> = {
  rebalance: ordersOf('rebalance', ofAll),
  relocate: ordersOf('relocate', ofAll),
  drain: ordersOf('drain', ofHub),
  evacuate: ordersOf('evacuate', ofHub),
  fill: ordersOf('fill', ofHub),
  quarantine: ordersOf('quarantine', ofDevices),
  return: ordersOf('return', ofDevices),
  list: async (flags) => listPlans(await connect(flags), flags.json, say),
  show: async (flags, given) =>
    showPlan(await connect(flags), one(given, 'one plan'), flags.json, say),
  moves: async (flags, given) =>
    listMoves(await connect(flags), one(given, 'one plan'), flags.json, say),
  refusals: async (flags, given) =>
    listRefusals(await connect(flags), one(given, 'one plan'), flags.json, say),
  diff: async (flags, [first, second, ...more]) => {
    if (first === undefined || second === undefined || more.length > 0)
      throw misspelled('expected two plans');
    await diffPlansOf(await connect(flags), [first, second], flags.json, say);
  },
};
