import { z } from 'zod';
import type { CampaignLimits } from '../campaign/campaign-limits.ts';
import { parseScope, type Scope } from '../domain/scope.ts';
import type { PlanLimits } from '../planning/goal.ts';
import { campaignLimitsText } from './campaign-limits.ts';
import { limitsFor, type ParsedCampaignOrder, planHash, planId } from './campaign-order.ts';
import { reasonText } from './move-order.ts';
import { planLimitsText, toPlanLimits } from './plan-order.ts';
import { type Refusal, refuse } from './problem.ts';
import { readBody } from './read-body.ts';

/** `{ scope, reason, planLimits? }` asks for the plan; `{ scope, reason, plan, hash, limits? }` carries it out. */
export const emptyOrder = z
  .strictObject({
    scope: z.string(),
    reason: reasonText,
    plan: planId.optional(),
    hash: planHash.optional(),
    planLimits: planLimitsText.default({}),
    limits: campaignLimitsText.default({}),
  })
  .refine(({ plan, hash }) => (plan === undefined) === (hash === undefined), {
    path: ['hash'],
    message: 'plan and hash go together',
  });

type Emptied = {
  readonly scope: Scope;
  readonly reason: string;
  readonly goal: 'drain' | 'evacuate';
};

export type ParsedEmptyOrder =
  | (Emptied & { readonly kind: 'plan'; readonly limits: PlanLimits })
  | (Emptied & {
      readonly kind: 'carry-out';
      readonly planId: string;
      readonly hash: string;
      readonly limits: ParsedCampaignOrder['limits'];
    });

type Usual = {
  readonly scopes: ReadonlySet<Scope>;
  readonly plan: PlanLimits;
  readonly campaign: CampaignLimits;
};

/** @param verb `drain`, `evacuate`, or `drill`: a drain that goes back. */
export const parseEmptyOrder = (
  verb: string,
  text: string,
  usual: Usual,
): ParsedEmptyOrder | Refusal => {
  if (verb !== 'drain' && verb !== 'evacuate' && verb !== 'drill')
    return refuse('unknown-route', []);
  const read = readBody(emptyOrder, text);
  if (read.kind === 'refused') return read;
  const { reason, plan, hash, planLimits, limits } = read.data;
  const scope = parseScope(read.data.scope);
  if (!scope || !usual.scopes.has(scope))
    return refuse('unknown-scope', [{ field: 'scope', detail: 'not one of REHOME_SCOPES' }]);
  const goal = verb === 'evacuate' ? 'evacuate' : 'drain';
  const asked = { scope, reason, goal } as const;
  if (plan === undefined || hash === undefined)
    return { ...asked, kind: 'plan', limits: toPlanLimits(planLimits, goal, usual.plan) };
  const told = { ...limits, drill: verb === 'drill' ? true : limits.drill };
  return {
    ...asked,
    kind: 'carry-out',
    planId: plan,
    hash,
    limits: limitsFor(told, usual.campaign),
  };
};
