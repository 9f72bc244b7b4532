import type { Campaign } from '../campaign/campaign.ts';
import { rowCountsOf } from '../campaign/wave.ts';
import type { Instant } from '../domain/instant.ts';
import { moveIdIn } from '../domain/move.ts';
import type { CampaignPages } from './campaign-pages.ts';
import type { EndMove } from './end-move.ts';
import type { Following } from './follow-moves.ts';
import { inParallel } from './in-parallel.ts';

/** From one try to call a move off to the next: what DPS has moved cannot be, and ends by itself. */
const againMs = 30_000;
const atOnceMax = 16;
/** So many a round, so that the runner stays alive. */
const perRoundMax = 320;

export type Cancelling = (campaign: Campaign, because: string, now: Instant) => Promise<void>;

/** [C3] Calls off what is under way, and takes its requests back: the valve is shut already. */
export const cancelOpen = (
  endMove: EndMove,
  pages: CampaignPages,
  following: Following,
): Cancelling => {
  const triedAt = new Map<string, number>();
  return async ({ order, waves }, because, now) => {
    const open = pages
      .open(rowCountsOf(waves).length)
      .filter(({ page, row }) => now - (triedAt.get(`${page} ${row}`) ?? 0) >= againMs)
      .slice(0, perRoundMax);
    const cancel = async ({ page, row }: (typeof open)[number]): Promise<void> => {
      triedAt.set(`${page} ${row}`, now);
      const move = (await pages.rowsOf(page))[row];
      if (!move) return;
      const ended = await endMove(
        order.scope,
        move.deviceId,
        because,
        moveIdIn(order.id, move.deviceId),
      );
      const isClaimed = pages.progressOf(page).codes[row] === 'c';
      if (ended.kind === 'ended' || !isClaimed) following.add({ page, row }, 0);
      else if (ended.kind === 'no-move' || ended.kind === 'unknown-device')
        pages.note(page, { row, code: '.' }); // it was claimed, and never begun
    };
    await inParallel(open, atOnceMax, cancel);
  };
};
