import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CosmosClient } from '@azure/cosmos';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCosmos } from '../../../local/cosmos/cosmos.ts';
import { listenCosmos } from '../../../local/cosmos/cosmos-front.ts';
import { inProcess } from '../../../local/cosmos/in-process.ts';
import { realWorld } from '../../../local/world.ts';

/** The local Cosmos DB through the genuine SDK: what Rehome's adapters use of it, and what it refuses. */
const aContainer = async (
  definition: object = {},
  options: Parameters<typeof createCosmos>[0] = {},
) => {
  let nowMs = Date.parse('2026-01-01T00:00:00Z');
  const cosmos = createCosmos(options, { ...realWorld, now: () => nowMs });
  const client = new CosmosClient({
    endpoint: 'http://cosmos.local',
    key: cosmos.key,
    httpClient: inProcess(cosmos),
  });
  const { database } = await client.databases.createIfNotExists({ id: 'd' });
  const { container } = await database.containers.createIfNotExists({
    id: 'c',
    partitionKey: { paths: ['/pk'] },
    ...definition,
  });
  return {
    cosmos,
    client,
    container,
    pass: (seconds: number) => {
      nowMs += seconds * 1000;
    },
  };
};

const codeOf = (work: Promise<{ readonly statusCode?: number | undefined }>): Promise<unknown> =>
  work.then(
    ({ statusCode }) => statusCode,
    (error) => error.code,
  );

test('documents are created, read, replaced, upserted and deleted', async () => {
  const { container } = await aContainer();
  const { resource, etag, statusCode } = await container.items.create({ id: 'a', pk: 'p', n: 1 });
  expect(statusCode).toBe(201);
  expect(resource).toMatchObject({ id: 'a', n: 1, _etag: etag, _ts: 1767225600 });
  expect(await codeOf(container.items.create({ id: 'a', pk: 'p' }))).toBe(409);
  expect(await codeOf(container.items.create({ id: 'a', pk: 'q' }))).toBe(201);
  expect(await codeOf(container.item('a', 'p').read())).toBe(200);
  expect(await codeOf(container.item('b', 'p').read())).toBe(404);
  expect(await codeOf(container.item('b', 'p').replace({ id: 'b', pk: 'p' }))).toBe(404);
  expect(await codeOf(container.items.upsert({ id: 'a', pk: 'p', n: 2 }))).toBe(200);
  expect(await codeOf(container.items.upsert({ id: 'b', pk: 'p' }))).toBe(201);
  expect((await container.item('a', 'p').read()).resource).toMatchObject({ n: 2 });
  expect(await codeOf(container.item('a', 'p').delete())).toBe(204);
  expect(await codeOf(container.item('a', 'p').read())).toBe(404);
});

test('an etag fences replacement and deletion', async () => {
  const { container } = await aContainer();
  const { etag } = await container.items.create({ id: 'a', pk: 'p' });
  const accessCondition = { type: 'IfMatch', condition: etag };
  expect(
    await codeOf(container.item('a', 'p').replace({ id: 'a', pk: 'p', n: 1 }, { accessCondition })),
  ).toBe(200);
  expect(
    await codeOf(container.item('a', 'p').replace({ id: 'a', pk: 'p', n: 2 }, { accessCondition })),
  ).toBe(412);
  expect(await codeOf(container.item('a', 'p').delete({ accessCondition }))).toBe(412);
  expect((await container.item('a', 'p').read()).resource).toMatchObject({ n: 1 });
});

test('what Azure refuses of a document is refused', async () => {
  const { container } = await aContainer();
  expect(
    await codeOf(container.items.create({ id: 'big', pk: 'p', text: 'x'.repeat(2 * 1024 * 1024) })),
  ).toBe(413);
  await container.items.create({ id: 'a', pk: 'p' });
  expect(await codeOf(container.item('a', 'p').replace({ id: 'a', pk: 'q' }))).toBe(400);
});

test('documents expire by the container’s time to live, or their own', async () => {
  const { container, pass } = await aContainer({ defaultTtl: 10 });
  await container.items.create({ id: 'usual', pk: 'p' });
  await container.items.create({ id: 'short', pk: 'p', ttl: 2 });
  await container.items.create({ id: 'ever', pk: 'p', ttl: -1 });
  const there = async () =>
    (await container.items.query('SELECT * FROM c').fetchAll()).resources.map(({ id }) => id);
  pass(2);
  expect(await there()).toEqual(['usual', 'ever']);
  expect(await codeOf(container.item('short', 'p').read())).toBe(404);
  expect(await codeOf(container.items.create({ id: 'short', pk: 'p' }))).toBe(201);
  pass(10);
  expect(await there()).toEqual(['ever']);
});

describe('queries', () => {
  test('go by pages, in order, whatever is written meanwhile', async () => {
    const { container } = await aContainer();
    for (let n = 0; n < 7; n += 1) await container.items.create({ id: `${n}`, pk: `p${n % 2}`, n });
    const iterator = container.items.query('SELECT * FROM c', { maxItemCount: 3 });
    const found: string[] = [];
    while (iterator.hasMoreResults()) {
      found.push(...((await iterator.fetchNext()).resources ?? []).map(({ id }) => id));
      await container
        .item('0', 'p0')
        .delete()
        .catch(() => undefined);
    }
    expect(found).toEqual(['0', '1', '2', '3', '4', '5', '6']);
  });

  test('take conditions on what is indexed, and a partition', async () => {
    const indexingPolicy = { includedPaths: [{ path: '/n/?' }], excludedPaths: [{ path: '/*' }] };
    const { container } = await aContainer({ indexingPolicy });
    for (let n = 0; n < 6; n += 1) await container.items.create({ id: `${n}`, pk: `p${n % 2}`, n });
    const ask = (query: string, options = {}) =>
      container.items
        .query(
          {
            query,
            parameters: [
              { name: '@from', value: 2 },
              { name: '@to', value: 5 },
            ],
          },
          options,
        )
        .fetchAll()
        .then(({ resources }) => resources.map(({ id }) => id));
    expect(await ask('SELECT * FROM c WHERE c.n >= @from AND c.n < @to')).toEqual(['2', '3', '4']);
    expect(await ask('SELECT * FROM c WHERE c.n >= @from', { partitionKey: 'p1' })).toEqual([
      '3',
      '5',
    ]);
    await expect(ask('SELECT * FROM c WHERE c.other >= @from')).rejects.toThrow(
      'No index serves a condition on other',
    );
  });

  test.each([
    'SELECT c.id FROM c',
    'SELECT VALUE COUNT(1) FROM c',
    'SELECT * FROM c ORDER BY c.n',
    'SELECT * FROM c WHERE c.n = 1',
  ])('%s is refused by its text', async (query) => {
    const { container } = await aContainer();
    await expect(container.items.query(query).fetchAll()).rejects.toThrow(
      'The local Cosmos DB has no',
    );
  });
});

test.each<
  [string, (container: Awaited<ReturnType<typeof aContainer>>['container']) => Promise<unknown>]
>([
  [
    'PATCH of a document',
    (container) => container.item('a', 'p').patch([{ op: 'set', path: '/n', value: 1 }]),
  ],
  [
    'sprocs',
    (container) => container.scripts.storedProcedures.create({ id: 's', body: 'function () {}' }),
  ],
  ['DELETE of a container', (container) => container.delete()],
])('it has no %s, and says so', async (feature, use) => {
  const { container } = await aContainer();
  await expect(use(container)).rejects.toThrow(`The local Cosmos DB has no ${feature}`);
});

test('every answer says its charge, near the published prices', async () => {
  const { container } = await aContainer({ indexingPolicy: { excludedPaths: [{ path: '/*' }] } });
  const { requestCharge: insert } = await container.items.create({
    id: 'a',
    pk: 'p',
    text: 'x'.repeat(800),
  });
  const { requestCharge: read } = await container.item('a', 'p').read();
  const { requestCharge: replace } = await container.item('a', 'p').replace({ id: 'a', pk: 'p' });
  expect([insert, read, replace]).toEqual([5.5, 1, 11]);
});

test('a container past its units a second answers 429, and serves again by and by', async () => {
  const { cosmos, client, pass } = await aContainer({}, { unitsPerSecond: 10 });
  const patient = client.database('d').container('c');
  const hasty = new CosmosClient({
    endpoint: 'http://cosmos.local',
    key: cosmos.key,
    httpClient: inProcess(cosmos),
    connectionPolicy: {
      retryOptions: {
        maxRetryAttemptCount: 0,
        fixedRetryIntervalInMilliseconds: 0,
        maxWaitTimeInSeconds: 0,
      },
    },
  });
  const create = (id: string) =>
    codeOf(hasty.database('d').container('c').items.create({ id, pk: 'p' }));
  expect([await create('a'), await create('b'), await create('c')]).toEqual([201, 201, 429]);
  pass(3);
  expect(await codeOf(patient.items.create({ id: 'd', pk: 'p' }))).toBe(201);
});

test('over HTTP, and after a restart on its file, it is the same store', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'a-store-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const options = {
    file: path.join(folder, 'store.db'),
    key: Buffer.from('a key').toString('base64'),
  };
  for (const expected of [201, 409]) {
    const cosmos = createCosmos(options, realWorld);
    const front = await listenCosmos(cosmos);
    const client = new CosmosClient({ endpoint: front.endpoint, key: cosmos.key });
    const { database } = await client.databases.createIfNotExists({ id: 'd' });
    const { container } = await database.containers.createIfNotExists({
      id: 'c',
      partitionKey: { paths: ['/pk'] },
    });
    expect(await codeOf(container.items.create({ id: 'a', pk: 'p' }))).toBe(expected);
    await front.stop();
    cosmos.database.close();
  }
});

test('another key is refused', async () => {
  const { cosmos } = await aContainer();
  const key = Buffer.from('another').toString('base64');
  const client = new CosmosClient({
    endpoint: 'http://cosmos.local',
    key,
    httpClient: inProcess(cosmos),
  });
  expect(await codeOf(client.database('d').read())).toBe(401);
});
