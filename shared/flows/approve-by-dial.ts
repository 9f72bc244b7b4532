import { type Campaign, campaignIdFor } from '../campaign/campaign.ts';
import type { CampaignLimits } from '../campaign/campaign-limits.ts';
import { canaryOf } from '../campaign/judge-wave.ts';
import type { Instant } from '../domain/instant.ts';
import type { Goal } from '../planning/goal.ts';
import type { Breakers, Campaigns } from '../ports/campaigns.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { KeptPlan } from '../ports/plans.ts';
import type { ManageCampaigns } from './manage-campaigns.ts';

/**
 * How far Rehome goes by itself:
 *
 *     off       looks at nothing
 *     observe   says what it would plan
 *     propose   plans
 *     canary    approves what it planned, and stops after the canary: a person decides
 *     auto      carries it out
 */
export const dials = ['off', 'observe', 'propose', 'canary', 'auto'] as const;
export type Dial = (typeof dials)[number];

type Ports = {
  readonly campaigns: Campaigns;
  readonly breakers: Breakers;
  readonly manageCampaigns: ManageCampaigns;
  readonly clock: Clock;
  readonly deadline: Deadline;
};

/** A plan that is older shows a fleet that is no more. */
const freshMs = 60 * 60_000;
const timeoutMs = 5_000;

/**
 * Approves plans that Rehome made by itself, one at a time but for dead hubs, as far as the dial lets: the same campaign as a person's word would begin. The
 * breaker has the last word [C7]. Answers the campaign.
 * @param proposer under this name Rehome plans.
 */
export const approveByDial = async (
  ports: Ports,
  dial: Dial,
  recent: readonly KeptPlan[],
  usual: CampaignLimits,
  proposer: string,
): Promise<string | undefined> => {
  if (dial !== 'canary' && dial !== 'auto') return undefined;
  const { campaigns, breakers, manageCampaigns, clock, deadline } = ports;
  const breaker = await deadline(timeoutMs, (signal) => breakers.read(signal));
  if (breaker.value.tripped) return undefined;
  const active = await deadline(timeoutMs, (signal) => campaigns.active(signal));
  const others = active.map(({ campaign }) => campaign).filter(isInTheWay);
  const now = clock.now();
  for (const { order, state } of recent) {
    if (order.by !== proposer || state.kind !== 'made') continue;
    const { plan } = state;
    if (!mayBegin(state, dial, canaryOf(usual), now)) continue;
    if (others.some(standsBefore(plan.goal))) continue;
    const id = campaignIdFor(order.id);
    const known = await deadline(timeoutMs, (signal) => campaigns.read(id, signal));
    if (known && isInTheWay(known.campaign) && plan.goal.kind !== 'evacuate') return undefined; // another instance was quicker
    if (known) continue;
    const outcome = await manageCampaigns.approve({
      scope: order.scope,
      id,
      planId: order.id,
      hash: plan.hash,
      reason: order.reason,
      by: `the dial: ${dial}`,
      limits: ({ limits }) => ({
        ...usual,
        resetAllowed: limits.resetAllowed,
        unknownAllowed: limits.unknownAllowed,
        onFail: 'rollback',
        isCanaryOnly: dial === 'canary',
      }),
    });
    if (outcome.kind === 'approved') return id;
  }
  return undefined;
};

/** One that only waits for devices to wake moves nobody on: it is in nobody's way. One that is held has somebody look first. */
const isInTheWay = ({ state }: Campaign): boolean =>
  state.kind !== 'ended' && !(state.kind === 'running' && state.phase.kind === 'waiting');

/** A dead hub waits for no other campaign: whatever that is held for, its devices are answered elsewhere. */
const standsBefore =
  (goal: Goal) =>
  ({ order }: Campaign): boolean =>
    goal.kind !== 'evacuate' || (order.goal.kind === 'evacuate' && order.goal.hub === goal.hub);

/**
 * Off a dead hub devices go by the dial alone where it carries plans out whole: else it takes a person's word. And a plan too small for a canary
 * has none to stop after.
 */
const mayBegin = (
  { plan, madeAt }: Extract<KeptPlan['state'], { readonly kind: 'made' }>,
  dial: Dial,
  canary: number,
  now: Instant,
): boolean =>
  plan.moveCount > 0 &&
  now - madeAt < freshMs &&
  (dial === 'auto' || (plan.goal.kind !== 'evacuate' && plan.moveCount > canary));
