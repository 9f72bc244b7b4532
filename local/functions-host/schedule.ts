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
  const cron = toCron(expression, fields);
  const next = (afterMs: number): number => {
    const found = cron.nextRun(new Date(afterMs));
    if (!found) throw new Error(`'${expression}' never occurs.`);
    return found.getTime();
  };
  const everyMinute = fields.slice(1).every((text) => text === '*');
  return { next, subMinute: everyMinute && next(next(0)) - next(0) < 60_000 };
};

const toCron = (expression: string, fields: readonly string[]): Cron => {
  try {
    if (!isNcrontab(fields)) throw new Error('It has parts that NCRONTAB does not.');
    const names = fields.map((text) => text.replace(/[a-z]{3,}/gi, (name) => name.slice(0, 3)));
    return new Cron(names.join(' '), {
      timezone: 'UTC',
      domAndDow: true,
      sloppyRanges: true,
      mode: '6-part',
      paused: true,
    });
  } catch (cause) {
    throw new Error(`'${expression}' is no NCRONTAB schedule.`, { cause });
  }
};

const isNcrontab = (fields: readonly string[]): boolean =>
  fields.length === 6 &&
  fields.every((text) => field.test(text)) &&
  !/(?:^|[,-])7/.test(fields[5] ?? '');
