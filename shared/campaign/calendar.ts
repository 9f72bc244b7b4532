import { type Instant, instant } from '../domain/instant.ts';

/** When devices may be moved, by the clock on the wall where they are. */
export type Calendar = {
  /** In one of these; none: at any time. */
  readonly windows: readonly Window[];
  /** And in none of these. */
  readonly freezes: readonly Freeze[];
  /** IANA's name of the time zone of devices that do not say theirs: `Europe/Zurich`. */
  readonly zone: string;
  /** The label by which a device says its own. */
  readonly zoneLabel: string | undefined;
};

/** `{ from: '22:00', to: '05:00' }`: past midnight, it is the night that begins on those days. */
export type Window = {
  /** 0 is Sunday; undefined: every day. */
  readonly days: readonly number[] | undefined;
  readonly from: string;
  readonly to: string;
};

/** From one local time to another: `2026-12-24T00:00`. */
export type Freeze = { readonly from: string; readonly to: string };

export const alwaysOpen: Calendar = {
  windows: [],
  freezes: [],
  zone: 'UTC',
  zoneLabel: undefined,
};

export const isAlways = ({ windows, freezes }: Calendar): boolean =>
  windows.length === 0 && freezes.length === 0;

/** The time zone of a device with those labels. */
export const zoneOf = (
  { zone, zoneLabel }: Calendar,
  labels: Readonly<Record<string, string>>,
): string => (zoneLabel === undefined ? zone : (labels[zoneLabel] ?? zone));

export const isTimeZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

/** A calendar in one time zone. */
export type Opening = {
  /** [C8] Whether devices may be moved then. */
  readonly isOpen: (at: Instant) => boolean;
  /** When it closes again, of a time when it is open; undefined: not within two days. */
  readonly closesAt: (at: Instant) => Instant | undefined;
};

const minuteMs = 60_000;
/** How far ahead is looked. Every offset of a time zone is made of quarters of an hour: what changes, changes so many minutes past one. */
const aheadMs = 48 * 3_600_000;
const stepMs = 15 * minuteMs;

/** Minutes past a quarter of an hour in which something opens or closes; 0 is where clocks are put forward or back. */
const boundaryMinutes = ({ windows, freezes }: Calendar): readonly number[] => {
  const told = [...windows, ...freezes].flatMap(({ from, to }) => [from, to]);
  const past = told.map((text) => Number(text.slice(-2)) % 15);
  return [...new Set([0, ...past])].sort((one, other) => one - other);
};

/** @throws RangeError when there is no such time zone. */
export const openingIn = (calendar: Calendar, zone: string): Opening => {
  if (isAlways(calendar)) return { isOpen: () => true, closesAt: () => undefined };
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const isOpen = (at: Instant): boolean => {
    const local = localTime(format, at);
    return (
      (calendar.windows.length === 0 || calendar.windows.some((one) => isWithin(one, local))) &&
      !calendar.freezes.some(({ from, to }) => local.text >= from && local.text < to)
    );
  };
  const minutes = boundaryMinutes(calendar);
  const closesAt = (at: Instant): Instant | undefined => {
    for (let step = Math.floor(at / stepMs) * stepMs; step <= at + aheadMs; step += stepMs)
      for (const minute of minutes) {
        const next = instant(step + minute * minuteMs);
        if (next > at && !isOpen(next)) return next;
      }
    return undefined;
  };
  return { isOpen, closesAt };
};

type LocalTime = { readonly text: string; readonly clock: string; readonly day: number };

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Where a clock is put forward, an hour is passed over; where it is put back, an hour comes twice. */
const localTime = (format: Intl.DateTimeFormat, at: Instant): LocalTime => {
  const parts = Object.fromEntries(
    format.formatToParts(at).map(({ type, value }) => [type, value]),
  );
  const { year, month, day, hour, minute, weekday = '' } = parts;
  const clock = `${hour}:${minute}`;
  return { text: `${year}-${month}-${day}T${clock}`, clock, day: weekdays.indexOf(weekday) };
};

const isWithin = ({ days, from, to }: Window, { clock, day }: LocalTime): boolean => {
  const isOn = (weekday: number): boolean => days === undefined || days.includes(weekday);
  if (from < to) return isOn(day) && clock >= from && clock < to;
  if (clock >= from) return isOn(day);
  return clock < to && isOn((day + 6) % 7); // the night that began the day before
};
