import type { Wave } from '../campaign/campaign.ts';
import { capKey, type Surroundings } from '../campaign/pick.ts';
import type { CampaignPages } from './campaign-pages.ts';

/** Those under way take room where they go, and of the caps; those that wait for their device take room alone. */
export const underWay = async (
  pages: CampaignPages,
  waves: readonly Wave[],
  hubs: Surroundings['hubs'],
): Promise<readonly [Map<number, number>, Map<string, number>]> => {
  const [arriving, going] = [new Map<number, number>(), new Map<string, number>()];
  const pageCount = waves.reduce((sum, wave) => sum + wave.pageCount, 0);
  for (const { page, row } of pages.open(pageCount)) {
    const move = (await pages.rowsOf(page))[row];
    if (!move || !hubs[move.to]) continue;
    arriving.set(move.to, (arriving.get(move.to) ?? 0) + 1);
    if (pages.progressOf(page).codes[row] === 'p') continue;
    for (const [cap, value] of move.groups.entries())
      if (value !== undefined) {
        const key = capKey(cap, value);
        going.set(key, (going.get(key) ?? 0) + 1);
      }
  }
  return [arriving, going];
};
