import { expect, test } from 'vitest';
import { type AuthLevel, newHostKeys, opens } from '../../../local/functions-host/keys.ts';

const keys = { master: 'm', host: 'h', functions: { one: 'o', other: 'x' } };

test.each<[AuthLevel, string | undefined, boolean]>([
  ['anonymous', undefined, true],
  ['anonymous', 'wrong', true],
  ['function', undefined, false],
  ['function', '', false],
  ['function', 'wrong', false],
  ['function', 'm', true],
  ['function', 'h', true],
  ['function', 'o', true],
  ['function', 'x', false],
  ['admin', 'm', true],
  ['admin', 'h', false],
  ['admin', 'o', false],
  ['admin', undefined, false],
])('a door of level %s with the key %s', (level, presented, expected) => {
  expect(opens(keys, level, 'one', presented)).toBe(expected);
});

test('a function without a key of its own is not opened by an empty one', () => {
  expect(opens(keys, 'function', 'third', 'undefined')).toBe(false);
});

test('new keys are all different, and safe in a URL', () => {
  const made = [newHostKeys(), newHostKeys()].flatMap(({ master, host }) => [master, host]);
  expect(new Set(made).size).toBe(4);
  for (const key of made) expect(key).toMatch(/^[\w-]{54}$/);
});
