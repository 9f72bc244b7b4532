import { type Campaign, type CampaignOrder, newCampaign } from '../campaign/campaign.ts';
import type { CampaignLimits } from '../campaign/campaign-limits.ts';
import { canaryOf } from '../campaign/judge-wave.ts';
import { waveSizes } from '../campaign/waves.ts';
import type { Scope } from '../domain/scope.ts';
import { canonical } from '../planning/canonical.ts';
import type { Breakers, Campaigns } from '../ports/campaigns.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { KeptPlan, MadePlan, Plans } from '../ports/plans.ts';
import { readCampaign } from './change-campaign.ts';

export type Approval = {
  readonly scope: Scope;
  /** `c-` and 20 hexadecimal digits: of the idempotency key, or at random. */
  readonly id: string;
  readonly planId: string;
  readonly hash: string;
  readonly reason: string;
  readonly by: string;
  readonly limits: (plan: PlanAllows) => CampaignLimits;
};

/** What a plan allows, by which a campaign is bounded too. */
export type PlanAllows = {
  readonly limits: Pick<MadePlan['limits'], 'resetAllowed' | 'unknownAllowed'>;
};

export type Preview = {
  readonly plan: MadePlan;
  readonly limits: CampaignLimits;
  readonly canary: number;
  readonly waves: readonly number[];
  readonly isSingle: boolean;
};

export type Previewed =
  | { readonly kind: 'preview'; readonly preview: Preview }
  | { readonly kind: 'unknown-plan' | 'plan-not-made' | 'nothing-to-move' };

export type Approved =
  | { readonly kind: 'approved'; readonly campaign: Campaign }
  | Exclude<Previewed, { readonly kind: 'preview' }>
  | { readonly kind: 'hash-differs'; readonly hash: string }
  /** Another campaign carries it out: two would get in each other's way. */
  | { readonly kind: 'plan-under-way'; readonly id: string }
  | { readonly kind: 'breaker-tripped'; readonly because: string }
  /** Two persons are needed, and it is the one who asked for the plan. */
  | { readonly kind: 'same-person' }
  /** That id approved something else. */
  | { readonly kind: 'key-reused' };

type Ports = {
  readonly campaigns: Campaigns;
  readonly plans: Plans;
  readonly breakers: Breakers;
  readonly clock: Clock;
  readonly deadline: Deadline;
};

const timeoutMs = 10_000;

/** What a plan would come to. Nothing is begun. */
export const previewCampaign = async (
  ports: Ports,
  approval: Omit<Approval, 'hash'>,
): Promise<Previewed> => {
  const made = await madePlan(ports, approval);
  return typeof made === 'string'
    ? { kind: made }
    : { kind: 'preview', preview: previewOf(made.plan, limitsOf(made.plan, approval, made.order)) };
};

const madePlan = async (
  { plans, deadline }: Ports,
  { scope, planId }: Pick<Approval, 'scope' | 'planId'>,
): Promise<
  | { readonly order: KeptPlan['order']; readonly run: string; readonly plan: MadePlan }
  | 'unknown-plan'
  | 'plan-not-made'
  | 'nothing-to-move'
> => {
  const kept = await deadline(timeoutMs, (signal) => plans.read(planId, signal));
  if (kept?.order.scope !== scope) return 'unknown-plan';
  if (kept.state.kind !== 'made') return 'plan-not-made';
  const { run, plan } = kept.state;
  return plan.moveCount === 0 ? 'nothing-to-move' : { order: kept.order, run, plan };
};

/** A plan that was asked for as a drill is carried out as one, whatever door it comes by. */
const limitsOf = (
  plan: PlanAllows & Pick<MadePlan, 'goal'>,
  { limits }: Pick<Approval, 'limits'>,
  { isDrill }: Pick<KeptPlan['order'], 'isDrill'>,
): CampaignLimits => {
  const told = limitsForGoal(plan.goal, limits(plan));
  return isDrill ? { ...told, isDrill } : told;
};

/** Off a dead hub there is nothing to try first: who can go, goes, and no gate would bring anybody back. */
export const limitsForGoal = (goal: MadePlan['goal'], limits: CampaignLimits): CampaignLimits =>
  goal.kind === 'evacuate'
    ? {
        ...limits,
        brokenPercent: 100,
        strandedPercent: 100,
        wavePercents: [100],
        bakeMs: 0,
        onFail: 'hold',
        isCanaryOnly: false,
      }
    : limits;

const previewOf = (plan: MadePlan, limits: CampaignLimits): Preview => {
  const canary = canaryOf(limits);
  const { moveCount, uncertainCount } = plan;
  const { sizes, isSingle } = waveSizes(moveCount, {
    canary,
    uncertain: uncertainCount,
    ready: moveCount,
    percents: limits.wavePercents,
  });
  return { plan, limits, canary, waves: sizes, isSingle };
};

/** What is approved is what the person has seen: a plan has one hash [C6]. */
export const approveCampaign = async (
  ports: Ports,
  approval: Approval,
  needsTwo: boolean,
): Promise<Approved> => {
  const { campaigns, deadline } = ports;
  const { id, planId, hash, reason, by } = approval;
  const known = (await readCampaign(ports, id))?.campaign;
  if (known) return again(known, approval);
  const made = await madePlan(ports, approval);
  if (typeof made === 'string') return { kind: made };
  const { order: asked, plan, run } = made;
  if (plan.hash !== hash) return differs(plan.hash);
  if (needsTwo && asked.by === by) return { kind: 'same-person' };
  const stopped = await tripped(ports);
  if (stopped !== undefined) return { kind: 'breaker-tripped', because: stopped };
  const other = await carriedOutBy(ports, planId);
  if (other !== undefined) return { kind: 'plan-under-way', id: other };
  const order: CampaignOrder = {
    id,
    scope: approval.scope,
    source: { kind: 'plan', planId, run },
    hash,
    goal: plan.goal,
    hubs: plan.hubs.map(({ hub }) => hub),
    sources: plan.hubs.flatMap(({ movesOut }, index) => (movesOut > 0 ? [index] : [])),
    targets: plan.hubs.flatMap(({ movesIn }, index) => (movesIn > 0 ? [index] : [])),
    isWhole: plan.limits.movesMax === undefined,
    moveCount: plan.moveCount,
    uncertainCount: plan.uncertainCount,
    policyVersion: plan.policyVersion,
    reason,
    by,
    at: ports.clock.now(),
    limits: limitsOf(plan, approval, asked),
  };
  const campaign = newCampaign(order);
  const outcome = await deadline(timeoutMs, (signal) => campaigns.create(campaign, signal));
  if (outcome === 'created') return approved(campaign);
  return again((await readCampaign(ports, id))?.campaign ?? campaign, approval);
};

/** The same id once more: the same campaign, or it was of something else. */
const again = (known: Campaign, approval: Approval): Approved => {
  const { hash, goal, limits } = known.order;
  if (hash !== approval.hash) return differs(hash);
  const drill = limits.isDrill ? { isDrill: true as const } : {};
  const isSame = canonical(limitsOf({ goal, limits }, approval, drill)) === canonical(limits);
  return isSame ? approved(known) : { kind: 'key-reused' };
};

/** [C7] Why nothing may begin or go on; undefined: it may. */
export const tripped = async ({
  breakers,
  deadline,
}: Pick<Ports, 'breakers' | 'deadline'>): Promise<string | undefined> => {
  const { value } = await deadline(timeoutMs, (signal) => breakers.read(signal));
  return value.tripped && `the breaker has stopped everything: ${value.tripped.because}`;
};

const carriedOutBy = async (
  { campaigns, deadline }: Ports,
  planId: string,
): Promise<string | undefined> => {
  const active = await deadline(timeoutMs, (signal) => campaigns.active(signal));
  return active
    .map(({ campaign }) => campaign)
    .find(
      ({ order: { source }, state }) =>
        state.kind !== 'ended' && source.kind === 'plan' && source.planId === planId,
    )?.order.id;
};

const approved = (campaign: Campaign): Approved => ({ kind: 'approved', campaign });
const differs = (hash: string): Approved => ({ kind: 'hash-differs', hash });
