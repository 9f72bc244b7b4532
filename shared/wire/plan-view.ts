import { type CampaignLimits, campaignLimits } from '../campaign/campaign-limits.ts';
import { canaryOf } from '../campaign/judge-wave.ts';
import { waveSizes } from '../campaign/waves.ts';
import type { Hub } from '../domain/hub.ts';
import type { PlannedMove, PlanRefusal } from '../planning/planned.ts';
import type { Inventory } from '../ports/inventories.ts';
import type { KeptPlan, MadePlan } from '../ports/plans.ts';
import { toIso } from './device-contract.ts';

/** A plan as operators see it: times as ISO 8601, and everything that is not in its pages. */
export const toPlanView = (
  { order, state }: KeptPlan,
  limits: CampaignLimits = campaignLimits,
) => ({
  id: order.id,
  scope: order.scope,
  goal: order.goal,
  reason: order.reason,
  by: order.by,
  askedAt: toIso(order.at),
  state: state.kind,
  ...(state.kind === 'planning' ? { devicesRead: state.read, attempt: state.attempt } : {}),
  ...(state.kind === 'failed' ? { because: state.because } : {}),
  ...(state.kind === 'made'
    ? { madeAt: toIso(state.madeAt), plan: toMadeView(state.plan, limits) }
    : {}),
});

const toMadeView = (
  { takenAt, hubs, scope: _s, goal: _g, ...plan }: MadePlan,
  limits: CampaignLimits,
) => ({
  ...plan,
  waves: wavesOf(plan, limits),
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

export type PlanView = ReturnType<typeof toPlanView>;
export type MadeView = ReturnType<typeof toMadeView>;

export const toMovesView = ({ hubs }: Pick<MadePlan, 'hubs'>, moves: readonly PlannedMove[]) =>
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
) =>
  refusals.map(({ deviceId, hub, because }) => ({
    deviceId,
    hub: hubs[hub]?.hub ?? null,
    because,
  }));

/** A hub as operators see it. */
export const toHubView = ({ hostName, countedAt, joinedAt, daily, ...hub }: Hub) => ({
  hub: hostName,
  state: hub.state,
  weight: hub.weight,
  capacity: hub.capacity,
  deviceCount: hub.deviceCount ?? null,
  countedAt: countedAt === undefined ? null : toIso(countedAt),
  tier: hub.tier ?? null,
  units: hub.units,
  region: hub.region ?? null,
  tags: hub.tags,
  daily: daily
    ? {
        messageCountMax: daily.messageCountMax,
        perDevice: daily.perDevice ?? null,
        messageCount: daily.messageCount ?? null,
        measuredAt: daily.measuredAt === undefined ? null : toIso(daily.measuredAt),
      }
    : null,
  intakePerMinuteMax: hub.intakePerMinuteMax ?? null,
  trouble: hub.trouble ? { kind: hub.trouble.kind, since: toIso(hub.trouble.since) } : null,
  silentSince: hub.silentSince === undefined ? null : toIso(hub.silentSince),
  joinedAt: joinedAt === undefined ? null : toIso(joinedAt),
});

/** How far an inventory has come. */
export const toInventoryView = ({ begunAt, endedAt, hubs, groups, ...inventory }: Inventory) => ({
  scope: inventory.scope,
  pass: inventory.pass,
  phase: inventory.phase,
  begunAt: toIso(begunAt),
  endedAt: endedAt === undefined ? null : toIso(endedAt),
  groupsLeft: groups.length,
  hubsLeft: hubs.map(({ hub }) => hub),
  counts: inventory.counts,
});
