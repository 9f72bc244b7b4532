import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inParallel } from '../../shared/flows/in-parallel.ts';

test('so many at once, the next as soon as one is done; answers in their order', async () => {
  let [now, most] = [0, 0];
  const work = async (turns: number): Promise<string> => {
    now += 1;
    most = Math.max(most, now);
    for (let left = turns; left > 0; left -= 1) await turn();
    now -= 1;
    return `${turns}`;
  };
  const turns = [9, 1, 1, 1, 1, 5, 0];
  expect(await inParallel(turns, 2, work)).toEqual(turns.map(String));
  expect(most).toBe(2);
  expect(await inParallel([], 2, work)).toEqual([]);
});

test('a slow one holds up nobody but its own worker', async () => {
  const ended: number[] = [];
  await inParallel([9, 1, 1, 1, 1], 2, async (turns) => {
    for (let left = turns; left > 0; left -= 1) await turn();
    ended.push(turns);
  });
  expect(ended).toEqual([1, 1, 1, 1, 9]);
});

test('the first fault is thrown, and no more are begun', async () => {
  const begun: number[] = [];
  const work = async (one: number): Promise<void> => {
    begun.push(one);
    await turn();
    if (one === 1) throw new Error('one of them');
  };
  await expect(inParallel([0, 1, 2, 3, 4, 5, 6, 7], 2, work)).rejects.toThrow('one of them');
  for (let left = 20; left > 0; left -= 1) await turn();
  expect(begun).toEqual([0, 1, 2]);
});
