import { readFile } from 'node:fs/promises';
import { connect } from './api.ts';
import {
  approve,
  commandCampaign,
  followCampaign,
  listCampaignMoves,
  listCampaigns,
  resetBreaker,
  showBreaker,
  showCampaign,
} from './campaign.ts';
import { emptyHub } from './empty-hub.ts';
import { type Command, type Flags, hostOf, one, reasonOf, say } from './flags.ts';
import { misspelled } from './misspelled.ts';
import { limitsOf } from './plan-commands.ts';

/** `--limits` is JSON, or a file of it: `{ "bakeMinutes": 5, "onFail": "rollback" }` */
export const campaignLimitsIn = async ({ limits }: Flags): Promise<object | undefined> => {
  if (limits === undefined) return undefined;
  const text = /^\s*[{[]/.test(limits) ? limits : await readFile(limits, 'utf8');
  const told = parsed(text);
  if (typeof told !== 'object' || told === null || Array.isArray(told))
    throw misspelled('--limits: expected a JSON object, or a file of one');
  return told;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const orders = (command: string): Command => {
  return async (flags, given) => {
    const order = { reason: reasonOf(flags), hash: flags.hash };
    await commandCampaign(await connect(flags), one(given, 'one campaign'), command, order, say);
  };
};

export const campaignCommands: Readonly<Record<string, Command>> = {
  list: async (flags) => listCampaigns(await connect(flags), flags.json, say),
  approve: async (flags, given) => {
    const approval = {
      plan: one(given, 'one plan'),
      reason: reasonOf(flags),
      hash: flags.hash,
      limits: await campaignLimitsIn(flags),
    };
    const api = await connect(flags);
    const id = await approve(api, approval, flags.json, say);
    if (id === undefined || !flags.wait) return;
    if (!(await followCampaign(api, id, say))) process.exitCode = 1;
  },
  show: async (flags, given) =>
    showCampaign(await connect(flags), one(given, 'one campaign'), flags.json, say),
  follow: async (flags, given) => {
    const isDone = await followCampaign(await connect(flags), one(given, 'one campaign'), say);
    if (!isDone) process.exitCode = 1;
  },
  moves: async (flags, given) =>
    listCampaignMoves(await connect(flags), one(given, 'one campaign'), flags.json, say),
  pause: orders('pause'),
  resume: orders('resume'),
  stop: orders('stop'),
  abort: orders('abort'),
  rollback: orders('rollback'),
};

export const breakerCommands: Readonly<Record<string, Command>> = {
  '': async (flags) => showBreaker(await connect(flags), say),
  reset: async (flags) => resetBreaker(await connect(flags), reasonOf(flags), say),
};

/** Plans, says what it found, and, once that is confirmed, carries it out. */
export const emptying = (verb: 'drain' | 'evacuate' | 'drill'): Command => {
  return async (flags, given) => {
    const order = {
      hub: hostOf(one(given, 'one hub')),
      verb,
      reason: reasonOf(flags),
      planLimits: limitsOf(flags),
      limits: await campaignLimitsIn(flags),
      isConfirmed: flags.yes,
    };
    const api = await connect(flags);
    const id = await emptyHub(api, order, say);
    if (id === undefined || !flags.wait) return;
    if (!(await followCampaign(api, id, say))) process.exitCode = 1;
  };
};
