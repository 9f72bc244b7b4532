import { createHmac, randomUUID } from 'node:crypto';
import type { HttpAsk, HttpReply } from '../json.ts';
import { runBatch } from './batch.ts';
import { admit, type Throttled } from './charge.ts';
import { type Container, containerDefinition } from './container.ts';
import { addContainer, addDatabase, type Cosmos } from './cosmos.ts';
import { cosmosError, isCosmosError, notFound, notSupported } from './cosmos-error.ts';
import { askDocuments } from './documents.ts';

/**
 * The wire protocol of Cosmos DB for NoSQL, version 2018-12-31, as far as Rehome uses it: account, databases, containers, and documents
 * (`documents.ts`). What it does not have is an error that names it. A request is one synchronous step, so it is atomic.
 */
export const askCosmos = (cosmos: Cosmos, ask: HttpAsk): HttpReply => {
  try {
    const path = new URL(ask.url, 'http://cosmos').pathname
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
    authorize(cosmos, ask, path);
    return withUsualHeaders(route(cosmos, ask, path));
  } catch (error) {
    if (!isCosmosError(error)) throw error;
    return withUsualHeaders(toReply(error));
  }
};

const toReply = (error: ReturnType<typeof cosmosError>): HttpReply => {
  const { status, code, message } = error;
  const { retryAfterMs } = error as Partial<Throttled>;
  const headers = retryAfterMs === undefined ? {} : { 'x-ms-retry-after-ms': String(retryAfterMs) };
  return { status, body: { code, message }, headers };
};

const withUsualHeaders = ({ status, body, headers }: HttpReply): HttpReply => ({
  status,
  body,
  headers: {
    'x-ms-activity-id': randomUUID(),
    'x-ms-request-charge': '1',
    'x-ms-version': '2018-12-31',
    ...headers,
  },
});

/**
 * The account's key signs verb, resource type, resource and date; an identity shows its token.
 * @see https://learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources
 */
const authorize = (
  { key, takesToken }: Cosmos,
  { method, headers }: HttpAsk,
  path: readonly string[],
): void => {
  const isFeed = path.length % 2 === 1;
  const type = (isFeed ? path.at(-1) : path.at(-2)) ?? '';
  const link = (isFeed ? path.slice(0, -1) : path).join('/');
  const date = headers['x-ms-date']?.toLowerCase() ?? '';
  const signed = `${method.toLowerCase()}\n${type}\n${link}\n${date}\n\n`;
  const expected = createHmac('sha256', Buffer.from(key, 'base64')).update(signed).digest('base64');
  const shown = decodeURIComponent(headers['authorization'] ?? '');
  const given = /sig=(.+)$/.exec(shown)?.[1] ?? '';
  if (shown.startsWith('type=aad&') && takesToken(given)) return;
  if (given !== expected)
    throw cosmosError(401, 'Unauthorized', 'The key does not fit the request.');
};

const route = (cosmos: Cosmos, ask: HttpAsk, path: readonly string[]): HttpReply => {
  const [, databaseId = '', , containerId = '', kind, id] = path;
  switch (path.filter((_, index) => index % 2 === 0).join('/') + (path.length % 2 ? '' : '/{id}')) {
    case '/{id}':
      return { status: 200, body: account(ask) };
    case 'dbs':
      return createDatabase(cosmos, ask);
    case 'dbs/{id}':
      if (ask.method !== 'GET' || !cosmos.databaseIds.has(databaseId)) throw notFound();
      return { status: 200, body: { id: databaseId, _rid: 'AQAAAA==' } };
    case 'dbs/colls':
      return createContainer(cosmos, ask, databaseId);
    case 'dbs/colls/{id}':
      if (ask.method !== 'GET') throw notSupported(`${ask.method} of a container`);
      return { status: 200, body: toBody(findContainer(cosmos, databaseId, containerId)) };
    case 'dbs/colls/pkranges':
      return { status: 200, body: partitionRanges(findContainer(cosmos, databaseId, containerId)) };
    case 'dbs/colls/docs':
    case 'dbs/colls/docs/{id}': {
      const container = findContainer(cosmos, databaseId, containerId);
      admit(container, cosmos.world.now());
      const inBatch = ask.headers['x-ms-cosmos-is-batch-request'] !== undefined;
      return inBatch ? runBatch(cosmos, container, ask) : askDocuments(cosmos, container, ask, id);
    }
    default:
      throw notSupported(kind ?? path.join('/'));
  }
};

/** Where the account is, in the caller's own words: else the SDK goes on elsewhere. */
const account = ({ headers: { host = '' } }: HttpAsk) => {
  const scheme = host.endsWith('.documents.azure.com') ? 'https' : 'http';
  const location = { name: 'Local', databaseAccountEndpoint: `${scheme}://${host}/` };
  return {
    id: 'local',
    _rid: 'local',
    writableLocations: [location],
    readableLocations: [location],
    enableMultipleWriteLocations: false,
    userConsistencyPolicy: { defaultConsistencyLevel: 'Session' },
    queryEngineConfiguration: '{}',
  };
};

const createDatabase = (cosmos: Cosmos, { method, body }: HttpAsk): HttpReply => {
  if (method !== 'POST') throw notSupported(`${method} of databases`);
  const { id } = JSON.parse(body);
  if (cosmos.databaseIds.has(id)) throw cosmosError(409, 'Conflict', 'The database exists.');
  addDatabase(cosmos, id);
  return { status: 201, body: { id, _rid: 'AQAAAA==' } };
};

const createContainer = (
  cosmos: Cosmos,
  { method, body }: HttpAsk,
  databaseId: string,
): HttpReply => {
  if (method !== 'POST') throw notSupported(`${method} of containers`);
  if (!cosmos.databaseIds.has(databaseId)) throw notFound();
  const read = containerDefinition.safeParse(JSON.parse(body));
  if (!read.success) throw cosmosError(400, 'BadRequest', read.error.message);
  if (cosmos.containers.has(`${databaseId}/${read.data.id}`)) {
    throw cosmosError(409, 'Conflict', 'The container exists.');
  }
  return { status: 201, body: toBody(addContainer(cosmos, databaseId, read.data)) };
};

const findContainer = ({ containers }: Cosmos, databaseId: string, id: string): Container => {
  const found = containers.get(`${databaseId}/${id}`);
  if (!found) throw notFound();
  return found;
};

const toBody = ({ definition, rid }: Container) => ({ ...definition, _rid: rid });

/** All of a container is one physical partition. */
const partitionRanges = ({ rid }: Container) => ({
  _rid: rid,
  PartitionKeyRanges: [
    {
      id: '0',
      _rid: rid,
      minInclusive: '',
      maxExclusive: 'FF',
      ridPrefix: 0,
      throughputFraction: 1,
      status: 'online',
      parents: [],
    },
  ],
  _count: 1,
});
