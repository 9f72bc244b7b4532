import { diffPlans } from '../shared/planning/diff.ts';
import type { MoveRow, PlanView, RefusalRow } from '../shared/wire/api/plans.ts';
import type { Api } from './api.ts';
import { columns, count, many, planText, short } from './plan-text.ts';

type Say = (line: string) => void;

export type PlanAsked = {
  readonly goal: string;
  readonly hub?: string;
  readonly devices?: readonly string[];
  readonly reason: string;
  readonly limits?: object;
};

const pathOf = (api: Api, id = ''): string =>
  `plans/${encodeURIComponent(api.scope)}${id ? `/${encodeURIComponent(id)}` : ''}`;

const lookMs = 500;

/** Asks for a plan, waits until it is made, and says it. Answers whether it moves anybody. @throws Error when it is refused. */
export const orderPlan = async (
  api: Api,
  asked: PlanAsked,
  json: boolean,
  say: Say,
): Promise<boolean> => {
  const { id } = (await api.call('POST', pathOf(api), asked)) as { readonly id: string };
  const view = await awaitPlan(api, id, json ? () => undefined : say);
  tell(view, json, say);
  return 'plan' in view && (view.plan?.moveCount ?? 0) > 0;
};

/** Once it is made, or cannot be. */
export const awaitPlan = async (api: Api, id: string, say: Say): Promise<PlanView> => {
  let told = 0;
  for (;;) {
    const view = await readPlan(api, id);
    if (view.state === 'made' || view.state === 'failed') return view;
    const read = 'devicesRead' in view ? (view.devicesRead ?? 0) : 0;
    if (read > told) say(`  ${count(read)} devices read`);
    told = Math.max(told, read);
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
};

const readPlan = async (api: Api, id: string): Promise<PlanView> =>
  (await api.call('GET', pathOf(api, id))) as PlanView;

const tell = (view: PlanView, json: boolean, say: Say): void => {
  if (json) say(JSON.stringify(view, null, 2));
  else for (const line of planText(view)) say(line);
};

export const showPlan = async (api: Api, id: string, json: boolean, say: Say): Promise<void> =>
  tell(await readPlan(api, id), json, say);

export const listPlans = async (api: Api, json: boolean, say: Say): Promise<void> => {
  const { plans } = (await api.call('GET', pathOf(api))) as { readonly plans: readonly PlanView[] };
  if (json) return say(JSON.stringify(plans, null, 2));
  if (plans.length === 0) return say('no plan was asked for yet');
  const rows = plans.map((view) => [
    view.id,
    view.askedAt,
    view.goal.kind,
    'hub' in view.goal ? short(view.goal.hub) : '',
    view.state,
    'plan' in view && view.plan ? many(view.plan.moveCount, 'move') : '',
  ]);
  for (const line of columns([['plan', 'asked', 'goal', 'hub', 'state', ''], ...rows])) say(line);
};

/** All pages of it. */
const rowsOf = async <Row>(api: Api, id: string, kind: 'moves' | 'refusals'): Promise<Row[]> => {
  const rows: Row[] = [];
  for (let page = 0; ; page += 1) {
    const answered = (await api.call('GET', `${pathOf(api, id)}/${kind}?page=${page}`)) as {
      readonly total: number;
    } & Readonly<Record<string, readonly Row[]>>;
    for (const row of answered[kind] ?? []) rows.push(row);
    if (rows.length >= answered.total) return rows;
  }
};

/** A line each, for other programs: device, from, to, stage. */
export const listMoves = async (api: Api, id: string, json: boolean, say: Say): Promise<void> => {
  const moves = await rowsOf<MoveRow>(api, id, 'moves');
  if (json) return say(JSON.stringify(moves, null, 2));
  for (const move of moves) say([move.deviceId, move.from, move.to, move.stage].join('\t'));
};

export const listRefusals = async (
  api: Api,
  id: string,
  json: boolean,
  say: Say,
): Promise<void> => {
  const refusals = await rowsOf<RefusalRow>(api, id, 'refusals');
  if (json) return say(JSON.stringify(refusals, null, 2));
  for (const refusal of refusals)
    say([refusal.deviceId, refusal.hub ?? '', refusal.because].join('\t'));
};

const madeOf = (view: PlanView) => {
  if (!('plan' in view) || !view.plan) throw new Error(`${view.id} is ${view.state}`);
  return view.plan;
};

/** What the second does otherwise. Answers whether there is anything. */
export const diffPlansOf = async (
  api: Api,
  [first, second]: readonly [string, string],
  json: boolean,
  say: Say,
): Promise<boolean> => {
  const [one, other] = await Promise.all([compared(api, first), compared(api, second)]);
  const diff = diffPlans(one, other);
  const { same, onlyInFirst, onlyInSecond, elsewhere, hubs } = diff;
  if (json) say(JSON.stringify(diff, null, 2));
  else {
    say(`${many(same, 'move')} the same in both`);
    say(`${count(onlyInFirst.length)} only in ${first}${samples(onlyInFirst)}`);
    say(`${count(onlyInSecond.length)} only in ${second}${samples(onlyInSecond)}`);
    say(
      `${count(elsewhere.length)} go to another hub${samples(elsewhere.map((one) => one.deviceId))}`,
    );
    for (const hub of hubs)
      say(`  ${short(hub.hub)} ends with ${count(hub.first)}, and with ${count(hub.second)}`);
  }
  return onlyInFirst.length + onlyInSecond.length + elsewhere.length > 0;
};

const samplesMax = 5;

const samples = (names: readonly string[]): string => {
  const some = names.slice(0, samplesMax).join(', ');
  return names.length === 0 ? '' : `: ${some}${names.length > samplesMax ? ', …' : ''}`;
};

const compared = async (api: Api, id: string) => {
  const { hubs } = madeOf(await readPlan(api, id));
  const indexOf = new Map(hubs.map(({ hub }, index) => [String(hub), index]));
  const moves = (await rowsOf<MoveRow>(api, id, 'moves')).map(({ from, to, ...move }) => ({
    ...move,
    from: indexOf.get(from ?? '') ?? -1,
    to: indexOf.get(to ?? '') ?? -1,
  }));
  return { hubs, moves };
};
