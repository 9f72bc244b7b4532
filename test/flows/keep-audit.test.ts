import { expect, test } from 'vitest';
import { memoryAudit } from '../../shared/adapters/memory/audit.ts';
import { instant } from '../../shared/domain/instant.ts';
import { keepAudit } from '../../shared/flows/keep-audit.ts';
import { noteHeeded, noteRebalanced } from '../../shared/flows/note-own-acts.ts';
import { aHub } from '../support/a-hub.ts';
import { host } from '../support/a-move.ts';

/** What was done, by whom, and what Rehome did by itself. */

const asked = { by: 'Otto', operation: 'changeHub', target: 'hubs/east' };

const aTrail = () => {
  const audit = memoryAudit();
  const said: string[] = [];
  let [now, draws, isAway] = [0, 0, false];
  const keeper = keepAudit({
    audit: {
      ...audit,
      put: (...given) => (isAway ? Promise.reject(new Error('away')) : audit.put(...given)),
    },
    clock: { now: () => instant(++now) },
    dice: { draw: () => 0, digits: (count) => String(++draws).padStart(count, '0') },
    deadline: (_ms, act) => act(new AbortController().signal),
    complain: (line) => said.push(line),
  });
  const keep = {
    ...keeper,
    /** As it is where the audit can be written. */
    begun: async (what: typeof asked) => {
      const begun = await keeper.begin(what);
      if (begun.kind === 'away') throw new Error(begun.because);
      return begun.tell;
    },
  };
  const goAway = (): void => {
    isAway = true;
  };
  return { keep, said, goAway };
};

const done = { kind: 'done', because: 'a test', before: 1, after: 2 } as const;

test('begun first; then what came of it, in its place; the newest first', async () => {
  const { keep } = aTrail();
  const tell = await keep.begun(asked);
  expect(await keep.recent(9)).toMatchObject([{ by: 'Otto', outcome: { kind: 'begun' } }]);
  await keep.begin({ ...asked, by: 'Ada' });
  await tell(done);
  const [second, first] = await keep.recent(9);
  expect([second?.by, first?.outcome]).toEqual(['Ada', done]);
  expect(await keep.recent(9, second?.id)).toMatchObject([{ by: 'Otto' }]);
});

test('what cannot be written before is not done; what cannot be written after stands in the log', async () => {
  const { keep, said, goAway } = aTrail();
  const tell = await keep.begun(asked);
  goAway();
  expect(await keep.begin(asked)).toEqual({ kind: 'away', because: 'away' });
  await tell(done);
  expect(JSON.parse(said[0] ?? '')).toMatchObject({ event: 'audit-not-written', outcome: done });
  // A brake is obeyed all the same.
  expect(await keep.begin(asked, true)).toMatchObject({ kind: 'begun' });
  expect(JSON.parse(said[1] ?? '')).toMatchObject({ outcome: { kind: 'begun' } });
});

test('what Rehome does by itself: that it heeds Azure, begins a campaign, stops everything; and no count of messages', async () => {
  const { keep } = aTrail();
  const hub = aHub('east', { trouble: { kind: 'unhealthy', since: instant(0) } });
  const heed = noteHeeded(keep, async () => hub);
  await heed({ kind: 'messages', hub: host('east'), count: 5, at: instant(0) });
  await heed({ kind: 'unhealthy', hub: host('east'), at: instant(0) });
  const rebalanced = { silent: [], proposed: [], observed: [], resumed: [] };
  await noteRebalanced(keep, async () => ({
    ...rebalanced,
    approved: 'c-1',
    tripped: 'two hubs are silent',
  }))();
  await noteRebalanced(keep, async () => ({
    ...rebalanced,
    approved: undefined,
    tripped: undefined,
  }))();
  expect((await keep.recent(9)).map(({ by, operation }) => `${operation} by ${by}`)).toEqual([
    'tripBreaker by rehome',
    'approvePlan by rehome',
    'heedHub by rehome',
  ]);
});
