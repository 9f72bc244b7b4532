import { Cron } from 'croner';

export type Schedule = {
  /** The first occurrence after the given time, in milliseconds since the epoch. */
  readonly next: (afterMs: number) => number;
  /** Every run is less than a minute after the one before: the real host then keeps no status. */
  readonly subMinute: boolean;
};

/** One NCRONTAB field: `*`, numbers, names and ranges of them, each with a step, in a list. No `L`, `W`, `#` or `?`. */
const part = String.raw`(?:\*|(?:[a-z]{3,9}|\d+)(?:-(?:[a-z]{3,9}|\d+))?)(?:/\d+)?`;
const field = new RegExp(`^${part}(?:,${part})*$`, 'i');

/**
 * NCRONTAB in UTC, as Functions reads it: six fields, or five without seconds; day of month *and* day of week; Sunday is 0.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
 * @throws Error naming the expression.
 */
export const parseSchedule = (expression: string): Schedule => {
  const given = expression.trim().split(/\s+/);
  const fields = given.length === 5 ? ['0', ...given] : given;
  if (
    fields.length !== 6 ||
    !fields.every((text) => field.test(text)) ||
    /7/.test(fields[5] ?? '')
  ) {
    throw new Error(`'${expression}' is no NCRONTAB schedule.`);
  }
  const next = nextOccurrence(expression, fields);
  return {
    next,
    subMinute: next(next(0)) - next(0) < 60_000 && /^[* ]+$/.test(fields.slice(1).join(' ')),
  };
};

const nextOccurrence = (expression: string, fields: readonly string[]) => {
  const names = fields.map((text) => text.replace(/[a-z]{3,}/gi, (name) => name.slice(0, 3)));
  const cron = new Cron(names.join(' '), {
    timezone: 'UTC',
    domAndDow: true,
    sloppyRanges: true,
    mode: '6-part',
    paused: true,
  });
  return (afterMs: number): number => {
    const found = cron.nextRun(new Date(afterMs));
    if (!found) throw new Error(`'${expression}' never occurs.`);
    return found.getTime();
  };
};
