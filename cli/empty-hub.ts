import type { toCampaignHead } from '../shared/wire/campaign-view.ts';
import type { Api } from './api.ts';
import { approve } from './campaign.ts';
import { awaitPlan } from './plan.ts';
import { many, planText } from './plan-text.ts';

export type Emptying = {
  readonly hub: string;
  readonly verb: 'drain' | 'evacuate' | 'drill';
  readonly reason: string;
  readonly planLimits: object;
  readonly limits: object | undefined;
  readonly isConfirmed: boolean;
};

/** Off a hub: the plan first, as everybody sees it; then, where that is confirmed, its campaign. Answers the campaign's id. */
export const emptyHub = async (
  api: Api,
  { hub, verb, reason, planLimits, limits, isConfirmed }: Emptying,
  say: (line: string) => void,
): Promise<string | undefined> => {
  const path = `hubs/${encodeURIComponent(hub)}/${verb}`;
  const asked = { scope: api.scope, reason };
  const { id: plan } = (await api.call('POST', path, { ...asked, planLimits })) as {
    readonly id: string;
  };
  const view = await awaitPlan(api, plan, say);
  for (const line of planText(view)) say(line);
  if (!('plan' in view) || !view.plan || view.plan.moveCount === 0) return undefined;
  const { hash } = view.plan;
  if (!isConfirmed) {
    say('');
    const all = verb === 'drill' ? { ...limits, drill: true } : limits;
    return approve(api, { plan, reason, limits: all }, false, say);
  }
  const campaign = (await api.call(
    'POST',
    path,
    { ...asked, plan, hash, ...(limits ? { limits } : {}) },
    { 'idempotency-key': `${plan} ${hash}` },
  )) as ReturnType<typeof toCampaignHead>;
  say('');
  say(
    `${campaign.id} is approved: ${many(campaign.moveCount, 'move')}. It begins within a minute.`,
  );
  return campaign.id;
};
