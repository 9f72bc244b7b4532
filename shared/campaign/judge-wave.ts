import type { Instant } from '../domain/instant.ts';
import type { Campaign, Gate, Measure } from './campaign.ts';
import type { CampaignLimits } from './campaign-limits.ts';
import { canarySize, failsAt, type Ruling, ruleOn } from './gate.ts';
import { brokenOf, isBroken, judgedOf, type Progress, tallyOf } from './progress.ts';

/** What a look at devices showed at the end of a wave: how many of so many are not heard from any more. */
export type Silence = { readonly lost: number; readonly of: number };

export const canaryOf = ({ brokenPercent, baselinePercent }: CampaignLimits): number =>
  canarySize(brokenPercent / 100, Math.min(baselinePercent, brokenPercent / 2) / 100);

/** Fewer tell nothing of a hub. */
const controlMin = 50;

/** How many fall silent by themselves, at the least that is likely (a lower bound of 95 %). */
const adriftOf = ({ lost, of }: Silence): number => {
  if (of < controlMin) return 0;
  const rate = lost / of;
  return Math.max(0, rate - 1.645 * Math.sqrt((rate * (1 - rate)) / of));
};

/**
 * The gate at the end of a wave: what was moved, against its limits. As many as fall silent of those that were not moved are not laid to the
 * move: that limit is so much higher.
 */
export const judgeWave = (
  { order: { limits }, isSingle }: Pick<Campaign, 'order' | 'isSingle'>,
  pages: readonly Pick<Progress, 'codes'>[],
  moved: Silence,
  control: Silence,
  now: Instant,
): Gate => {
  const tally = tallyOf(pages);
  const judged = judgedOf(tally);
  const adrift = adriftOf(control);
  const measure = (
    what: Measure['what'],
    count: number,
    of: number,
    percent: number,
    more = 0,
  ): Measure => {
    const limit = Math.min(1, percent / 100 + more);
    return { what, count, of, limit, ruling: ruleOn(count, of, limit, true) };
  };
  const measures = [
    measure('stranded', tally.s, judged, limits.strandedPercent),
    measure('broken', brokenOf(tally), judged, limits.brokenPercent),
    ...(moved.of > 0
      ? [measure('fell silent', moved.lost, moved.of, limits.brokenPercent, adrift)]
      : []),
  ];
  const ruling = isSingle && tally.s > 0 ? 'fail' : worst(measures);
  const told: Measure = {
    what: 'control',
    count: control.lost,
    of: control.of,
    limit: adrift,
    ruling: 'pass',
  };
  return { ruling, at: now, measures: control.of > 0 ? [...measures, told] : measures, tally };
};

const worst = (measures: readonly Measure[]): Ruling =>
  (['fail', 'inconclusive'] as const).find((ruling) =>
    measures.some((one) => one.ruling === ruling),
  ) ?? 'pass';

/**
 * Whether a wave has failed already: in some block of it, as large as a canary, as many are broken as fail it, even if all the rest of that
 * block arrive. A wave is many canaries, one after the other. Says why.
 */
export const hasFailed = (
  { order: { limits }, isSingle }: Pick<Campaign, 'order' | 'isSingle'>,
  pages: readonly Pick<Progress, 'codes'>[],
): string | undefined => {
  const block = canaryOf(limits);
  const codes = pages.map((page) => page.codes).join('');
  if (isSingle)
    return codes.includes('s')
      ? 'a device was stranded, in a plan too small for a canary'
      : undefined;
  const brokenMost = failsAt(block, limits.brokenPercent / 100);
  const strandedMost = failsAt(block, limits.strandedPercent / 100);
  for (let from = 0; from < codes.length; from += block) {
    let [broken, stranded] = [0, 0];
    for (const code of codes.slice(from, from + block)) {
      if (code === 's') stranded += 1;
      if (isBroken(code)) broken += 1;
    }
    const of = Math.min(block, codes.length - from);
    if (stranded >= strandedMost) return `${stranded} of ${of} moves stranded`;
    if (broken >= brokenMost) return `${broken} of ${of} moves came to nothing`;
  }
  return undefined;
};
