import { expect, test } from 'vitest';
import { cosmosAudit } from '../../shared/adapters/cosmos/audit.ts';
import { cosmosChangeCursors } from '../../shared/adapters/cosmos/change-cursors.ts';
import { cosmosChanges } from '../../shared/adapters/cosmos/changes.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { systemDeadline } from '../../shared/adapters/system/deadline.ts';
import { instant } from '../../shared/domain/instant.ts';
import { tellChanges } from '../../shared/flows/tell-changes.ts';
import { aStore, countAsks } from '../support/a-store.ts';

const { signal: never } = new AbortController();

const aStream = async () => {
  const { store, database } = await aStore();
  const asked = countAsks(store);
  const sent: string[] = [];
  const tell = tellChanges({
    changes: cosmosChanges(database),
    cursors: cosmosChangeCursors(database),
    stream: { send: async (changes) => void sent.push(...changes.map(({ kind }) => kind)) },
    clock: systemClock,
    deadline: systemDeadline,
  });
  const audit = cosmosAudit(database);
  const put = (id: string) =>
    audit.put(
      {
        id,
        at: instant(0),
        by: 'Otto',
        operation: 'changeHub',
        target: 'hubs/east',
        outcome: { kind: 'begun' },
      },
      never,
    );
  const container = store.containers.get('rehome/audit');
  return { tell, put, sent, asked, writes: () => container?.lsn ?? 0 };
};

test('a stream that has told all that there is writes nothing more, and asks each source once', async () => {
  const { tell, put, sent, asked, writes } = await aStream();
  await tell(); // from now on
  await put('1');
  expect(await tell()).toMatchObject({ sent: 1 });
  const [written, before] = [writes(), asked()];
  for (let run = 0; run < 3; run += 1) expect(await tell()).toMatchObject({ sent: 0 });
  expect(writes()).toBe(written);
  expect((asked() - before) / 3).toBe(8); // how far it is, and the feed, of four sources
  await put('2');
  expect(await tell()).toMatchObject({ sent: 1 });
  expect(sent).toEqual(['audit', 'audit']);
});
