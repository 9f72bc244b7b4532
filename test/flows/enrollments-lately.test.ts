import { expect, test } from 'vitest';
import { memoryEnrollments } from '../../shared/adapters/memory/enrollments.ts';
import { enrollmentKey } from '../../shared/domain/enrollment.ts';
import { instant } from '../../shared/domain/instant.ts';
import { enrollmentsLately } from '../../shared/flows/enrollments-lately.ts';
import { main } from '../support/a-question.ts';
import { anEnrollment } from '../support/a-request.ts';

const { signal: never } = new AbortController();

test('an enrollment is read once in ten seconds, and what has changed is known then', async () => {
  const [enrollments, time] = [memoryEnrollments(), { now: 0 }];
  let reads = 0;
  const counted = {
    read: (...asked: Parameters<typeof enrollments.read>) => {
      reads += 1;
      return enrollments.read(...asked);
    },
  };
  const { read } = enrollmentsLately(counted, { now: () => instant(time.now) });
  const [before, after] = [anEnrollment(), { ...anEnrollment(), reprovision: 'never' as const }];
  const key = enrollmentKey(main, before);
  expect(await read(key, never)).toBeUndefined();
  await enrollments.learn(main, before, never);
  expect(await read(key, never)).toEqual(before); // one that was not there is looked for again
  await enrollments.learn(main, after, never);
  time.now = 9_999;
  expect(await read(key, never)).toEqual(before);
  expect(reads).toBe(2);
  time.now = 10_000;
  expect(await read(key, never)).toEqual(after);
  expect(reads).toBe(3);
});
