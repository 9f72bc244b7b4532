import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import type { JsonObject } from '../json.ts';

/** A container's definition, as far as this store reads it. */
export const containerDefinition = z.looseObject({
  id: z.string().min(1),
  partitionKey: z.looseObject({ paths: z.array(z.string().regex(/^\/\w+$/)).length(1) }),
  /** Seconds; -1: items expire by their own `ttl` alone. */
  defaultTtl: z.int().optional(),
  indexingPolicy: z
    .looseObject({
      includedPaths: z.array(z.looseObject({ path: z.string() })).default([]),
      excludedPaths: z.array(z.looseObject({ path: z.string() })).default([]),
    })
    .optional(),
});
export type ContainerDefinition = z.output<typeof containerDefinition>;

export type Container = {
  readonly definition: ContainerDefinition;
  /** 8 bytes in base64: the SDK's session container decodes it. */
  readonly rid: string;
  readonly partitionKeyName: string;
  /** Names of the indexed properties; undefined when all are. */
  readonly indexed: readonly string[] | undefined;
  readonly statements: Statements;
  readonly table: string;
  /** Grows by one with every write. */
  lsn: number;
  readonly budget: { unitsPerSecond: number; units: number; atMs: number };
};

type Statements = Readonly<
  Record<'find' | 'insert' | 'update' | 'remove' | 'sweep', StatementSync>
>;

/** A stored document. */
export type Row = {
  readonly sequence: number;
  readonly etag: string;
  readonly expiresMs: number | null;
  readonly body: string;
  /** Of its last write: the order of the change feed. */
  readonly lsn: number;
};

/** Makes, or opens, the container's table, with an index for each indexed property. */
export const openContainer = (
  database: DatabaseSync,
  number: number,
  definition: ContainerDefinition,
  unitsPerSecond: number,
): Container => {
  const table = `documents${number}`;
  database.exec(`
    CREATE TABLE IF NOT EXISTS ${table} (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, partition TEXT, id TEXT, etag TEXT, expiresMs INTEGER, body TEXT, lsn INTEGER,
      UNIQUE (partition, id));
    CREATE INDEX IF NOT EXISTS ${table}_lsn ON ${table} (lsn);
    CREATE INDEX IF NOT EXISTS ${table}_expires ON ${table} (expiresMs) WHERE expiresMs IS NOT NULL`);
  const indexed = indexedNames(definition);
  for (const name of indexed ?? []) {
    database.exec(
      `CREATE INDEX IF NOT EXISTS ${table}_${name} ON ${table} (json_extract(body, '$.${name}'))`,
    );
  }
  const rid = Buffer.alloc(8);
  rid.writeUInt32LE(1, 0);
  rid.writeUInt32BE((number | 0x80000000) >>> 0, 4);
  return {
    definition,
    rid: rid.toString('base64').replaceAll('/', '-'),
    partitionKeyName: definition.partitionKey.paths[0]?.slice(1) ?? '',
    indexed,
    table,
    lsn: 1,
    budget: { unitsPerSecond, units: unitsPerSecond, atMs: 0 },
    statements: {
      find: database.prepare(`SELECT * FROM ${table} WHERE partition = ? AND id = ?`),
      insert: database.prepare(
        `INSERT INTO ${table} (partition, id, etag, expiresMs, body, lsn) VALUES (?, ?, ?, ?, ?, ?)`,
      ),
      update: database.prepare(
        `UPDATE ${table} SET etag = ?, expiresMs = ?, body = ?, lsn = ? WHERE partition = ? AND id = ?`,
      ),
      remove: database.prepare(`DELETE FROM ${table} WHERE partition = ? AND id = ?`),
      sweep: database.prepare(`DELETE FROM ${table} WHERE expiresMs <= ?`),
    },
  };
};

/** With `/*` excluded, the paths put back; else everything. */
const indexedNames = ({ indexingPolicy }: ContainerDefinition): readonly string[] | undefined => {
  if (!indexingPolicy?.excludedPaths.some(({ path }) => path === '/*')) return undefined;
  return indexingPolicy.includedPaths.flatMap(({ path }) => /^\/(\w+)\/\?$/.exec(path)?.[1] ?? []);
};

/** When an item written now expires: by its own `ttl`, else by the container's; null for never. */
export const expiryOf = (
  { definition: { defaultTtl } }: Container,
  { ttl }: JsonObject,
  nowMs: number,
): number | null => {
  if (defaultTtl === undefined) return null;
  const seconds = typeof ttl === 'number' ? ttl : defaultTtl;
  return seconds === -1 ? null : nowMs + seconds * 1000;
};
