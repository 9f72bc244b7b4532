import type { Instant } from '../domain/instant.ts';
import { type Campaign, type CampaignState, logged, withWave } from './campaign.ts';

/**
 * What a person says to a campaign:
 *
 *     pause     no more are asked, and none that waits is answered its new hub; those on their way arrive
 *     resume    goes on, also where it was held: the person has looked
 *     stop      the same as a pause, for good
 *     abort     the valve shuts, and every request that stands is taken back
 *     rollback  the same, and then everything goes back
 */
export type CampaignCommand = 'pause' | 'resume' | 'stop' | 'abort' | 'rollback';

export type Commanded =
  | { readonly kind: 'changed'; readonly campaign: Campaign }
  /** It is so already. */
  | { readonly kind: 'same' }
  | { readonly kind: 'refused'; readonly because: string };

export const commandCampaign = (
  campaign: Campaign,
  command: CampaignCommand,
  because: string,
  by: string,
  now: Instant,
): Commanded => {
  const state = stateAfter(campaign, command, because, now);
  if (typeof state === 'string') return { kind: 'refused', because: state };
  if (!state) return { kind: 'same' };
  const entry = { at: now, by, what: command, because };
  // Who lets the next wave begin has seen what this one came to, and not what has changed since.
  const isPardon =
    command === 'resume' &&
    campaign.state.kind === 'held' &&
    'wave' in state &&
    state.wave === campaign.state.wave;
  const known = isPardon ? pardoned(campaign, state.wave) : campaign;
  return { kind: 'changed', campaign: logged({ ...known, state }, entry) };
};

const stateAfter = (
  { state, waves }: Campaign,
  command: CampaignCommand,
  because: string,
  now: Instant,
): CampaignState | string | undefined => {
  if (state.kind === 'ended')
    return command === 'rollback' ? undefined : `it has ended: ${state.outcome}`;
  const wave = 'wave' in state ? state.wave : 0;
  switch (command) {
    case 'pause':
      if (state.kind === 'paused') return undefined;
      if (state.kind === 'preparing') return 'it is preparing: abort it, or pause it once it runs';
      if (state.kind === 'held') return 'it is held already: nothing more goes until it is resumed';
      if (state.kind !== 'running') return `it is ${state.kind}`;
      return { kind: 'paused', because, wave, phase: state.phase };
    case 'resume': {
      if (state.kind === 'running') return undefined;
      if (state.kind !== 'paused' && state.kind !== 'held') return `it is ${state.kind}`;
      return resumed(state, waves, now);
    }
    case 'stop':
      if (state.kind === 'stopping') return undefined;
      if (state.kind === 'aborting') return 'it is aborting';
      return { kind: 'stopping', because, wave, rollsBack: false };
    case 'abort':
      if (state.kind === 'aborting' && !state.rollsBack) return undefined;
      return { kind: 'aborting', because, wave, rollsBack: false };
    case 'rollback':
      if (state.kind === 'aborting' && state.rollsBack) return undefined;
      return { kind: 'aborting', because, wave, rollsBack: true };
  }
};

/** What failed so far does not fail the wave again. */
const pardoned = (campaign: Campaign, wave: number): Campaign =>
  withWave(campaign, wave, (one) => ({ ...one, isPardoned: true }));

/** Held at a gate, it goes on with the next wave: that it goes on is what the person was asked. */
const resumed = (
  { wave, phase, kind }: Extract<CampaignState, { readonly kind: 'paused' | 'held' }>,
  waves: Campaign['waves'],
  now: Instant,
): CampaignState => {
  const isJudged = phase.kind === 'baking' && waves[wave]?.gate !== undefined;
  if (kind !== 'held' || !isJudged) return { kind: 'running', wave, phase };
  return wave === waves.length - 1
    ? { kind: 'running', wave, phase: { kind: 'waiting', since: now } }
    : { kind: 'running', wave: wave + 1, phase: { kind: 'moving', since: now } };
};
