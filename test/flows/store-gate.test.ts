import { expect, test } from 'vitest';
import { storeGate } from '../../shared/flows/store-gate.ts';

const out = () => Promise.reject(new Error('no answer'));
const refused = 'somebody tries it already';

/** Of that many at once, how many got in; `work` settles for all of them together. */
const enter = async (
  gate: ReturnType<typeof storeGate>,
  count: number,
  work: () => Promise<unknown>,
) => {
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  let entered = 0;
  const all = Array.from({ length: count }, () =>
    gate(async () => {
      entered += 1;
      await over;
      return work();
    }).catch((error: Error) => error.message),
  );
  await Promise.resolve();
  end();
  return { entered, said: await Promise.all(all) };
};

test('[A7] while the store is out one device at a time waits for it, and the first answer lets all in again', async () => {
  const gate = storeGate(100);
  for (let fault = 0; fault < 9; fault += 1) await gate(out).catch(() => undefined);
  expect((await enter(gate, 20, async () => 'read')).entered).toBe(20); // nine are not yet an outage, and an answer ends them
  for (let fault = 0; fault < 10; fault += 1) await gate(out).catch(() => undefined);
  const tried = await enter(gate, 20, out);
  expect(tried.entered).toBe(1);
  expect(tried.said.filter((said) => String(said).includes(refused))).toHaveLength(19);
  expect((await enter(gate, 20, async () => 'read')).entered).toBe(1);
  expect((await enter(gate, 20, async () => 'read')).entered).toBe(20);
});

test('one more than may wait is told so at once', async () => {
  const { entered, said } = await enter(storeGate(3), 5, async () => 'read');
  expect(entered).toBe(3);
  expect(said.filter((one) => one === 'too many devices wait for the store')).toHaveLength(2);
});
