import { z } from 'zod';
import { type Calendar, isTimeZone } from '../campaign/calendar.ts';
import { type CampaignLimits, campaignLimits } from '../campaign/campaign-limits.ts';
import { rungs } from '../campaign/ladder.ts';

/** What a campaign is bounded by, as a person writes it: in a request, and in the setting REHOME_CAMPAIGN. */

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time as 22:00');
/** 2026-02-31 is none: it would be the third of March. */
const isOnCalendar = (text: string): boolean => {
  const at = new Date(`${text}Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
};

const localTime = z
  .string()
  .regex(/^\d{4}-(0\d|1[0-2])-[0-3]\dT([01]\d|2[0-3]):[0-5]\d$/, 'expected 2026-12-24T00:00')
  .refine(isOnCalendar, 'no such day');
const label = z.string().min(1).max(32);
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

const windowText = z
  .strictObject({ days: z.array(z.enum(weekdays)).min(1).optional(), from: clock, to: clock })
  .refine(({ from, to }) => from !== to, 'from and to are the same')
  .transform(({ days, from, to }) => ({
    days: days?.map((day) => weekdays.indexOf(day)),
    from,
    to,
  }));

const freezeText = z
  .strictObject({ from: localTime, to: localTime })
  .refine(({ from, to }) => from < to, 'it ends before it begins');

const percent = z.number().gt(0).max(100);
const listMax = 50;

export const campaignLimitsText = z
  .strictObject({
    brokenPercent: percent.optional(),
    strandedPercent: percent.optional(),
    baselinePercent: z.number().min(0).max(50).optional(),
    wavePercents: z.array(percent).min(1).max(20).optional(),
    bakeMinutes: z.number().min(0).max(10_080).optional(),
    onFail: z.enum(['hold', 'abort', 'rollback']).optional(),
    windows: z.array(windowText).max(listMax).optional(),
    freezes: z.array(freezeText).max(listMax).optional(),
    timeZone: z.string().refine(isTimeZone, 'no time zone of IANA').optional(),
    timeZoneLabel: label.optional(),
    caps: z
      .array(z.strictObject({ label, atOnce: z.int().min(1) }))
      .max(5)
      .optional(),
    windowMinutes: z.number().min(1).max(1_440).optional(),
    parkedHours: z.number().min(0).max(720).optional(),
    drill: z.boolean().optional(),
    canaryOnly: z.boolean().optional(),
    ladder: z.enum(rungs).optional(),
  })
  .refine(
    ({ wavePercents = [] }) =>
      wavePercents.every((one, index) => one > (wavePercents[index - 1] ?? 0)),
    { path: ['wavePercents'], message: 'each is more than the one before' },
  );

type Told = z.output<typeof campaignLimitsText>;

/** @param usual where nothing is said. */
export const toCampaignLimits = (
  told: Told,
  usual: CampaignLimits = campaignLimits,
): CampaignLimits => ({
  ...usual,
  brokenPercent: told.brokenPercent ?? usual.brokenPercent,
  strandedPercent: told.strandedPercent ?? usual.strandedPercent,
  baselinePercent: told.baselinePercent ?? usual.baselinePercent,
  wavePercents: told.wavePercents ?? usual.wavePercents,
  bakeMs: msOf(told.bakeMinutes, 60_000) ?? usual.bakeMs,
  onFail: told.onFail ?? usual.onFail,
  calendar: calendarOf(told, usual.calendar),
  caps: told.caps ?? usual.caps,
  windowMs: msOf(told.windowMinutes, 60_000) ?? usual.windowMs,
  parkedMs: msOf(told.parkedHours, 3_600_000) ?? usual.parkedMs,
  isDrill: told.drill ?? usual.isDrill,
  isCanaryOnly: told.canaryOnly ?? usual.isCanaryOnly,
  ladder: told.ladder ?? usual.ladder,
});

const msOf = (count: number | undefined, unitMs: number): number | undefined =>
  count === undefined ? undefined : count * unitMs;

const calendarOf = (told: Told, usual: Calendar): Calendar => ({
  windows: told.windows ?? usual.windows,
  freezes: told.freezes ?? usual.freezes,
  zone: told.timeZone ?? usual.zone,
  zoneLabel: told.timeZoneLabel ?? usual.zoneLabel,
});
