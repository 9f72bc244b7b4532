import type { Instant } from '../domain/instant.ts';
import type { Campaign } from './campaign.ts';
import type { CampaignLimits } from './campaign-limits.ts';
import { canarySize, failsAt, type Ruling, ruleOn } from './gate.ts';
import { brokenOf, isBroken, judgedOf, type Progress, tallyOf } from './progress.ts';
import type { Gate, Measure, Pardon, Wave } from './wave.ts';

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
 * move: that limit is so much higher. What a person has pardoned does not count.
 */
export const judgeWave = (
  { order: { limits }, isSingle }: Judged,
  pages: Pages,
  { pardoned }: Pardoned,
  moved: Silence,
  control: Silence,
  now: Instant,
): Gate => {
  const tally = tallyOf(pages);
  const forgiven = (what: 'stranded' | 'broken'): number =>
    pardoned.reduce((sum, one) => sum + one[what], 0);
  const stranded = tally.s - forgiven('stranded');
  const broken = brokenOf(tally) - forgiven('broken');
  const judged = judgedOf(tally) - forgiven('broken');
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
    measure('stranded', stranded, judged, limits.strandedPercent),
    measure('broken', broken, judged, limits.brokenPercent),
    ...(moved.of > 0
      ? [measure('fell silent', moved.lost, moved.of, limits.brokenPercent, adrift)]
      : []),
  ];
  const ruling = isSingle && stranded > 0 ? 'fail' : worst(measures);
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
export const hasFailed = (campaign: Judged, pages: Pages, wave: Pardoned): string | undefined => {
  for (const block of blocksOf(campaign, pages)) {
    const because = failureOf(campaign, withoutPardoned(block, wave));
    if (because !== undefined) return because;
  }
  return undefined;
};

/** A person has said that it goes on: by then so much had failed in it. */
export const pardonsOf = (campaign: Judged, pages: Pages): readonly Pardon[] =>
  blocksOf(campaign, pages)
    .filter((block) => failureOf(campaign, block) !== undefined)
    .map(({ block, stranded, broken }) => ({ block, stranded, broken }));

type Judged = Pick<Campaign, 'order' | 'isSingle'>;
type Pages = readonly Pick<Progress, 'codes'>[];
type Pardoned = Pick<Wave, 'pardoned'>;
type Block = Pardon & { readonly of: number };

const blocksOf = ({ order: { limits } }: Judged, pages: Pages): readonly Block[] => {
  const size = canaryOf(limits);
  const codes = pages.map((page) => page.codes).join('');
  return Array.from({ length: Math.ceil(codes.length / size) }, (_, block) => {
    const some = codes.slice(block * size, (block + 1) * size);
    let [broken, stranded] = [0, 0];
    for (const code of some) {
      if (code === 's') stranded += 1;
      if (isBroken(code)) broken += 1;
    }
    return { block, stranded, broken, of: some.length };
  });
};

const withoutPardoned = (found: Block, { pardoned }: Pardoned): Block => {
  const known = pardoned.find(({ block }) => block === found.block);
  const { stranded = 0, broken = 0 } = known ?? {};
  return {
    block: found.block,
    stranded: found.stranded - stranded,
    broken: found.broken - broken,
    of: found.of - broken,
  };
};

const failureOf = (
  { order: { limits }, isSingle }: Judged,
  { stranded, broken, of }: Block,
): string | undefined => {
  const size = canaryOf(limits);
  if (isSingle)
    return stranded > 0 ? 'a device was stranded, in a plan too small for a canary' : undefined;
  if (stranded >= failsAt(size, limits.strandedPercent / 100))
    return `${stranded} of ${of} moves stranded`;
  if (broken >= failsAt(size, limits.brokenPercent / 100))
    return `${broken} of ${of} moves came to nothing`;
  return undefined;
};
