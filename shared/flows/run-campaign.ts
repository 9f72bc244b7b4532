import { type Campaign, type PaceNow, withWave } from '../campaign/campaign.ts';
import { registrationsFor } from '../campaign/charges.ts';
import { hasFailed, pardonsOf } from '../campaign/judge-wave.ts';
import { emptyTally, outOf, tallyOf } from '../campaign/progress.ts';
import { type Seen, type Step, steer } from '../campaign/steer.ts';
import { rowCountsOf } from '../campaign/wave.ts';
import { type CountMinute, countOf } from '../domain/count.ts';
import { type Instant, instant } from '../domain/instant.ts';
import type { KeptCampaign } from '../ports/campaigns.ts';
import { beginCampaign } from './begin-campaign.ts';
import { campaignPages } from './campaign-pages.ts';
import { quotasNow } from './campaign-quotas.ts';
import { cancelOpen } from './cancel-open.ts';
import { changeCampaign, readCampaign } from './change-campaign.ts';
import { climbLadder } from './climb-ladder.ts';
import { followMoves } from './follow-moves.ts';
import { type Lease, leaseOf } from './hold-lease.ts';
import { perform, type Run, type RunLimits, type RunPorts } from './perform-step.ts';
import { type Ran, type Rounded, ranOf } from './ran.ts';
import { releaseMoves } from './release-moves.ts';
import { accountFor, spentBy } from './spent-by.ts';

/** How often a runner says that it is there, and how fast it goes. */
const sayMs = 10_000;
/** What binds it may change with every round. */
const sayChangeMs = 2_000;
/** What a runner said so long ago does not count for the next. */
const knownMs = 120_000;

/**
 * [R4] Takes a campaign's lease, and carries it on until then. Two runners that both believe that they have it do no harm: what one has
 * claimed the other finds, tokens are taken once, and a move is begun once.
 */
export const runCampaign =
  (ports: RunPorts, limits: RunLimits) =>
  async (id: string, until: Instant): Promise<Ran> => {
    const runner = ports.dice.digits(12);
    const taken = await takeLease(ports, limits, id, runner);
    if (taken?.campaign.state.kind === 'ended') {
      await accountFor(ports, id);
      return { id, left: 'ended' };
    }
    if (taken?.campaign.runner?.id !== runner) return { id, left: 'somebody' };
    const lease = leaseOf(ports, limits.leaseMs, runner, taken);
    const held = { ...ports, beat: lease.beat };
    const isNew = taken.campaign.state.kind === 'preparing';
    if (isNew) await beginCampaign(held, taken.campaign, ports.clock.now());
    const begun = isNew ? (await readCampaign(ports, id))?.campaign : taken.campaign;
    if (!begun) return { id, left: 'somebody' };
    const run = await runOf(held, limits, begun, lease);
    let now: Rounded = { left: begun.state.kind, next: 'soon', campaign: begun };
    const took: number[] = [];
    for (let leftMs = until - ports.clock.now(); now.next !== 'never' && leftMs > 0; ) {
      const roundBegun = ports.clock.now();
      now = await round(run, id, now.campaign);
      const tookMs = ports.clock.now() - roundBegun;
      took.push(tookMs);
      // The next run waits for this one, and this one's last round is as late as it may be.
      leftMs = until - ports.clock.now() - Math.max(...took.slice(-roundsAlike));
      if (now.next !== 'never' && leftMs > 0)
        await ports.pause(Math.min(pauseMs(limits, now.next, tookMs), leftMs));
    }
    await leave(run, id);
    return ranOf(now);
  };

/** Answers the campaign as it is then: with that runner, unless another has it, or it has ended. */
const takeLease = (
  ports: RunPorts,
  { leaseMs }: RunLimits,
  id: string,
  runner: string,
): Promise<KeptCampaign | undefined> => {
  const now = ports.clock.now();
  return changeCampaign(ports, id, (campaign) => {
    const { runner: held, state } = campaign;
    if (state.kind === 'ended' || (held && held.until > now)) return undefined;
    return { ...campaign, runner: { id: runner, until: instant(now + leaseMs) } };
  });
};

const runOf = async (
  ports: Run['ports'],
  limits: RunLimits,
  campaign: Campaign,
  lease: Lease,
): Promise<Run> => {
  const { order, waves } = campaign;
  const pages = await campaignPages(ports, order.id, rowCountsOf(waves));
  const now = ports.clock.now();
  const following = followMoves(ports, campaign, pages, now);
  const triggered = triggeredBefore(campaign.pace);
  const releasing = releaseMoves(ports, pages, (at, sign) => {
    const goneAt = ports.clock.now();
    triggered.push(goneAt);
    following.add(at, goneAt);
    if (sign === 'going') ports.intakes.count(countOf.going(order.scope), 1);
    if (sign === 'throttled') ports.intakes.count(countOf.overrun(order.scope), 1);
  });
  return {
    ports,
    limits,
    lease,
    pages,
    following,
    releasing,
    cancel: cancelOpen(ports.endMove, pages, following),
    climb: climbLadder(ports, pages),
    triggered,
    stuck: now - (campaign.pace?.at ?? 0) < knownMs ? campaign.pace?.stuck : undefined,
    binds: 'nothing',
    isShut: false,
    saidAt: 0,
  };
};

const laterRounds = 5;
/** However long a round took. */
const pauseMsMin = 100;
/** The next may take as long as the longest of so many before it. */
const roundsAlike = 5;

/** From one round's beginning to the next: so that what may be taken at once is not more than is made up for meanwhile. */
const pauseMs = ({ roundMs }: RunLimits, next: 'soon' | 'later', tookMs: number): number =>
  next === 'later' ? roundMs * laterRounds : Math.max(pauseMsMin, roundMs - tookMs);

/** Reads → decides → does one thing → keeps what came of it. Whoever is superseded does it again, by what is so then. */
const round = async (run: Run, id: string, last: Campaign): Promise<Rounded> => {
  const { ports, pages, following, releasing } = run;
  const kept = await readCampaign(ports, id);
  const { campaign: known, version } = kept ?? {};
  if (!known || !version || known.runner?.id !== run.lease.runner)
    return { left: 'somebody', next: 'never', campaign: last };
  if (known.state.kind === 'ended') return { left: 'ended', next: 'never', campaign: known };
  run.lease.hold({ campaign: known, version });
  const campaign = pardoned(known, pages);
  const now = ports.clock.now();
  const table = await ports.hubTables.known();
  const isBroken = (await ports.valves.known()).isBroken;
  const seen = seenOf(run, campaign, isBroken, now);
  const { scope } = campaign.order;
  const hasParked = seen.tally.p + seen.before.p > 0;
  const quotas = await quotasNow(ports, run.limits, scope, table, hasParked, now);
  const world = { table, quotas };
  const never = await following.look(now);
  if (campaign.state.kind === 'running' && !isBroken) await releasing.again(campaign, never, world);
  else for (const { page, row } of never) pages.note(page, { row, code: '.' });
  const step = steer(campaign, seen);
  const performed = await perform(run, campaign, step, world, now);
  const after = await run.climb(performed, now);
  await pages.flush();
  const said = say(run, after, registrationsFor(quotas), table.counts, now);
  const isBehind = following.isBehind(ports.clock.now());
  const next = nextOf(said, step, seen, isBehind, run.isShut);
  if (said === known) return { left: campaign.state.kind, next, campaign };
  const latest = run.lease.version();
  await ports.deadline(timeoutMs, (signal) => ports.campaigns.write(said, latest, signal));
  // A wave that was added is carried out by the next run, which knows its pages.
  const isLonger = said.waves.length !== campaign.waves.length;
  return { left: said.state.kind, next: isLonger ? 'never' : next, campaign: said };
};

/** Of a wave that has begun: what had failed when a person let it go on. */
const pardoned = (campaign: Campaign, pages: Run['pages']): Campaign => {
  const { state, waves } = campaign;
  const wave = 'wave' in state ? waves[state.wave] : undefined;
  if (!('wave' in state) || !wave?.isPardoned || wave.begunAt === undefined) return campaign;
  const pardons = pardonsOf(campaign, pages.ofWave(wave));
  return withWave(campaign, state.wave, (one) => ({
    ...one,
    isPardoned: false,
    pardoned: pardons,
  }));
};

const nextOf = (
  { state }: Campaign,
  step: Step,
  { tally, before }: Seen,
  isBehind: boolean,
  isShut: boolean,
): Rounded['next'] => {
  if (state.kind === 'ended') return 'never';
  if (isBehind) return 'soon';
  if (step.kind === 'cancel') return 'later';
  // What a window bars, it bars for long: the next run is soon enough.
  if (step.kind !== 'wait' && !(step.kind === 'move' && isShut)) return 'soon';
  const isIdle = outOf(tally) + before.c + before.t === 0;
  return isIdle ? 'never' : 'later';
};

const timeoutMs = 10_000;

const seenOf = (run: Run, campaign: Campaign, isBroken: boolean, now: Instant): Seen => {
  const { state, waves } = campaign;
  const at = 'wave' in state ? state.wave : 0;
  const wave = waves[at];
  const ofWave = wave ? run.pages.ofWave(wave) : [];
  const before = tallyOf(waves.slice(0, at).flatMap((one) => run.pages.ofWave(one)));
  return {
    tally: wave ? tallyOf(ofWave) : emptyTally,
    before,
    failed: wave && hasFailed(campaign, ofWave, wave),
    stuck: run.stuck,
    isBroken,
    now,
  };
};

/** Every few seconds: that the runner is alive, how fast it goes, and what binds it; sooner when that has changed. */
const say = (
  run: Run,
  campaign: Campaign,
  allowedPerMinute: number,
  counts: readonly CountMinute[],
  now: Instant,
): Campaign => {
  const { triggered, limits, binds } = run;
  while (triggered[0] !== undefined && triggered[0] <= now - 60_000) triggered.shift();
  const afterMs = campaign.pace?.binds === binds ? sayMs : sayChangeMs;
  if (now - run.saidAt < afterMs && campaign.runner?.id === run.lease.runner) return campaign;
  run.saidAt = now;
  const perMinute = triggered.length;
  const best = campaign.pace?.peak;
  const peak = best && best.perMinute >= perMinute ? best : { perMinute, allowedPerMinute };
  const { stuck } = run;
  const pace: PaceNow = { at: now, perMinute, allowedPerMinute, binds, stuck, peak };
  // From now on: a round may have taken longer than its lease.
  const until = instant(run.ports.clock.now() + limits.leaseMs);
  const runner = campaign.state.kind === 'ended' ? undefined : { id: run.lease.runner, until };
  return { ...campaign, pace, runner, spent: spentBy(campaign, counts, now) };
};

/** What the runner before has told, as evenly as it goes: the last minute began before this run. */
const triggeredBefore = (pace: PaceNow | undefined): number[] =>
  Array.from(
    { length: pace?.perMinute ?? 0 },
    (_, index) => (pace?.at ?? 0) - (60_000 * index) / (pace?.perMinute ?? 1),
  ).reverse();

/** What is under way comes to its end by itself; the lease is given back, so that the next need not wait for it. */
const leave = async (run: Run, id: string): Promise<void> => {
  const { ports, releasing, pages } = run;
  await Promise.race([releasing.settled(), ports.pause(leaveMs)]);
  await pages.flush();
  await changeCampaign(ports, id, (campaign) =>
    campaign.runner?.id === run.lease.runner ? { ...campaign, runner: undefined } : undefined,
  );
};

const leaveMs = 500;
