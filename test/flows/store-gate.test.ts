import { expect, test } from 'vitest';
import { storeGate } from '../../shared/flows/store-gate.ts';

const out = () => Promise.reject(new Error('no answer'));
const refused = 'others try it already';

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

const always = () => true;
const fail = async (gate: ReturnType<typeof storeGate>, times: number, work = out) => {
  for (let fault = 0; fault < times; fault += 1) await gate(work).catch(() => undefined);
};

test('[A7] while the store is out a few devices at a time wait for it, and the first answer lets all in again', async () => {
  const gate = storeGate(100, always);
  await fail(gate, 9);
  expect((await enter(gate, 20, async () => 'read')).entered).toBe(20); // nine are not yet an outage, and an answer ends them
  await fail(gate, 10);
  const tried = await enter(gate, 20, out);
  expect(tried.entered).toBe(4);
  expect(tried.said.filter((said) => String(said).includes(refused))).toHaveLength(16);
  expect((await enter(gate, 20, async () => 'read')).entered).toBe(4);
  expect((await enter(gate, 20, async () => 'read')).entered).toBe(20);
});

test('who began before the store answered again does not tell that it is out', async () => {
  const gate = storeGate(100, always);
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const hanging = Array.from({ length: 50 }, () =>
    gate(async () => {
      await over;
      throw new Error('no answer');
    }).catch(() => undefined),
  );
  await gate(async () => 'read');
  end();
  await Promise.all(hanging);
  expect((await enter(gate, 20, async () => 'read')).entered).toBe(20);
});

test('a record that nobody can read does not tell that the store is out', async () => {
  const gate = storeGate(100, (fault) => !(fault as Error).message.includes('none of ours'));
  await fail(gate, 30, () => Promise.reject(new Error('the document is none of ours')));
  expect((await enter(gate, 20, async () => 'read')).entered).toBe(20);
});

test('one more than may wait is told so at once', async () => {
  const { entered, said } = await enter(storeGate(3, always), 5, async () => 'read');
  expect(entered).toBe(3);
  expect(said.filter((one) => one === 'too many devices wait for the store')).toHaveLength(2);
});
