import { type Instant, instant } from '../domain/instant.ts';
import type { Campaign, CampaignState, Stuck } from './campaign.ts';
import { outOf, type Tally } from './progress.ts';
import type { Gate } from './wave.ts';

/** What a runner sees of a campaign's wave. */
export type Seen = {
  /** Of the wave; and of the waves before it, those that are still under way or waiting. */
  readonly tally: Tally;
  readonly before: Pick<Tally, 'c' | 't' | 'p'>;
  /** Why the wave has failed already. */
  readonly failed: string | undefined;
  /** Why nothing that is left of it can go, and since when nothing went. */
  readonly stuck: Stuck | undefined;
  /** The breaker has stopped everything. */
  readonly isBroken: boolean;
  readonly now: Instant;
};

/**
 * What a runner does next:
 *
 *     move     releases what the pace lets
 *     judge    looks, and asks the gate
 *     skip     gives up what is left of the wave: it no longer fits
 *     begin    looks at the control, and begins the next wave
 *     cancel   calls off what is under way
 *     become   the campaign is in another state
 *     wait     nothing
 */
export type Step =
  | { readonly kind: 'move' | 'judge' | 'begin' | 'wait' }
  | { readonly kind: 'cancel'; readonly because: string }
  | { readonly kind: 'skip'; readonly because: string }
  | { readonly kind: 'become'; readonly state: CampaignState };

/** How long nothing of a wave may have gone, before what is left of it is given up. */
export const stuckMs = 15 * 60_000;

const become = (state: CampaignState): Step => ({ kind: 'become', state });

/** [C2] What is next in a campaign's life: a wave begins when the gate before it has passed, or a person has said so. */
export const steer = (campaign: Campaign, seen: Seen): Step => {
  const { state, order } = campaign;
  const { tally, before, now } = seen;
  switch (state.kind) {
    case 'running':
      return steerRunning(campaign, state, seen);
    case 'stopping':
      if (outOf(tally) + before.c + before.t > 0) return { kind: 'wait' };
      if (tally.p + before.p > 0) return become({ ...state, kind: 'aborting' });
      return become({ kind: 'ended', outcome: 'stopped', because: state.because });
    case 'aborting':
      return outOf(tally) + tally.p + before.c + before.t + before.p > 0
        ? { kind: 'cancel', because: state.because }
        : become({
            kind: 'ended',
            outcome: isStopped(campaign) ? 'stopped' : 'aborted',
            because: state.because,
          });
    case 'paused':
    case 'held':
      if (seen.failed !== undefined && state.kind === 'paused' && state.phase.kind !== 'waiting')
        return become(afterFailure(order.limits.onFail, state.wave, now, seen.failed));
      // The valve is shut to those on their way: that they come to nothing is not their fault.
      if (seen.isBroken && outOf(tally) + before.c + before.t > 0)
        return { kind: 'cancel', because: 'the breaker has tripped' };
      return { kind: 'wait' };
    case 'preparing':
    case 'ended':
      return { kind: 'wait' };
  }
};

const isStopped = ({ log }: Campaign): boolean =>
  log.findLast(({ what }) => what === 'stop' || what === 'abort' || what === 'rollback')?.what ===
  'stop';

type Running = Extract<CampaignState, { readonly kind: 'running' }>;

const steerRunning = (campaign: Campaign, state: Running, seen: Seen): Step => {
  const { tally, before, now, failed, stuck, isBroken } = seen;
  const { waves, order } = campaign;
  const { wave, phase } = state;
  if (waves.length === 0)
    return become({ kind: 'ended', outcome: 'completed', because: 'there was nothing to move' });
  if (failed !== undefined && phase.kind !== 'waiting')
    return become(afterFailure(order.limits.onFail, wave, now, failed));
  if (isBroken) return become({ ...state, kind: 'held', because: 'the breaker has tripped' });
  switch (phase.kind) {
    case 'moving':
      if (waves[wave]?.begunAt === undefined) return { kind: 'begin' };
      if (tally['.'] > 0 && outOf(tally) === 0 && stuck && now - stuck.since >= stuckMs)
        return { kind: 'skip', because: stuck.because };
      if (tally['.'] > 0) return { kind: 'move' };
      if (outOf(tally) > 0) return { kind: 'wait' };
      return become({
        ...state,
        phase: { kind: 'baking', until: instant(now + order.limits.bakeMs) },
      });
    case 'baking':
      return now >= phase.until ? { kind: 'judge' } : { kind: 'wait' };
    case 'waiting':
      return tally.p + before.p + outOf(tally) + before.c + before.t > 0
        ? { kind: 'wait' }
        : become({ kind: 'ended', outcome: 'completed', because: 'every move has ended' });
  }
};

/** What follows a gate that has spoken. */
export const afterGate = (
  campaign: Campaign,
  state: Running,
  gate: Gate,
  now: Instant,
): CampaignState => {
  const { waves, order } = campaign;
  const { wave, phase } = state;
  const isLast = wave === waves.length - 1;
  switch (gate.ruling) {
    case 'fail':
      return order.limits.onFail === 'hold'
        ? { kind: 'held', because: failedGate(wave, sayGate(gate)), wave, phase }
        : afterFailure(order.limits.onFail, wave, now, sayGate(gate));
    case 'inconclusive':
      // After the last wave there is nothing that a person could still decide.
      return isLast
        ? { kind: 'running', wave, phase: { kind: 'waiting', since: now } }
        : { kind: 'held', because: sayGate(gate), wave, phase };
    case 'pass':
      if (isLast) return { kind: 'running', wave, phase: { kind: 'waiting', since: now } };
      if (wave === 0 && order.limits.isCanaryOnly)
        return { kind: 'held', because: 'the canary is done: a person decides', wave, phase };
      return { kind: 'running', wave: wave + 1, phase: { kind: 'moving', since: now } };
  }
};

const failedGate = (wave: number, because: string): string =>
  `the gate of wave ${wave} failed: ${because}`;

const afterFailure = (
  onFail: 'hold' | 'abort' | 'rollback',
  wave: number,
  now: Instant,
  because: string,
): CampaignState => {
  const failed = failedGate(wave, because);
  return onFail === 'hold'
    ? { kind: 'held', because: failed, wave, phase: { kind: 'moving', since: now } }
    : { kind: 'aborting', because: failed, wave, rollsBack: onFail === 'rollback' };
};

/** `stranded 3 of 120 (limit 1 %): fail; broken 3 of 120 (limit 2 %): inconclusive` */
export const sayGate = ({ measures }: Gate): string =>
  measures
    .map(
      ({ what, count, of, limit, ruling }) =>
        `${what} ${count} of ${of} (limit ${Number((limit * 100).toFixed(2))} %): ${ruling}`,
    )
    .join('; ');
