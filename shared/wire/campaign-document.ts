import { z } from 'zod';
import type { Breaker } from '../campaign/breaker.ts';
import type { Campaign, CampaignMove } from '../campaign/campaign.ts';
import { isActive } from '../campaign/campaign.ts';
import type { Progress } from '../campaign/progress.ts';
import type { PurseKept } from '../ports/campaigns.ts';
import type { CausesKept } from '../ports/causes.ts';
import { scope, time } from './move-document.ts';

/** The one partition of the campaigns themselves; the pages of each have one of their own. */
export const campaignKind = 'campaign';
/** What all runners share. */
export const sharedKind = 'shared';

/** What stands in it was worked out by us, but for what decides whose it is and what state it is in. */
const campaignDocument = z.looseObject({
  schemaVersion: z.literal(1),
  id: z.string(),
  kind: z.literal(campaignKind),
  order: z.looseObject({ id: z.string(), scope, at: time, hash: z.string() }),
  state: z.looseObject({ kind: z.string() }),
});

/** A campaign that ended a year ago is gone. Seconds. */
const ttl = 366 * 24 * 3_600;

export const toCampaignDocument = (campaign: Campaign) => ({
  schemaVersion: 1 as const,
  id: campaign.order.id,
  kind: campaignKind,
  begunAt: campaign.order.at,
  isActive: isActive(campaign) ? 1 : 0,
  ...present(campaign),
  ttl,
});

/** @throws ZodError when it is none of ours. */
export const parseCampaignDocument = (document: unknown): Campaign => {
  const { order, state, ...read } = campaignDocument.parse(document) as unknown as Campaign;
  return {
    order: { ...order, limits: { ...order.limits, calendar: { ...order.limits.calendar } } },
    state,
    waves: read.waves.map((wave) => ({
      ...wave,
      begunAt: wave.begunAt ?? undefined,
      endedAt: wave.endedAt ?? undefined,
      gate: wave.gate ?? undefined,
      pardoned: wave.pardoned ?? [],
    })),
    isSingle: read.isSingle,
    control: read.control,
    hubStates: read.hubStates,
    resets: read.resets,
    pace: read.pace ? { ...read.pace, stuck: read.pace.stuck ?? undefined } : undefined,
    runner: read.runner ?? undefined,
    log: read.log,
    spent: read.spent,
  };
};

/** `moves-000012`, `progress-000012` */
export const campaignPageId = (kind: 'moves' | 'progress', number: number): string =>
  `${kind}-${String(number).padStart(6, '0')}`;

type MoveRow = readonly [
  string,
  number,
  number,
  number,
  number,
  string | null,
  ...(string | null)[],
];

export const toMovesDocument = (id: string, number: number, rows: readonly CampaignMove[]) => ({
  schemaVersion: 1 as const,
  id: campaignPageId('moves', number),
  kind: id,
  rows: rows.map(
    ({ deviceId, from, to, stage, isCertain, zone, groups }): MoveRow => [
      deviceId,
      from,
      to,
      stage,
      isCertain ? 1 : 0,
      zone ?? null,
      ...groups.map((value) => value ?? null),
    ],
  ),
  ttl,
});

const moveRow = z
  .tuple(
    [z.string(), z.int(), z.int(), z.int(), z.int(), z.string().nullable()],
    z.string().nullable(),
  )
  .transform(
    ([deviceId, from, to, stage, certain, zone, ...groups]): CampaignMove => ({
      deviceId,
      from,
      to,
      stage,
      isCertain: certain === 1,
      zone: zone ?? undefined,
      groups: groups.map((value) => value ?? undefined),
    }),
  );

/** @throws ZodError when it is none of ours. */
export const parseMovesDocument = (document: unknown): readonly CampaignMove[] =>
  z.object({ schemaVersion: z.literal(1), rows: z.array(moveRow) }).parse(document).rows;

const steps = z.record(z.string(), z.number());
const progressDocument = z.object({
  schemaVersion: z.literal(1),
  number: z.int(),
  codes: z.string(),
  notes: z.record(z.string(), z.string()),
  gaps: steps,
  took: steps,
});

export const toProgressDocument = (id: string, number: number, progress: Progress) => ({
  schemaVersion: 1 as const,
  id: campaignPageId('progress', number),
  kind: id,
  /** For the index: of all pages' kinds, those that tell of progress. */
  isProgress: 1,
  number,
  ...progress,
  ttl,
});

/** @throws ZodError when it is none of ours. */
export const parseProgressDocument = (
  document: unknown,
): { readonly number: number; readonly progress: Progress } => {
  const { number, schemaVersion: _, ...progress } = progressDocument.parse(document);
  return { number, progress };
};

const sharedDocument = z.object({ schemaVersion: z.literal(1), value: z.looseObject({}) });

export const toSharedDocument = (id: string, value: object) => ({
  schemaVersion: 1 as const,
  id,
  kind: sharedKind,
  value: present(value),
});

const purse = z.object({
  purse: steps,
  factors: z.record(z.string(), z.object({ factor: z.number(), minute: z.int() })),
});

export const parsePurse = (document: unknown): PurseKept =>
  purse.parse(sharedDocument.parse(document).value);

const breaker = z.object({
  tripped: z.object({ at: time, because: z.string() }).optional(),
  failures: z.array(z.object({ campaignId: z.string(), at: time })),
});

export const parseBreaker = (document: unknown): Breaker => {
  const { tripped, failures } = breaker.parse(sharedDocument.parse(document).value);
  return { tripped, failures };
};

const causes = z.object({
  relocate: z.record(z.string(), z.object({ at: time, because: z.string() })),
});

export const parseCauses = (document: unknown): CausesKept =>
  causes.parse(sharedDocument.parse(document).value);

/** As it travels: without what is undefined. */
const present = (held: object): object => JSON.parse(JSON.stringify(held));
