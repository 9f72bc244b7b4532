import type { Campaign, CampaignMove } from '../campaign/campaign.ts';
import { parkedJitterSeconds } from '../campaign/charges.ts';
import { type Picked, type Place, pick, type Surroundings, shutBar } from '../campaign/pick.ts';
import { isOpen } from '../campaign/progress.ts';
import { stuckMs } from '../campaign/steer.ts';
import { tidied } from '../campaign/tokens.ts';
import type { Wave } from '../campaign/wave.ts';
import type { Instant } from '../domain/instant.ts';
import type { Purses } from '../ports/campaigns.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { CampaignPages } from './campaign-pages.ts';
import { surroundingsOf, type World } from './campaign-surroundings.ts';
import type { MovePlanned } from './move-device.ts';
import { movesUnderWay } from './moves-under-way.ts';
import { type Sign, type Triggered, triggerMove } from './trigger-move.ts';

export type ReleasePorts = {
  readonly purses: Purses;
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly movePlanned: MovePlanned;
};

type Waits = Extract<Triggered, { readonly kind: 'waits' }>;
type At = { readonly page: number; readonly row: number };

export type Released = {
  readonly count: number;
  readonly binds: string | undefined;
  /** What keeps all that is left from going, and will not pass by itself. */
  readonly stuck: string | undefined;
  /** Whether its window bars all that is left of the wave. */
  readonly isShut: boolean;
};

export type Releasing = {
  /** Takes tokens, claims, and triggers, as many as the pace lets; answers how many, and what keeps the next from going. */
  readonly release: (campaign: Campaign, wave: Wave, world: World) => Promise<Released>;
  /** Those that were claimed before, and never begun: their tokens are taken. */
  readonly again: (campaign: Campaign, places: readonly At[], world: World) => Promise<void>;
  /** Triggers that have not come back yet. */
  readonly settled: () => Promise<void>;
};

/** What a runner asks at once: a device that does not answer its method takes its whole time. */
const atOnceMax = 256;
/** How many planned moves are looked at, to find those that may go. */
const lookedAtMax = 6_000;
const timeoutMs = 5_000;
const attemptsMax = 5;
/** One that could not go is not tried again at once. */
const postponedMs = 30_000;

/** @param tell hears of each move that was triggered. */
export const releaseMoves = (
  ports: ReleasePorts,
  pages: CampaignPages,
  tell: (at: At, sign: Sign, to: number) => void,
): Releasing => {
  const { clock } = ports;
  let window: Window = { wave: 0, from: 0, barred: 0 };
  const underWay = movesUnderWay(pages);
  const asking = new Set<Promise<void>>();
  const postponed = new Map<string, number>();
  let waits: Waits | undefined;
  const trigger = (campaign: Campaign, at: At, move: CampaignMove, jitterSeconds: number): void => {
    const work = async (): Promise<void> => {
      const now = clock.now();
      const found = await triggerMove(ports.movePlanned, campaign.order, move, jitterSeconds, now);
      if (found.kind === 'noted') {
        pages.note(at.page, { row: at.row, ...found.outcome });
        if (isOpen(found.outcome.code)) tell(at, found.sign, move.to);
        return;
      }
      const isOver = isGivenUp(campaign, at, found, postponed, clock.now());
      pages.note(at.page, { row: at.row, code: isOver ? 'k' : '.', because: found.because });
      if (isOver) return;
      waits = found;
      postponed.set(`${at.page} ${at.row}`, clock.now() + postponedMs);
    };
    // A fault leaves it claimed: it is looked at, and begun again if it was not.
    const done: Promise<void> = work()
      .catch(() => tell(at, 'none', move.to))
      .finally(() => asking.delete(done));
    asking.add(done);
  };
  const mayGo = ({ page, row }: At, now: Instant): boolean =>
    (postponed.get(`${page} ${row}`) ?? 0) <= now;
  return {
    release: async (campaign, wave, world) => {
      const now = clock.now();
      if (wave.firstPage !== window.wave) window = { wave: wave.firstPage, from: 0, barred: 0 };
      const { planned, looked } = await plannedOf(pages, wave, window.from, (at) => mayGo(at, now));
      if (planned.length === 0) return nonePlanned(waits);
      const countMax = Math.max(0, atOnceMax - asking.size);
      const surroundings = await surroundingsOf(campaign, world, { underWay, countMax, now });
      const picked = await takeTokens(ports, planned, surroundings);
      for (const { page, row } of picked.places) pages.note(page, { row, code: 'c' });
      await pages.flush(); // it is told before anything is done
      const jitter = jitterOf(campaign, pages, world);
      for (const { page, row, move } of picked.places)
        trigger(campaign, { page, row }, move, jitter);
      window = windowAfter(window, looked, picked, wave.pageCount);
      return releasedBy(picked, waits?.because, {
        isAllBarred: window.barred >= wave.pageCount,
        isAllLooked: looked === wave.pageCount,
      });
    },
    again: async (campaign, places, world) => {
      const jitter = jitterOf(campaign, pages, world);
      for (const at of places) {
        const move = (await pages.rowsOf(at.page))[at.row];
        if (move) trigger(campaign, at, move, jitter);
      }
    },
    settled: async () => void (await Promise.all(asking)),
  };
};

/** All that is left was tried, and waits to be tried again. */
const nonePlanned = (waits: Waits | undefined): Released => ({
  count: 0,
  binds: waits?.because,
  stuck: waits?.isPassing === false ? waits.because : undefined,
  isShut: false,
});

const releasedBy = (
  { places, binds, stuck }: Picked,
  waits: string | undefined,
  { isAllBarred, isAllLooked }: { readonly isAllBarred: boolean; readonly isAllLooked: boolean },
): Released => ({
  count: places.length,
  binds: binds ?? waits,
  stuck: isAllBarred ? stuck : undefined,
  isShut: places.length === 0 && binds === shutBar && isAllLooked,
});

/** A quarter of an hour after its wave began, and tried twice: what is not known of it by then keeps the wave no longer. */
const isGivenUp = (
  { waves }: Campaign,
  { page, row }: At,
  { isPassing }: Extract<Triggered, { readonly kind: 'waits' }>,
  postponed: ReadonlyMap<string, number>,
  now: Instant,
): boolean => {
  const wave = waves.findLast(({ firstPage }) => firstPage <= page);
  const isLate = wave?.begunAt !== undefined && now - wave.begunAt >= stuckMs;
  return !isPassing && isLate && postponed.has(`${page} ${row}`);
};

/** From which page of a wave on it is looked, and of how many in a row nobody could go. */
type Window = { readonly wave: number; readonly from: number; readonly barred: number };

/** Where nobody of a window can go, the next is looked at: those at the front must not hide the others. */
const windowAfter = (
  { wave, from, barred }: Window,
  looked: number,
  { places, stuck }: Picked,
  pageCount: number,
): Window => ({
  wave,
  from: places.length > 0 ? from : (from + looked) % pageCount,
  barred: places.length === 0 && stuck !== undefined ? barred + looked : 0,
});

const plannedOf = async (
  pages: CampaignPages,
  { firstPage, pageCount }: Wave,
  from: number,
  mayGo: (at: At) => boolean,
): Promise<{ readonly planned: readonly Place[]; readonly looked: number }> => {
  const planned: Place[] = [];
  let looked = 0;
  while (looked < pageCount && planned.length < lookedAtMax) {
    const page = firstPage + ((from + looked) % pageCount);
    looked += 1;
    const { codes } = pages.progressOf(page);
    if (!codes.includes('.')) continue;
    const rows = await pages.rowsOf(page);
    for (const [row, move] of rows.entries())
      if (codes[row] === '.' && mayGo({ page, row })) planned.push({ page, row, move });
  }
  return { planned, looked };
};

/** [C4] The tokens are everybody's: whoever is superseded picks again, by what the other has left. */
const takeTokens = async (
  { purses, deadline }: ReleasePorts,
  planned: readonly Place[],
  surroundings: Surroundings,
): Promise<Picked> => {
  const nothing = { places: [], purse: {}, binds: 'another campaign', stuck: undefined };
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const { value, version } = await deadline(timeoutMs, (signal) => purses.read(signal));
    const picked = pick(planned, value.purse, surroundings);
    if (picked.places.length === 0) return picked;
    const after = { ...value, purse: tidied(picked.purse, surroundings.now) };
    const outcome = await deadline(timeoutMs, (signal) => purses.write(after, version, signal));
    if (outcome === 'written') return picked;
  }
  return nothing;
};

const waitingIn = (pages: CampaignPages, { waves }: Campaign): number =>
  waves
    .flatMap((wave) => pages.ofWave(wave))
    .reduce((sum, { codes }) => sum + codes.split('p').length - 1, 0);

const jitterOf = (campaign: Campaign, pages: CampaignPages, { quotas }: World): number =>
  parkedJitterSeconds(waitingIn(pages, campaign), quotas);
