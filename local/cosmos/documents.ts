import { randomUUID } from 'node:crypto';
import { type HttpAsk, type HttpReply, isObject, type JsonObject } from '../json.ts';
import { queryUnits, readUnits, spend, writeUnits } from './charge.ts';
import { type Container, expiryOf, type Row } from './container.ts';
import type { Cosmos } from './cosmos.ts';
import { cosmosError, notFound, notSupported } from './cosmos-error.ts';
import { type Query, queryPlan, runQuery } from './query.ts';

/** A container's documents: point operations with etags and TTL, and the query. */
export const askDocuments = (
  cosmos: Cosmos,
  container: Container,
  ask: HttpAsk,
  id: string | undefined,
): HttpReply => {
  const { method, headers } = ask;
  if (id === undefined) {
    if (headers['a-im']) return toChanges(cosmos, container, ask);
    if (headers['x-ms-cosmos-is-query-plan-request']) return { status: 200, body: queryPlan };
    if (headers['x-ms-documentdb-isquery'] || headers['content-type']?.includes('query')) {
      return toQueryPage(cosmos, container, ask);
    }
    if (method !== 'POST') throw notSupported(`${method} of documents`);
    const upserts = headers['x-ms-documentdb-is-upsert']?.toLowerCase() === 'true';
    return write(cosmos, container, ask, upserts ? 'upsert' : 'create', undefined);
  }
  switch (method) {
    case 'GET':
      return read(cosmos, container, ask, id);
    case 'PUT':
      return write(cosmos, container, ask, 'replace', id);
    case 'DELETE':
      return remove(cosmos, container, ask, id);
    default:
      throw notSupported(`${method} of a document`);
  }
};

/** The partition key of the request, as it is stored: `["s0123"]`. */
const partitionOf = ({ headers }: HttpAsk): string => {
  const partition = headers['x-ms-documentdb-partitionkey'];
  if (partition === undefined)
    throw cosmosError(400, 'BadRequest', 'The partition key is missing.');
  return JSON.stringify(JSON.parse(partition));
};

/** Expired rows are gone before anybody looks. */
const find = (
  { world }: Cosmos,
  { statements }: Container,
  partition: string,
  id: string,
): Row | undefined => {
  statements.sweep.run(world.now());
  return statements.find.get(partition, id) as Row | undefined;
};

const reply = (
  container: Container,
  status: number,
  units: number,
  body?: JsonObject,
): HttpReply => ({
  status,
  ...(body ? { body } : {}),
  headers: {
    'x-ms-request-charge': spend(container, units).toFixed(2),
    'x-ms-session-token': `0:-1#${container.lsn}`,
    ...(body?.['_etag'] ? { etag: String(body['_etag']) } : {}),
  },
});

const read = (cosmos: Cosmos, container: Container, ask: HttpAsk, id: string): HttpReply => {
  const found = find(cosmos, container, partitionOf(ask), id);
  if (!found) throw notFound();
  return reply(container, 200, readUnits(found.body.length), JSON.parse(found.body));
};

const mustMatch = ({ headers }: HttpAsk, found: Row | undefined): void => {
  const ifMatch = headers['if-match'];
  if (ifMatch === undefined || (found && ifMatch === found.etag)) return;
  if (!found) throw notFound();
  throw cosmosError(412, 'PreconditionFailed', 'The etag does not match.');
};

const documentBytesMax = 2 * 1024 * 1024;

export const write = (
  cosmos: Cosmos,
  container: Container,
  ask: HttpAsk,
  mode: 'create' | 'upsert' | 'replace',
  idInPath: string | undefined,
): HttpReply => {
  const partition = partitionOf(ask);
  const document = parseDocument(container, ask, partition, idInPath);
  const id = String(document['id']);
  const found = find(cosmos, container, partition, id);
  if (mode === 'create' && found) throw cosmosError(409, 'Conflict', 'The id exists.');
  if (mode === 'replace' && !found) throw notFound();
  mustMatch(ask, found);

  const nowMs = cosmos.world.now();
  const stored: JsonObject = {
    ...document,
    _rid: container.rid,
    _etag: `"${randomUUID()}"`,
    _ts: Math.floor(nowMs / 1000),
  };
  const [etag, body] = [String(stored['_etag']), JSON.stringify(stored)];
  const expires = expiryOf(container, document, nowMs);
  const { insert, update } = container.statements;
  container.lsn += 1;
  if (found) update.run(etag, expires, body, container.lsn, partition, id);
  else insert.run(partition, id, etag, expires, body, container.lsn);
  const units = writeUnits(container, body.length, found !== undefined);
  return reply(container, found ? 200 : 201, units, stored);
};

const parseDocument = (
  { partitionKeyName }: Container,
  { body }: HttpAsk,
  partition: string,
  idInPath: string | undefined,
): JsonObject => {
  if (Buffer.byteLength(body) > documentBytesMax) {
    throw cosmosError(413, 'RequestEntityTooLarge', 'The document is too large.');
  }
  const document: unknown = JSON.parse(body);
  if (!isObject(document) || typeof document['id'] !== 'string' || /[/\\?#]/.test(document['id'])) {
    throw cosmosError(400, 'BadRequest', 'The id is missing, or holds / \\ ? or #.');
  }
  if (idInPath !== undefined && document['id'] !== idInPath) {
    throw cosmosError(400, 'BadRequest', 'The id cannot be changed.');
  }
  if (JSON.stringify([document[partitionKeyName] ?? null]) !== partition) {
    throw cosmosError(400, 'BadRequest', 'The partition key is not the document’s.');
  }
  return document;
};

const remove = (cosmos: Cosmos, container: Container, ask: HttpAsk, id: string): HttpReply => {
  const partition = partitionOf(ask);
  const found = find(cosmos, container, partition, id);
  if (!found) throw notFound();
  mustMatch(ask, found);
  container.statements.remove.run(partition, id);
  container.lsn += 1;
  return reply(container, 204, writeUnits(container, found.body.length, false));
};

const pageSizeDefault = 100;

const toQueryPage = (cosmos: Cosmos, container: Container, ask: HttpAsk): HttpReply => {
  const { headers } = ask;
  const size = Number(headers['x-ms-max-item-count'] ?? pageSizeDefault);
  const continued = headers['x-ms-continuation'];
  if (continued !== undefined && !/^\d+$/.test(continued))
    throw cosmosError(400, 'BadRequest', 'The continuation token is malformed.');
  // As where the first physical partition holds nothing of it.
  const isEmpty = cosmos.emptyPages.first && continued === undefined;
  const page = {
    sizeMax: isEmpty ? 0 : size > 0 ? size : pageSizeDefault,
    after: Number(continued ?? 0),
  };
  const partition =
    headers['x-ms-documentdb-partitionkey'] === undefined ? undefined : partitionOf(ask);
  const asked: Query = JSON.parse(ask.body);
  const now = cosmos.world.now();
  const { bodies, continuation } = runQuery(
    cosmos.database,
    container,
    asked,
    partition,
    page,
    now,
  );
  const units = queryUnits(bodies.reduce((sum, { length }) => sum + length, 0));
  const answered = reply(container, 200, units, {
    _rid: container.rid,
    Documents: bodies.map((body) => JSON.parse(body)),
    _count: bodies.length,
  });
  const more = continuation === undefined ? {} : { 'x-ms-continuation': continuation };
  return {
    ...answered,
    headers: { ...answered.headers, 'x-ms-item-count': String(bodies.length), ...more },
  };
};

/**
 * The change feed, in its latest-version mode: what was written since, each document once, as it is now, in the order of its last write.
 * @see https://learn.microsoft.com/azure/cosmos-db/nosql/change-feed-pull-model
 */
const toChanges = (cosmos: Cosmos, container: Container, { headers }: HttpAsk): HttpReply => {
  if (headers['a-im'] !== 'Incremental Feed') throw notSupported(`feed ${headers['a-im']}`);
  const known = headers['if-none-match'];
  const after = known === '*' ? container.lsn : Number(known?.replaceAll('"', '') ?? 0);
  const size = Number(headers['x-ms-max-item-count'] ?? pageSizeDefault);
  const rows = cosmos.database
    .prepare(
      `SELECT * FROM ${container.table} WHERE lsn > ? AND (expiresMs IS NULL OR expiresMs > ?) ORDER BY lsn LIMIT ?`,
    )
    .all(after, cosmos.world.now(), size > 0 ? size : pageSizeDefault) as unknown as Row[];
  const last = rows.at(-1)?.lsn ?? after;
  const units = queryUnits(rows.reduce((sum, { body }) => sum + body.length, 0));
  const etag = `"${last}"`;
  if (rows.length === 0) {
    const { headers: told } = reply(container, 304, units);
    return { status: 304, headers: { ...told, etag } };
  }
  const documents = rows.map(({ body, lsn }) => ({ ...JSON.parse(body), _lsn: lsn }));
  const answered = reply(container, 200, units, {
    _rid: container.rid,
    Documents: documents,
    _count: rows.length,
  });
  return { ...answered, headers: { ...answered.headers, etag } };
};
