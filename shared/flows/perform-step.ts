import { withFailure } from '../campaign/breaker.ts';
import { type Campaign, type CampaignState, logged, withWave } from '../campaign/campaign.ts';
import { driftOf } from '../campaign/drift.ts';
import { judgeWave } from '../campaign/judge-wave.ts';
import { afterGate, type Seen, type Step } from '../campaign/steer.ts';
import type { Wave } from '../campaign/wave.ts';
import type { HubHostName } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import type { Breakers, ValvesNow } from '../ports/campaigns.ts';
import type { DeviceTwins } from '../ports/device-twins.ts';
import type { Dice } from '../ports/dice.ts';
import type { HubTables } from '../ports/hub-tables.ts';
import type { Intakes } from '../ports/intakes.ts';
import type { Pause } from '../ports/pause.ts';
import type { Policies } from '../ports/policies.ts';
import type { CampaignPages } from './campaign-pages.ts';
import type { QuotaLimits } from './campaign-quotas.ts';
import type { Cancelling } from './cancel-open.ts';
import type { ClimbLadder, LadderPorts } from './climb-ladder.ts';
import { controlUp, silenceOf } from './control-cohort.ts';
import { type EndPorts, endCampaign, runnerName } from './end-campaign.ts';
import type { EndMove } from './end-move.ts';
import type { followMoves } from './follow-moves.ts';
import type { Lease } from './hold-lease.ts';
import type { Released, ReleasePorts, releaseMoves } from './release-moves.ts';

export type RunPorts = ReleasePorts &
  Omit<EndPorts, 'beat'> &
  LadderPorts & {
    readonly twins: DeviceTwins;
    readonly hubTables: HubTables;
    readonly policies: Policies;
    readonly breakers: Breakers;
    readonly valves: ValvesNow;
    readonly intakes: Intakes;
    readonly dice: Dice;
    readonly endMove: EndMove;
    readonly pause: Pause;
  };

export type RunLimits = QuotaLimits & {
  /** From one round to the next: a pause holds from the next. */
  readonly roundMs: number;
  /** A runner that has not been heard of for so long is gone. */
  readonly leaseMs: number;
};

const timeoutMs = 10_000;

/** One campaign, as its runner holds it. */
export type Run = {
  readonly ports: RunPorts & EndPorts;
  readonly lease: Lease;
  readonly limits: RunLimits;
  readonly pages: CampaignPages;
  readonly following: ReturnType<typeof followMoves>;
  readonly releasing: ReturnType<typeof releaseMoves>;
  readonly cancel: Cancelling;
  readonly climb: ClimbLadder;
  /** When moves were triggered, of the last minute. */
  readonly triggered: number[];
  stuck: Seen['stuck'];
  binds: string;
  /** Whether its window bars all that is left of the wave. */
  isShut: boolean;
  saidAt: number;
};

/** Answers the campaign after it; the same where nothing of it changed. */
export const perform = async (
  run: Run,
  campaign: Campaign,
  step: Step,
  world: Parameters<Run['releasing']['release']>[2],
  now: Instant,
): Promise<Campaign> => {
  const { state } = campaign;
  switch (step.kind) {
    case 'cancel':
      await run.cancel(campaign, step.because, now);
      return campaign;
    case 'wait':
      run.binds = 'the end of its wave';
      return campaign;
    case 'become':
      return become(run, campaign, step.state, now);
    case 'begin':
      return beginWave(run, campaign, now);
    case 'move': {
      const wave = 'wave' in state ? campaign.waves[state.wave] : undefined;
      if (wave) noteReleased(run, await run.releasing.release(campaign, wave, world), now);
      return campaign;
    }
    case 'skip': {
      const wave = 'wave' in state ? campaign.waves[state.wave] : undefined;
      if (wave) skipRest(run, wave, step.because);
      run.stuck = undefined;
      return campaign;
    }
    case 'judge':
      return state.kind === 'running' ? judge(run, campaign, state, now) : campaign;
  }
};

const noteReleased = (run: Run, { count, binds, stuck, isShut }: Released, now: Instant): void => {
  run.isShut = isShut;
  run.binds = binds ?? 'nothing';
  if (count > 0 || stuck === undefined) run.stuck = undefined;
  else run.stuck = { because: stuck, since: run.stuck?.since ?? now };
};

const skipRest = ({ pages }: Run, { firstPage, pageCount }: Wave, because: string): void => {
  for (let page = firstPage; page < firstPage + pageCount; page += 1)
    for (const [row, code] of [...pages.progressOf(page).codes].entries())
      if (code === '.') pages.note(page, { row, code: 'k', because });
};

const become = async (
  run: Run,
  campaign: Campaign,
  state: CampaignState,
  now: Instant,
): Promise<Campaign> => {
  const { ports } = run;
  if (state.kind === 'ended') return endCampaign(ports, campaign, state, now);
  const isFailure = state.kind === 'aborting' || state.kind === 'held';
  if (isFailure && campaign.state.kind === 'running')
    await noteFailure(ports, campaign, state, now);
  if (!('because' in state)) return { ...campaign, state };
  const entry = { at: now, by: runnerName, what: state.kind, because: state.because };
  return logged({ ...campaign, state }, entry);
};

/** A gate that failed counts for the breaker. */
const noteFailure = async (
  { breakers, deadline }: RunPorts,
  { order }: Campaign,
  state: CampaignState,
  now: Instant,
): Promise<void> => {
  if (!('because' in state) || !state.because.startsWith('the gate of')) return;
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const { value, version } = await deadline(timeoutMs, (signal) => breakers.read(signal));
    const outcome = await deadline(timeoutMs, (signal) =>
      breakers.write(withFailure(value, order.id, now), version, signal),
    );
    if (outcome === 'written') return;
  }
};

/** What the plan was made for must still be so; then those that stay are looked at, and the wave begins. */
const beginWave = async (run: Run, campaign: Campaign, now: Instant): Promise<Campaign> => {
  const { ports } = run;
  const { order, state, control } = campaign;
  if (state.kind !== 'running') return campaign;
  const wave = campaign.waves[state.wave];
  if (!wave) throw new RangeError(`The campaign ${order.id} has no wave ${state.wave}.`);
  const drift = wave.isPardoned ? [] : await driftSince(ports, campaign);
  if (drift.length > 0) {
    const because = `the fleet is not as it was when the plan was made: ${drift.join('; ')}`;
    return become(run, campaign, { ...state, kind: 'held', because }, now);
  }
  const up = await controlUp(ports, control);
  return withWave(campaign, state.wave, (one) => ({
    ...one,
    begunAt: now,
    controlUp: up,
    isPardoned: false, // that the fleet has changed was pardoned, and not what fails from now on
  }));
};

const driftSince = async (ports: RunPorts, { order }: Campaign): Promise<readonly string[]> => {
  if (order.source.kind === 'rollback') return [];
  const [table, policy] = await Promise.all([ports.hubTables.known(), ports.policies.known()]);
  const named = (indexes: readonly number[]): readonly HubHostName[] =>
    indexes.flatMap((index) => order.hubs[index] ?? []);
  const { policyVersion, sources, targets } = order;
  const planned = { policyVersion, sources: named(sources), targets: named(targets) };
  return driftOf(planned, table, policy.version);
};

/** So many of those that have arrived are looked at once more. */
const sampleMax = 100;

const judge = async (
  run: Run,
  campaign: Campaign,
  state: Extract<CampaignState, { readonly kind: 'running' }>,
  now: Instant,
): Promise<Campaign> => {
  const { ports, pages } = run;
  const wave = campaign.waves[state.wave];
  if (!wave) throw new RangeError(`There is no wave ${state.wave}.`);
  const moved = await silenceOf(ports, await arrivedOf(run, campaign, wave));
  const up = wave.controlUp.flatMap((index) => campaign.control[index] ?? []);
  const control = await silenceOf(ports, up);
  const gate = judgeWave(campaign, pages.ofWave(wave), wave, moved, control, now);
  const judged = withWave(campaign, state.wave, (one) => ({ ...one, gate, endedAt: now }));
  return become(run, judged, afterGate(judged, state, gate, now), now);
};

const arrivedOf = async ({ pages }: Run, { order }: Campaign, wave: Wave) => {
  const found: { readonly deviceId: string; readonly hub: (typeof order.hubs)[number] }[] = [];
  for (let page = wave.firstPage; page < wave.firstPage + wave.pageCount; page += 1) {
    const { codes } = pages.progressOf(page);
    if (!codes.includes('v')) continue;
    for (const [row, { deviceId, to }] of (await pages.rowsOf(page)).entries()) {
      const hub = order.hubs[to];
      if (codes[row] === 'v' && hub) found.push({ deviceId, hub });
      if (found.length >= sampleMax) return found;
    }
  }
  return found;
};
