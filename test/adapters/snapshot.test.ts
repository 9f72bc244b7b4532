import { expect, test, vi } from 'vitest';
import { cosmosIntakes } from '../../shared/adapters/cosmos/intakes.ts';
import { snapshotOf } from '../../shared/adapters/cosmos/snapshot.ts';
import { memoryIntakes } from '../../shared/adapters/memory/intakes.ts';
import { systemDeadline } from '../../shared/adapters/system/deadline.ts';
import { instant } from '../../shared/domain/instant.ts';
import { intakeMinutes } from '../../shared/domain/intake.ts';
import { aHub } from '../support/a-hub.ts';
import { aStore } from '../support/a-store.ts';

const limits = { ageMsMax: 10, staleMsMax: 30, timeoutMs: 1_000 };

/** A snapshot of a number that grows with every read, at a time that the test sets. */
const counting = () => {
  const state = { now: 0, reads: 0, fails: false };
  const clock = { now: () => instant(state.now) };
  const read = async () => {
    state.reads += 1;
    if (state.fails) throw new Error('gone');
    return state.reads;
  };
  const complaints: string[] = [];
  const complain = (line: string): void => void complaints.push(line);
  const world = { clock, deadline: systemDeadline, complain };
  return { state, complaints, ...snapshotOf('number', 0, read, world, limits) };
};

test('many who wait for the first, or for a stale one, share one read', async () => {
  const { state, known } = counting();
  expect(await Promise.all([known(), known(), known()])).toEqual([1, 1, 1]);
  state.now = 31;
  expect(await Promise.all([known(), known()])).toEqual([2, 2]);
  expect(state.reads).toBe(2);
});

test('a stale one that cannot be read is asked for again after its age, not by every call', async () => {
  const { state, known, complaints } = counting();
  await known();
  Object.assign(state, { now: 31, fails: true });
  expect([await known(), await known(), await known()]).toEqual([1, 1, 1]);
  expect(state.reads).toBe(2);
  expect(complaints).toHaveLength(1);
  state.now = 42;
  await known();
  expect(state.reads).toBe(3);
});

test('counts that could not be put are put with the next, a flush at a time', async () => {
  const { database, fault, heal } = await aStore();
  const hub = aHub('east').hostName;
  const counts = memoryIntakes({ now: () => instant(0) });
  const complaints: string[] = [];
  const flush = { everyMs: 5, timeoutMs: 500 };
  const complain = (line: string): void => void complaints.push(line);
  const intakes = cosmosIntakes(database, 'one', counts, systemDeadline, flush, complain);
  fault({ kind: 'answer', status: 503 }, () => true, Number.POSITIVE_INFINITY);
  for (let note = 0; note < 20; note += 1) intakes.note(hub, 'answered');
  await vi.waitFor(() => expect(complaints.length).toBeGreaterThan(0), { timeout: 5_000 });
  heal();
  const item = (await database()).container('hubs').item('intake:one', 'intake:one');
  await vi.waitFor(
    async () => expect((await item.read()).resource).toMatchObject({ rows: [[hub, 0, 20, 0, 0]] }),
    { timeout: 5_000 },
  );
  expect(complaints.length).toBeLessThan(10);
});

test('counts are forgotten when they no longer matter', () => {
  const state = { now: 0 };
  const { note, rows } = memoryIntakes({ now: () => instant(state.now) });
  for (let minute = 0; minute < 3 * intakeMinutes; minute += 1) {
    state.now = minute * 60_000;
    note(aHub('east').hostName, 'answered');
  }
  expect(rows()).toHaveLength(intakeMinutes);
});
