import { z } from 'zod';
import { rungs } from '../../campaign/ladder.ts';

/** Values that several nouns have. */

/** What a schema describes, as it is answered. */
export type View<Schema extends z.ZodType> = Frozen<z.output<Schema>>;

type Frozen<Value> = unknown extends Value
  ? unknown
  : Value extends readonly (infer Item)[]
    ? readonly Frozen<Item>[]
    : Value extends object
      ? { readonly [Name in keyof Value]: Frozen<Value[Name]> }
      : Value;

export const time = z.iso.datetime().describe('ISO 8601, in UTC');
export const hubName = z.string().describe('a full host name, in lower case');
export const count = z.int().min(0);
const percent = z.number().describe('of 100');
const durationMs = z.number().min(0).describe('milliseconds');

export const goal = z.union([
  z.object({ kind: z.enum(['rebalance', 'relocate']) }),
  z.object({ kind: z.enum(['drain', 'evacuate', 'fill']), hub: hubName }),
  z.object({ kind: z.enum(['quarantine', 'return']), devices: z.array(z.string()) }),
]);

export const planLimitsView = z.object({
  cooldownMs: durationMs,
  resetAllowed: z.boolean(),
  unknownAllowed: z.boolean(),
  slackPercent: percent,
  imbalancePercent: percent,
  imbalanceCount: count,
  movesMax: count.optional(),
  headroomPercent: percent,
  loadLabel: z.string().optional(),
  groupMax: z.object({ label: z.string(), moves: count }).optional(),
});

const calendarView = z.object({
  windows: z.array(
    z.object({
      days: z.array(z.int().min(0).max(6)).optional().describe('0 is Sunday'),
      from: z.string(),
      to: z.string(),
    }),
  ),
  freezes: z.array(z.object({ from: z.string(), to: z.string() })),
  zone: z.string().describe('of IANA'),
  zoneLabel: z.string().optional(),
});

export const campaignLimitsView = z.object({
  brokenPercent: percent,
  strandedPercent: percent,
  baselinePercent: percent,
  wavePercents: z.array(percent),
  bakeMs: durationMs,
  onFail: z.enum(['hold', 'abort', 'rollback']),
  calendar: calendarView,
  caps: z.array(z.object({ label: z.string(), atOnce: count })),
  windowMs: durationMs,
  parkedMs: durationMs,
  resetAllowed: z.boolean(),
  unknownAllowed: z.boolean(),
  isDrill: z.boolean(),
  isCanaryOnly: z.boolean(),
  ladder: z.enum(rungs),
});

/** Query parameters of lists. */
export const limitText = z.string().regex(/^\d+$/).describe('how many, at most');
export const afterText = z.string().describe('where the page before ended, as it said');
export const pageText = z.string().regex(/^\d+$/).describe('from 0');
export const reasonQuery = z.string().min(1).max(200).describe('one line: why');
