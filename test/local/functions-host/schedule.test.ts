import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSchedule } from '../../../local/functions-host/schedule.ts';

const next = (expression: string, after: string): string =>
  new Date(parseSchedule(expression).next(Date.parse(after))).toISOString();

test.each([
  ['0 */5 * * * *', '2026-01-01T12:34:56Z', '2026-01-01T12:35:00.000Z'],
  ['*/5 * * * *', '2026-01-01T12:34:56Z', '2026-01-01T12:35:00.000Z'],
  ['*/10 * * * * *', '2026-01-01T12:34:56Z', '2026-01-01T12:35:00.000Z'],
  ['0 30 9 * * 1-5', '2026-01-02T09:30:00Z', '2026-01-05T09:30:00.000Z'],
  ['0 30 9 * January Monday', '2026-01-06T00:00:00Z', '2026-01-12T09:30:00.000Z'],
  ['0 0 9 1 * Mon', '2026-01-01T12:34:56Z', '2026-06-01T09:00:00.000Z'],
  ['0 0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ['3/7 * * * * *', '2026-01-01T00:00:03Z', '2026-01-01T00:00:10.000Z'],
])('%s after %s', (expression, after, expected) => {
  expect(next(expression, after)).toBe(expected);
});

test('day of month and day of week must both hold, at any second', () => {
  const field = (max: number, min = 0) =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min, max }).map(String),
      fc.integer({ min: 2, max: 6 }).map((step) => `*/${step}`),
    );
  const holds = (text: string, value: number, min: number): boolean => {
    if (text === '*') return true;
    const step = /^\*\/(\d+)$/.exec(text)?.[1];
    return step ? (value - min) % Number(step) === 0 : Number(text) === value;
  };
  const expression = fc.tuple(
    field(59),
    field(59),
    field(23),
    field(28, 1),
    field(12, 1),
    field(6),
  );
  fc.assert(
    fc.property(expression, fc.integer({ min: 0, max: 4e9 }), (fields, seconds) => {
      const at = new Date(parseSchedule(fields.join(' ')).next(seconds * 1000));
      const parts = [
        at.getUTCSeconds(),
        at.getUTCMinutes(),
        at.getUTCHours(),
        at.getUTCDate(),
        at.getUTCMonth() + 1,
        at.getUTCDay(),
      ];
      expect(at.getTime()).toBeGreaterThan(seconds * 1000);
      expect(
        fields.map((text, index) =>
          holds(text, parts[index] ?? -1, index === 3 || index === 4 ? 1 : 0),
        ),
      ).not.toContain(false);
    }),
    { numRuns: 200 },
  );
});

test.each([
  ['*/10 * * * * *', true],
  ['0 * * * * *', false],
  ['*/10 5 * * * *', false],
])('%s is under a minute: %s', (expression, expected) => {
  expect(parseSchedule(expression).subMinute).toBe(expected);
});

test.each([
  '',
  'x',
  '@daily',
  '00:05:00',
  '0 0 0 L * *',
  '0 0 0 ? * MON',
  '0 0 0 * * MON#1',
  '0 0 0 * * 7',
  '0 0 0 1 1 * 2027',
  '99 * * * * *',
  '%SCHEDULE%',
])('%j is refused by name', (expression) => {
  expect(() => parseSchedule(expression)).toThrow(expression);
});
