import { type ChangeFeedIteratorOptions, ChangeFeedStartFrom, CosmosClient } from '@azure/cosmos';
import { expect, test } from 'vitest';
import { createCosmos } from '../../../local/cosmos/cosmos.ts';
import { inProcess } from '../../../local/cosmos/in-process.ts';
import { realWorld } from '../../../local/world.ts';

type StartFrom = NonNullable<ChangeFeedIteratorOptions['changeFeedStartFrom']>;

/** The change feed of the local Cosmos DB, in its latest-version mode, through the genuine SDK's pull model. */
const aContainer = async () => {
  let nowMs = Date.parse('2026-01-01T00:00:00Z');
  const cosmos = createCosmos({}, { ...realWorld, now: () => nowMs });
  const httpClient = inProcess(cosmos);
  const client = new CosmosClient({ endpoint: 'http://cosmos.local', key: cosmos.key, httpClient });
  const { database } = await client.databases.createIfNotExists({ id: 'd' });
  const { container } = await database.containers.createIfNotExists({
    id: 'c',
    partitionKey: { paths: ['/pk'] },
    defaultTtl: -1,
  });
  const read = async (changeFeedStartFrom: StartFrom, max = 10) => {
    const feed = container.items.getChangeFeedIterator({ changeFeedStartFrom, maxItemCount: max });
    const { result, statusCode, continuationToken } = await feed.readNext();
    const told = (result as unknown as readonly { id: string; n: number }[] | undefined) ?? [];
    return {
      statusCode,
      told: told.map(({ id, n }) => `${id}${n}`),
      next: ChangeFeedStartFrom.Continuation(continuationToken),
    };
  };
  const pass = (seconds: number): void => {
    nowMs += seconds * 1_000;
  };
  return { container, read, pass };
};

test('what was written since, each document once, as it is now, in the order of its last write', async () => {
  const { container, read } = await aContainer();
  const now = await read(ChangeFeedStartFrom.Now());
  expect(now).toMatchObject({ statusCode: 304, told: [] });
  for (const [id, n] of [
    ['a', 1],
    ['b', 1],
    ['a', 2],
    ['c', 1],
  ] as const)
    await container.items.upsert({ id, n, pk: id });
  const first = await read(now.next, 2);
  expect(first).toMatchObject({ statusCode: 200, told: ['b1', 'a2'] });
  const second = await read(first.next, 2);
  expect(second.told).toEqual(['c1']);
  expect((await read(second.next)).statusCode).toBe(304);
  expect((await read(ChangeFeedStartFrom.Beginning())).told).toEqual(['b1', 'a2', 'c1']);
  expect((await read(first.next, 2)).told).toEqual(['c1']); // the same again
  await container.items.upsert({ id: 'b', n: 2, pk: 'b' });
  expect((await read(second.next)).told).toEqual(['b2']);
});

test('what has expired, or was deleted, is told no more', async () => {
  const { container, read, pass } = await aContainer();
  const { next } = await read(ChangeFeedStartFrom.Now());
  await container.items.create({ id: 'a', n: 1, pk: 'a', ttl: 10 });
  await container.items.create({ id: 'b', n: 1, pk: 'b' });
  await container.items.create({ id: 'c', n: 1, pk: 'c' });
  await container.item('b', 'b').delete();
  pass(11);
  expect((await read(next)).told).toEqual(['c1']);
});
