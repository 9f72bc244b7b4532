import { randomUUID } from 'node:crypto';
import type {
  BreakerView,
  CampaignHead,
  CampaignMoveRow,
  CampaignView,
  PreviewView,
  RollbackPreview,
} from '../shared/wire/api/campaigns.ts';
import { type Api, noAnswer } from './api.ts';
import { campaignText, previewText, progressText } from './campaign-text.ts';
import { columns, many, short } from './plan-text.ts';

type Say = (line: string) => void;

const pathOf = (api: Api, id = '', rest = ''): string =>
  `campaigns/${encodeURIComponent(api.scope)}${id ? `/${encodeURIComponent(id)}` : ''}${rest}`;

export type Approval = {
  readonly plan: string;
  readonly reason: string;
  readonly hash?: string | undefined;
  readonly limits?: object | undefined;
};

/** A dry run, or, with the plan's hash, a campaign. Answers its id; undefined: nothing has begun. */
export const approve = async (
  api: Api,
  approval: Approval,
  json: boolean,
  say: Say,
): Promise<string | undefined> => {
  const answer = (await api.call('POST', pathOf(api), approval, once())) as
    | CampaignHead
    | PreviewView;
  if (json) say(JSON.stringify(answer, null, 2));
  if ('id' in answer) {
    if (!json)
      say(
        `${answer.id} is approved: ${many(answer.moveCount, 'move')}. It begins within a minute.`,
      );
    return answer.id;
  }
  if (!json) {
    for (const line of previewText(answer)) say(line);
    say(
      `  approve it: npx rehome campaign approve ${approval.plan} --hash ${answer.confirmWith}${limitsFlag(approval.limits)} --reason TEXT`,
    );
  }
  return undefined;
};

/** What was looked at is what is carried out: with the same limits. */
const limitsFlag = (limits: unknown): string =>
  limits === undefined ? '' : ` --limits '${JSON.stringify(limits)}'`;

/** Sent again after a fault, it approves once. */
const once = () => ({ 'idempotency-key': randomUUID() });

export const readOne = async (api: Api, id: string): Promise<CampaignView> =>
  (await api.call('GET', pathOf(api, id))) as CampaignView;

export const showCampaign = async (
  api: Api,
  id: string,
  json: boolean,
  say: Say,
): Promise<void> => {
  const view = await readOne(api, id);
  if (json) say(JSON.stringify(view, null, 2));
  else for (const line of campaignText(view)) say(line);
};

const lookMs = 2_000;
const silentMax = 60;

/** An app that is being restarted is awaited for two minutes: the campaign does not end with it. */
const readPatiently = async (api: Api, id: string, say: Say): Promise<CampaignView> => {
  for (let silent = 1; ; silent += 1) {
    try {
      return await readOne(api, id);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== noAnswer || silent === silentMax) throw error;
      if (silent === 1) say(`${error.message}; the campaign goes on without us`);
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  }
};

/** Says what changes until it has ended, or needs a person. Answers whether it completed. */
export const followCampaign = async (api: Api, id: string, say: Say): Promise<boolean> => {
  let told = '';
  for (;;) {
    const view = await readPatiently(api, id, say);
    const pace =
      view.pace && view.state === 'running'
        ? `; ${view.pace.perMinute} a minute, bound by ${view.pace.binds}`
        : '';
    const isOnly = view.waves.length === 1;
    const name = isOnly ? '' : view.wave === 0 ? ' the canary' : ` wave ${view.wave}`;
    const wave = view.wave === undefined ? '' : `${name} ${view.phase ?? ''}`;
    const line = `${view.state}${wave}: ${progressText(view)}${pace}`;
    if (line !== told) say(line);
    told = line;
    if (view.state === 'ended' || view.needsAPerson) {
      say('');
      for (const each of campaignText(view)) say(each);
      if (view.rollback === undefined) return view.outcome === 'completed';
      // A drill is done once all are back; what failed has failed, also once it was undone.
      const isBack = await followCampaign(api, view.rollback, say);
      return isBack && view.isDrill && view.outcome === 'completed';
    }
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
};

export const listCampaigns = async (api: Api, json: boolean, say: Say): Promise<void> => {
  const { campaigns } = (await api.call('GET', pathOf(api))) as {
    readonly campaigns: readonly CampaignHead[];
  };
  if (json) return say(JSON.stringify(campaigns, null, 2));
  if (campaigns.length === 0) return say('no plan was approved yet');
  const rows = campaigns.map((one) => [
    one.id,
    one.approvedAt,
    one.source.kind === 'rollback' ? 'rollback' : one.goal.kind,
    'hub' in one.goal ? short(one.goal.hub) : '',
    one.outcome ?? one.state,
    many(one.moveCount, 'move'),
  ]);
  for (const line of columns([['campaign', 'approved', 'goal', 'hub', 'state', ''], ...rows]))
    say(line);
};

/** Pause, resume, stop, abort; or roll back, which is a dry run unless it is confirmed with the campaign's hash. */
export const commandCampaign = async (
  api: Api,
  id: string,
  command: string,
  order: { readonly reason: string; readonly hash?: string | undefined },
  say: Say,
): Promise<void> => {
  const answer = (await api.call('POST', pathOf(api, id, `/${command}`), order)) as
    | CampaignHead
    | RollbackPreview;
  if ('dryRun' in answer) {
    say(`  ${many(answer.wouldReturn, 'device')} would go back. A dry run: nothing has begun.`);
    if (answer.isBound) say('  its windows and freezes hold: outside them nobody goes back');
    return say(
      `  do it: npx rehome campaign rollback ${id} --hash ${answer.confirmWith} --reason TEXT`,
    );
  }
  say(`${id} is ${answer.state}`);
  if (answer.rollback) say(`${answer.rollback} takes everything back`);
};

/** A line each, for other programs: device, from, to, what became of it, why. */
export const listCampaignMoves = async (
  api: Api,
  id: string,
  json: boolean,
  say: Say,
): Promise<void> => {
  const all: CampaignMoveRow[] = [];
  for (let page = 0; ; page += 1) {
    const { moves, pages } = (await api.call('GET', pathOf(api, id, `/moves?page=${page}`))) as {
      readonly moves: readonly CampaignMoveRow[];
      readonly pages: number;
    };
    all.push(...moves);
    if (!json)
      for (const { deviceId, from, to, became, because } of moves)
        say([deviceId, from, to, became, because ?? ''].join('\t'));
    if (page + 1 < pages) continue;
    if (json) say(JSON.stringify(all, null, 2));
    return;
  }
};

export const showBreaker = async (api: Api, say: Say): Promise<void> =>
  sayBreaker((await api.call('GET', pathOf(api, 'breaker'))) as BreakerView, say);

export const resetBreaker = async (api: Api, reason: string, say: Say): Promise<void> => {
  await api.call('PUT', pathOf(api, 'breaker'), { reason });
  say('the breaker is reset: resume each campaign that it has held');
  say('  where its cause still stands, it trips again within a minute');
};

const sayBreaker = ({ tripped }: BreakerView, say: Say): void =>
  say(
    tripped
      ? `the breaker has stopped everything since ${tripped.at}: ${tripped.because}`
      : 'the breaker has not tripped',
  );
