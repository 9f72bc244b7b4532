import type { ChangeFeedIteratorOptions } from '@azure/cosmos';
import type { ChangePage, ChangeSource, Changes } from '../../ports/changes.ts';
import { parseChange } from '../../wire/change-document.ts';
import { containers } from '../../wire/containers.ts';
import type { CosmosDatabase } from './client.ts';

/** The change feed of each container, in its latest-version mode: what a pull reads costs what it reads. */
export const cosmosChanges = (database: CosmosDatabase): Changes => ({
  read: async (source, after, countMax, signal) => {
    const container = (await database()).container(containers[source].id);
    const start = await startFrom(after);
    const feed = container.items.getChangeFeedIterator({
      changeFeedStartFrom: start,
      maxItemCount: countMax,
    });
    const { result, statusCode, continuationToken } = await feed.readNext();
    signal.throwIfAborted(); // the SDK's feed takes no signal
    const read = statusCode === 304 ? [] : result;
    return { ...parsed(source, read), after: continuationToken, isLast: statusCode === 304 };
  },
});

type StartFrom = NonNullable<ChangeFeedIteratorOptions['changeFeedStartFrom']>;

const startFrom = async (after: string | undefined): Promise<StartFrom> => {
  const { ChangeFeedStartFrom } = await import('@azure/cosmos');
  return after === undefined ? ChangeFeedStartFrom.Now() : ChangeFeedStartFrom.Continuation(after);
};

const parsed = (
  source: ChangeSource,
  documents: readonly unknown[],
): Pick<ChangePage, 'changes' | 'unreadable'> => {
  const read = documents.map((document) => parseChange(source, document));
  return {
    changes: read.flatMap((one) => (one.kind === 'change' ? [one.change] : [])),
    unreadable: read.flatMap((one) => (one.kind === 'unreadable' ? [one.id] : [])),
  };
};
