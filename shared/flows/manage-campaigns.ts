import { type Breaker, closedBreaker } from '../campaign/breaker.ts';
import {
  type Campaign,
  type CampaignLimits,
  type CampaignMove,
  type CampaignOrder,
  newCampaign,
} from '../campaign/campaign.ts';
import { type CampaignCommand, commandCampaign } from '../campaign/command-campaign.ts';
import { canaryOf } from '../campaign/judge-wave.ts';
import { type Progress, tallyOf } from '../campaign/progress.ts';
import { waveSizes } from '../campaign/waves.ts';
import type { Scope } from '../domain/scope.ts';
import type { Breakers, Campaigns } from '../ports/campaigns.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { KeptPlan, MadePlan, Plans } from '../ports/plans.ts';
import { changeCampaign, readCampaign } from './change-campaign.ts';
import { rollBack } from './roll-back.ts';

/** What operators do with campaigns. */
export type ManageCampaigns = {
  /** What a plan would come to, carried out under these limits. Nothing is begun. */
  readonly preview: (approval: Omit<Approval, 'hash'>) => Promise<Previewed>;
  /** Approves a plan, by its hash: it begins within a minute. The same id again answers the same campaign. */
  readonly approve: (approval: Approval) => Promise<Approved>;
  readonly read: (scope: Scope, id: string) => Promise<Campaign | undefined>;
  /** What became of its moves, page by page. */
  readonly progress: (id: string) => Promise<readonly Progress[]>;
  /** A page of its moves, and what became of them; undefined where there is none. */
  readonly page: (id: string, number: number) => Promise<CampaignPage | undefined>;
  /** How many of its moves a rollback would take back, by what is known now. */
  readonly wouldReturn: (id: string) => Promise<{ readonly moved: number }>;
  /** The newest of a scope, the newest first. */
  readonly recent: (scope: Scope) => Promise<readonly Campaign[]>;
  readonly command: (
    scope: Scope,
    id: string,
    command: CampaignCommand,
    because: string,
    by: string,
  ) => Promise<Ordered>;
  readonly breaker: () => Promise<Breaker>;
  /** A person has looked: campaigns may be resumed. */
  readonly resetBreaker: () => Promise<Breaker>;
};

export type CampaignPage = {
  readonly rows: readonly CampaignMove[];
  readonly progress: Progress | undefined;
};

export type Approval = {
  readonly scope: Scope;
  /** `c-` and 20 hexadecimal digits: of the idempotency key, or at random. */
  readonly id: string;
  readonly planId: string;
  readonly hash: string;
  readonly reason: string;
  readonly by: string;
  readonly limits: (plan: MadePlan) => CampaignLimits;
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
  | { readonly kind: 'hash-differs'; readonly hash: string };

export type Ordered =
  | { readonly kind: 'done'; readonly campaign: Campaign; readonly rollback: string | undefined }
  | { readonly kind: 'unknown-campaign' }
  | { readonly kind: 'refused'; readonly because: string };

type Ports = {
  readonly campaigns: Campaigns;
  readonly plans: Plans;
  readonly breakers: Breakers;
  readonly clock: Clock;
  readonly deadline: Deadline;
};

const timeoutMs = 10_000;
/** Of all scopes. */
const recentMax = 100;

export const manageCampaigns = (ports: Ports): ManageCampaigns => {
  const { campaigns, breakers, deadline } = ports;
  const read = async (scope: Scope, id: string): Promise<Campaign | undefined> => {
    const campaign = (await readCampaign(ports, id))?.campaign;
    return campaign?.order.scope === scope ? campaign : undefined;
  };
  return {
    preview: async (approval) => {
      const made = await madePlan(ports, approval);
      return typeof made === 'string'
        ? { kind: made }
        : { kind: 'preview', preview: previewOf(made.plan, limitsOf(made.plan, approval)) };
    },
    approve: (approval) => approve(ports, approval),
    read,
    progress: async (id) => {
      const all = await deadline(timeoutMs, (signal) => campaigns.allProgress(id, signal));
      return [...all].sort(([one], [other]) => one - other).map(([, { progress }]) => progress);
    },
    page: async (id, number) => {
      const rows = await deadline(timeoutMs, (signal) => campaigns.readPage(id, number, signal));
      const kept = await deadline(timeoutMs, (signal) =>
        campaigns.readProgress(id, number, signal),
      );
      return rows && { rows, progress: kept?.progress };
    },
    wouldReturn: async (id) => {
      const all = await deadline(timeoutMs, (signal) => campaigns.allProgress(id, signal));
      const { v, l, s, t } = tallyOf([...all.values()].map(({ progress }) => progress));
      return { moved: v + l + s + t };
    },
    recent: async (scope) => {
      const found = await deadline(timeoutMs, (signal) => campaigns.recent(recentMax, signal));
      return found.map(({ campaign }) => campaign).filter(({ order }) => order.scope === scope);
    },
    command: async (scope, id, command, because, by) =>
      (await read(scope, id))
        ? order(ports, id, command, because, by)
        : { kind: 'unknown-campaign' },
    breaker: async () => (await deadline(timeoutMs, (signal) => breakers.read(signal))).value,
    resetBreaker: () => resetBreaker(ports),
  };
};

/** Whoever is superseded reads and resets again. */
const attemptsMax = 5;

const resetBreaker = async ({ breakers, deadline }: Ports): Promise<Breaker> => {
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const { value, version } = await deadline(timeoutMs, (signal) => breakers.read(signal));
    if (!value.tripped) return value;
    const outcome = await deadline(timeoutMs, (signal) =>
      breakers.write(closedBreaker, version, signal),
    );
    if (outcome === 'written') return closedBreaker;
  }
  throw new Error('The breaker changed with every attempt.');
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

/** Off a dead hub there is nothing to try first: who can go, goes, and no gate would bring anybody back. */
const limitsOf = (plan: MadePlan, { limits }: Pick<Approval, 'limits'>): CampaignLimits =>
  plan.goal.kind === 'evacuate'
    ? {
        ...limits(plan),
        brokenPercent: 100,
        strandedPercent: 100,
        wavePercents: [100],
        bakeMs: 0,
        onFail: 'hold',
        isCanaryOnly: false,
      }
    : limits(plan);

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
const approve = async (ports: Ports, approval: Approval): Promise<Approved> => {
  const { campaigns, deadline } = ports;
  const { id, planId, hash, reason, by } = approval;
  const known = (await readCampaign(ports, id))?.campaign;
  if (known) return known.order.hash === hash ? approved(known) : differs(known.order.hash);
  const made = await madePlan(ports, approval);
  if (typeof made === 'string') return { kind: made };
  const { plan, run } = made;
  if (plan.hash !== hash) return differs(plan.hash);
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
    limits: limitsOf(plan, approval),
  };
  const campaign = newCampaign(order);
  const outcome = await deadline(timeoutMs, (signal) => campaigns.create(campaign, signal));
  if (outcome === 'created') return approved(campaign);
  const other = (await readCampaign(ports, id))?.campaign ?? campaign;
  return other.order.hash === hash ? approved(other) : differs(other.order.hash);
};

const approved = (campaign: Campaign): Approved => ({ kind: 'approved', campaign });
const differs = (hash: string): Approved => ({ kind: 'hash-differs', hash });

/** [C3] It is so from the next round on, whoever runs it. */
const order = async (
  ports: Ports,
  id: string,
  command: CampaignCommand,
  because: string,
  by: string,
): Promise<Ordered> => {
  const now = ports.clock.now();
  let refused: string | undefined;
  const campaign = await changeCampaign(ports, id, (known) => {
    const outcome = commandCampaign(known, command, because, by, now);
    refused = outcome.kind === 'refused' ? outcome.because : undefined;
    return outcome.kind === 'changed' ? outcome.campaign : undefined;
  });
  if (!campaign) return { kind: 'unknown-campaign' };
  if (refused !== undefined) return { kind: 'refused', because: refused };
  const goesBack = command === 'rollback' && campaign.state.kind === 'ended';
  if (goesBack && campaign.order.source.kind === 'rollback')
    return { kind: 'refused', because: 'it is a rollback itself: plan what is to be moved' };
  const rollback = goesBack ? await rollBack(ports, campaign, because, by, now) : undefined;
  return { kind: 'done', campaign, rollback };
};
