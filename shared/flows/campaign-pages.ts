import type { CampaignMove } from '../campaign/campaign.ts';
import { isOpen, newProgress, noted, type Outcome, type Progress } from '../campaign/progress.ts';
import type { Wave } from '../campaign/wave.ts';
import type { Campaigns, KeptProgress } from '../ports/campaigns.ts';
import type { Deadline } from '../ports/deadline.ts';

/** What became of a campaign's moves, as its runner works on it. */
export type CampaignPages = {
  readonly progressOf: (page: number) => Progress;
  /** Of a wave. */
  readonly ofWave: (wave: Wave) => readonly Progress[];
  readonly rowsOf: (page: number) => Promise<readonly CampaignMove[]>;
  /** Places of moves that have begun and not ended, on pages up to that one. */
  readonly open: (pageCount: number) => readonly { readonly page: number; readonly row: number }[];
  readonly note: (page: number, outcome: Outcome) => void;
  /** What was noted is kept once this is done. A fault throws, and loses nothing: it is kept with the next. */
  readonly flush: () => Promise<void>;
};

const timeoutMs = 10_000;
/** Who is superseded reads and notes again. */
const attemptsMax = 8;
/** Pages of moves that are held at once: 200 KB each. */
const heldMax = 64;

type Held = {
  kept: KeptProgress | undefined;
  readonly waiting: Outcome[];
  now: Progress;
};

type Ports = { readonly campaigns: Campaigns; readonly deadline: Deadline };

/** Pages never change: the last that were read are held. */
const readingRows = ({ campaigns, deadline }: Ports, id: string): CampaignPages['rowsOf'] => {
  const rows = new Map<number, readonly CampaignMove[]>();
  return async (page) => {
    const known = rows.get(page);
    if (known) return known;
    const read = await deadline(timeoutMs, (signal) => campaigns.readPage(id, page, signal));
    if (!read) throw new Error(`The campaign ${id} has lost its page ${page}.`);
    const [oldest] = rows.keys();
    if (rows.size >= heldMax && oldest !== undefined) rows.delete(oldest);
    rows.set(page, read);
    return read;
  };
};

/** @param rowCounts how many moves each page has. */
export const campaignPages = async (
  { campaigns, deadline }: Ports,
  id: string,
  rowCounts: readonly number[],
): Promise<CampaignPages> => {
  const stored = await deadline(timeoutMs, (signal) => campaigns.allProgress(id, signal));
  const pages = rowCounts.map((count, page): Held => {
    const kept = stored.get(page);
    return { kept, waiting: [], now: kept?.progress ?? newProgress(count) };
  });
  const held = (page: number): Held => {
    const found = pages[page];
    if (!found) throw new RangeError(`The campaign ${id} has no page ${page}.`);
    return found;
  };
  const flushOne = async (page: number): Promise<void> => {
    const one = held(page);
    const writing = [...one.waiting];
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const base = one.kept?.progress ?? newProgress(rowCounts[page] ?? 0);
      const progress = noted(base, writing);
      const outcome = await deadline(timeoutMs, (signal) =>
        campaigns.writeProgress(id, page, progress, one.kept?.version, signal),
      );
      if (outcome !== 'superseded') {
        one.kept = { progress, version: outcome.version };
        one.waiting.splice(0, writing.length);
        one.now = noted(progress, one.waiting);
        return;
      }
      one.kept = await deadline(timeoutMs, (signal) => campaigns.readProgress(id, page, signal));
    }
    throw new Error(`Page ${page} of ${id} changed with every attempt.`);
  };
  return {
    progressOf: (page) => held(page).now,
    ofWave: ({ firstPage, pageCount }) =>
      pages.slice(firstPage, firstPage + pageCount).map(({ now }) => now),
    rowsOf: readingRows({ campaigns, deadline }, id),
    open: (pageCount) =>
      pages.slice(0, pageCount).flatMap(({ now }, page) => {
        const found: { page: number; row: number }[] = [];
        for (let row = 0; row < now.codes.length; row += 1)
          if (isOpen(now.codes[row] ?? '')) found.push({ page, row });
        return found;
      }),
    note: (page, outcome) => {
      const one = held(page);
      one.waiting.push(outcome);
      one.now = noted(one.now, [outcome]);
    },
    flush: async () => {
      const dirty = pages.flatMap(({ waiting }, page) => (waiting.length > 0 ? [page] : []));
      for (const page of dirty) await flushOne(page);
    },
  };
};
