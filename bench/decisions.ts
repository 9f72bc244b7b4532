import { createHash } from 'node:crypto';
import { type AllocationQuestion, allocate } from '../shared/allocation/allocate.ts';
import { hubs, newcomer, readyOf } from './fleet.ts';
import { perSecond, say, whole } from './measure.ts';

/** Decisions a second, beside one SHA-256 of a registration id: what any hashed allocation would pay at the least. */
export const measureDecisions = (): void => {
  const hash = perSecond((index) => createHash('sha256').update(`device-${index}`).digest());
  say(`\nDecisions a second (one SHA-256: ${whole(hash)})`);
  for (const count of [10, 50]) {
    const listed = hubs(count, 1_000);
    const table = readyOf(listed);
    const questions = Array.from({ length: 1_000 }, (_, index) => newcomer(index, listed));
    const residents = questions.map((asked, index) => ({
      ...asked,
      currentHub: listed[index % count]?.hostName,
    }));
    const decide = (asked: readonly AllocationQuestion[]) =>
      perSecond((index) => allocate(asked[index % 1_000] as AllocationQuestion, table));
    const [placed, stayed] = [decide(questions), decide(residents)];
    say(
      `  ${count} hubs   newcomer ${whole(placed)} (${(hash / placed).toFixed(1)} hashes each), resident ${whole(stayed)} (${(hash / stayed).toFixed(1)})`,
    );
  }
};
