import type { CampaignMove } from '../campaign/campaign.ts';
import { capKey, type Surroundings } from '../campaign/pick.ts';
import type { Wave } from '../campaign/wave.ts';
import type { CampaignPages } from './campaign-pages.ts';

/** How many are under way: to each hub, by its index; and of each value of each cap. */
type UnderWay = readonly [Map<number, number>, Map<string, number>];

/**
 * Those under way take room where they go, and of the caps; those that wait for their device take room alone. What each of them is, is read
 * once.
 */
export const movesUnderWay = (
  pages: CampaignPages,
): ((waves: readonly Wave[], hubs: Surroundings['hubs']) => Promise<UnderWay>) => {
  let known = new Map<string, CampaignMove | undefined>();
  return async (waves, hubs) => {
    const [arriving, going] = [new Map<number, number>(), new Map<string, number>()];
    const still = new Map<string, CampaignMove | undefined>();
    const pageCount = waves.reduce((sum, wave) => sum + wave.pageCount, 0);
    for (const { page, row } of pages.open(pageCount)) {
      const key = `${page} ${row}`;
      const move = known.get(key) ?? (await pages.rowsOf(page))[row];
      still.set(key, move);
      if (!move || !hubs[move.to]) continue;
      arriving.set(move.to, (arriving.get(move.to) ?? 0) + 1);
      if (pages.progressOf(page).codes[row] === 'p') continue;
      for (const [cap, value] of move.groups.entries())
        if (value !== undefined) {
          const of = capKey(cap, value);
          going.set(of, (going.get(of) ?? 0) + 1);
        }
    }
    known = still;
    return [arriving, going];
  };
};
