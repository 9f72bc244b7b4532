import { type CampaignLimits, campaignLimits } from '../campaign/campaign-limits.ts';
import { canaryOf } from '../campaign/judge-wave.ts';
import { waveSizes } from '../campaign/waves.ts';
import { limitsForGoal } from '../flows/approve-campaign.ts';
import type { PlannedMove, PlanRefusal } from '../planning/planned.ts';
import type { Inventory } from '../ports/inventories.ts';
import type { KeptPlan, MadePlan } from '../ports/plans.ts';
import type { InventoryView } from './api/inventory.ts';
import type { MadeView, MoveRow, PlanView, RefusalRow } from './api/plans.ts';
import { timeOrNull, toIso } from './device-contract.ts';

/** A plan as operators see it: times as ISO 8601, and everything that is not in its pages. */
export const toPlanView = (
  { order, state }: KeptPlan,
  limits: CampaignLimits = campaignLimits,
): PlanView => ({
  id: order.id,
  scope: order.scope,
  goal: order.goal,
  reason: order.reason,
  by: order.by,
  askedAt: toIso(order.at),
  isDrill: order.isDrill ?? false,
  state: state.kind,
  ...(state.kind === 'planning' ? { devicesRead: state.read, attempt: state.attempt } : {}),
  ...(state.kind === 'failed' ? { because: state.because } : {}),
  ...(state.kind === 'made'
    ? { madeAt: toIso(state.madeAt), plan: toMadeView(state.plan, limits) }
    : {}),
});

const toMadeView = (
  { takenAt, hubs, scope: _s, goal, ...plan }: MadePlan,
  limits: CampaignLimits,
): MadeView => ({
  ...plan,
  waves: wavesOf(plan, limitsForGoal(goal, limits)),
  takenAt: toIso(takenAt),
  hubs: hubs.map(({ past, ...hub }) => ({ ...hub, past: past ?? null })),
  idle: plan.idle ?? null,
  pace: { ...plan.pace, movesPerMinute: Math.round(plan.pace.movesPerMinute * 10) / 10 },
});
/** In which waves a campaign would carry it out, unless its approval says otherwise. */
const wavesOf = (
  { moveCount, uncertainCount }: Pick<MadePlan, 'moveCount' | 'uncertainCount'>,
  limits: CampaignLimits,
) => {
  const canary = canaryOf(limits);
  const needs = { canary, uncertain: uncertainCount, ready: moveCount };
  return { canary, ...waveSizes(moveCount, { ...needs, percents: limits.wavePercents }) };
};

export const toMovesView = (
  { hubs }: Pick<MadePlan, 'hubs'>,
  moves: readonly PlannedMove[],
): readonly MoveRow[] =>
  moves.map(({ deviceId, from, to, stage, weight, isCertain }) => ({
    deviceId,
    from: hubs[from]?.hub,
    to: hubs[to]?.hub,
    stage,
    weight,
    isCertain,
  }));

export const toRefusalsView = (
  { hubs }: Pick<MadePlan, 'hubs'>,
  refusals: readonly PlanRefusal[],
): readonly RefusalRow[] =>
  refusals.map(({ deviceId, hub, because }) => ({
    deviceId,
    hub: hubs[hub]?.hub ?? null,
    because,
  }));

/** How far an inventory has come. */
export const toInventoryView = ({
  begunAt,
  endedAt,
  hubs,
  groups,
  ...inventory
}: Inventory): InventoryView => ({
  scope: inventory.scope,
  pass: inventory.pass,
  phase: inventory.phase,
  begunAt: toIso(begunAt),
  endedAt: timeOrNull(endedAt),
  groupsLeft: groups.length,
  hubsLeft: hubs.map(({ hub }) => hub),
  counts: inventory.counts,
});
