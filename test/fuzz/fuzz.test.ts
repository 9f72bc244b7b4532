import { expect, test } from 'vitest';
import { fuzz } from './fuzz.ts';

/** `npm run fuzz` plays as many as one likes. */
test('[A1] ten thousand hostile bodies: never a 5xx, never a hub that was not asked about, and each refusal names a field', async () => {
  const { answered, refused, wrong } = await fuzz(0, 10_000);
  expect(wrong).toEqual([]);
  expect(answered + refused).toBe(10_000);
  expect(Math.min(answered, refused)).toBeGreaterThan(1_000);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
}, 60_000);
