import type { Breaker } from '../campaign/breaker.ts';
import type { Campaign, CampaignMove } from '../campaign/campaign.ts';
import { type Progress, quantile, type Tally, tallyOf } from '../campaign/progress.ts';
import type { Wave } from '../campaign/wave.ts';
import type { Instant } from '../domain/instant.ts';
import type { Preview } from '../flows/approve-campaign.ts';
import type {
  BreakerView,
  CampaignHead,
  CampaignMoveRow,
  CampaignView,
  PreviewView,
} from './api/campaigns.ts';
import { toIso } from './device-contract.ts';
import { etagOf } from './etag.ts';

/** A campaign as operators see it: times as ISO 8601, and at any time what has become of its moves. */
export const toCampaignView = (
  campaign: Campaign,
  progress: readonly Progress[],
  now: Instant,
): CampaignView => {
  const { order, state, waves, pace } = campaign;
  const tally = tallyOf(progress);
  return {
    ...toCampaignHead(campaign),
    reason: order.reason,
    limits: order.limits,
    moves: toMoveCounts(sizeOf(campaign), tally),
    reasons: reasonsOf(progress),
    gapMs: toQuantiles(progress.map(({ gaps }) => gaps)),
    tookMs: toQuantiles(progress.map(({ took }) => took)),
    waves: waves.map((wave, index) => toWaveView(wave, state, index)),
    pace: pace
      ? {
          ...pace,
          at: toIso(pace.at),
          allowedPerMinute: Math.round(pace.allowedPerMinute),
          isNow: now - pace.at < staleMs,
          stuck: pace.stuck ? { ...pace.stuck, since: toIso(pace.stuck.since) } : null,
          peak: {
            perMinute: pace.peak.perMinute,
            allowedPerMinute: Math.round(pace.peak.allowedPerMinute),
          },
        }
      : null,
    minutesLeft: minutesLeft(campaign, tally, now),
    requestUnits: {
      total: Math.round(campaign.spent.units),
      perVerifiedMove: tally.v > 0 ? Math.round(campaign.spent.units / tally.v) : null,
    },
    hubStates: campaign.hubStates,
    log: campaign.log.map(({ at, ...entry }) => ({ at: toIso(at), ...entry })),
  };
};

/** What a runner says is old after so long. */
const staleMs = 90_000;

/** Of those that are to be asked still, as fast as it went at its fastest, with the waits between; what waits for a device, nobody knows how long. */
const minutesLeft = (campaign: Campaign, tally: Tally, now: Instant): number | null => {
  const { state, pace, waves, order } = campaign;
  const { windows, freezes } = order.limits.calendar;
  if (state.kind !== 'running' || !pace || pace.peak.perMinute === 0) return null;
  if (windows.length + freezes.length > 0) return null; // nobody knows what they leave
  const { perMinute, allowedPerMinute } = pace.peak;
  // A wave smaller than a minute's allowance shows nothing of how fast the next may go.
  const isShort = perMinute < allowedPerMinute / 2;
  const rate = isShort ? allowedPerMinute : perMinute;
  const begun = Object.values(tally).reduce((sum, count) => sum + count, 0) - tally['.'];
  const asking = Math.max(0, sizeOf(campaign) - begun) / rate;
  const { phase } = state;
  const isLast = phase.kind === 'waiting';
  const baking = phase.kind === 'baking' ? phase.until - now : isLast ? 0 : order.limits.bakeMs;
  const later = Math.max(0, waves.length - 1 - state.wave) * order.limits.bakeMs;
  return Math.ceil(asking + (Math.max(0, baking) + later) / 60_000);
};

/** Of the state that it is in: what a person has seen, when they order something. */
export const campaignEtag = ({ state, order }: Campaign): string => {
  const { wave, phase, because } = state as { wave?: number; phase?: object; because?: string };
  return etagOf([
    order.id,
    state.kind,
    wave,
    phase && 'kind' in phase ? phase.kind : null,
    because,
  ]);
};

/** Without its moves: for lists. */
export const toCampaignHead = (campaign: Campaign): CampaignHead => {
  const { order, state } = campaign;
  return {
    id: order.id,
    scope: order.scope,
    goal: order.goal,
    source: order.source,
    hash: order.hash,
    by: order.by,
    approvedAt: toIso(order.at),
    moveCount: sizeOf(campaign),
    state: state.kind,
    ...('because' in state ? { because: state.because } : {}),
    ...('outcome' in state ? { outcome: state.outcome } : {}),
    ...('rollback' in state ? { rollback: state.rollback } : {}),
    isDrill: order.limits.isDrill && order.source.kind === 'plan',
    ...('wave' in state ? { wave: state.wave } : {}),
    ...('phase' in state ? { phase: state.phase.kind } : {}),
    ...('phase' in state && 'until' in state.phase ? { bakesUntil: toIso(state.phase.until) } : {}),
    needsAPerson: state.kind === 'held',
  };
};

/** Once its waves are known, they tell: a rollback takes back what was moved. */
const sizeOf = ({ order, state, waves }: Campaign): number =>
  waves.length === 0 && state.kind !== 'ended'
    ? order.moveCount
    : waves.reduce((sum, { moveCount }) => sum + moveCount, 0);

const toMoveCounts = (total: number, tally: Tally) => {
  const begun = Object.values(tally).reduce((sum, count) => sum + count, 0) - tally['.'];
  return {
    total,
    planned: total - begun,
    underWay: tally.c + tally.t,
    waiting: tally.p,
    verified: tally.v,
    landed: tally.l,
    stranded: tally.s,
    failed: tally.x,
    timedOut: tally.o,
    refused: tally.r,
    cancelled: tally.a,
    superseded: tally.u,
    skipped: tally.k,
  };
};

const named: Readonly<Record<string, string>> = {
  s: 'stranded',
  x: 'failed',
  o: 'timedOut',
  r: 'refused',
  a: 'cancelled',
  u: 'superseded',
  k: 'skipped',
  l: 'landed',
};

const reasonsMax = 20;
/** Ids and numbers differ from device to device: what is said is the same. */
const sameWords = (because: string): string => because.replaceAll(/\bm-[0-9a-f]{20}\b/g, 'm-…');

/** Why moves came to nothing, the most frequent first. */
const reasonsOf = (progress: readonly Progress[]) => {
  const counts = new Map<string, { verdict: string; because: string; count: number }>();
  for (const { codes, notes } of progress)
    for (const [row, note] of Object.entries(notes)) {
      const verdict = named[codes[Number(row)] ?? ''];
      if (!verdict) continue;
      const because = sameWords(note);
      const key = `${verdict} ${because}`;
      const known = counts.get(key) ?? { verdict, because, count: 0 };
      counts.set(key, { ...known, count: known.count + 1 });
    }
  return [...counts.values()].sort((one, other) => other.count - one.count).slice(0, reasonsMax);
};

const toQuantiles = (all: readonly Readonly<Record<string, number>>[]) => {
  const steps: Record<string, number> = {};
  for (const one of all)
    for (const [step, count] of Object.entries(one)) steps[step] = (steps[step] ?? 0) + count;
  const measured = Object.values(steps).reduce((sum, count) => sum + count, 0);
  const at = (share: number): number | null => quantile(steps, share) ?? null;
  return { measured, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
};

const toWaveView = (wave: Wave, state: Campaign['state'], index: number) => ({
  moves: wave.moveCount,
  begunAt: wave.begunAt === undefined ? null : toIso(wave.begunAt),
  endedAt: wave.endedAt === undefined ? null : toIso(wave.endedAt),
  isNow: 'wave' in state && state.wave === index,
  gate: wave.gate
    ? { ruling: wave.gate.ruling, at: toIso(wave.gate.at), measures: wave.gate.measures }
    : null,
});

/** What a campaign would come to. Nothing was begun. */
export const toPreviewView = ({ plan, limits, canary, waves, isSingle }: Preview): PreviewView => ({
  dryRun: true as const,
  plan: { hash: plan.hash, goal: plan.goal, moveCount: plan.moveCount },
  confirmWith: plan.hash,
  canary,
  waves,
  isSingle,
  minutes: Math.ceil(plan.pace.minutes + (waves.length * limits.bakeMs) / 60_000),
  movesPerMinute: Math.round(plan.pace.movesPerMinute * 10) / 10,
  binds: plan.pace.constraints[0]?.what ?? null,
  limits,
});

/** A page of its moves, each with what has become of it. */
export const toCampaignMovesView = (
  { order }: Campaign,
  rows: readonly CampaignMove[],
  progress: Progress | undefined,
): readonly CampaignMoveRow[] =>
  rows.map(({ deviceId, from, to }, row) => ({
    deviceId,
    from: order.hubs[from] ?? null,
    to: order.hubs[to] ?? null,
    became: became[progress?.codes[row] ?? '.'] ?? 'planned',
    because: progress?.notes[row] ?? null,
  }));

const became: Readonly<Record<string, string>> = {
  ...named,
  '.': 'planned',
  c: 'underWay',
  t: 'underWay',
  p: 'waiting',
  v: 'verified',
};

export const toBreakerView = ({ tripped, failures }: Breaker): BreakerView => ({
  tripped: tripped ? { at: toIso(tripped.at), because: tripped.because } : null,
  failures: failures.map(({ campaignId, at }) => ({ campaignId, at: toIso(at) })),
});
