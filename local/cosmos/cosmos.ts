import { DatabaseSync } from 'node:sqlite';
import type { TakesToken } from '../identity/identity.ts';
import { randomKey, type World } from '../world.ts';
import { type Container, type ContainerDefinition, openContainer } from './container.ts';
import type { Fault } from './faults.ts';

/** The core of a Cosmos DB account for NoSQL over SQLite, without sockets: its state. `askCosmos` is what it does. */
export type Cosmos = {
  readonly key: string;
  readonly takesToken: TakesToken;
  readonly world: World;
  readonly database: DatabaseSync;
  readonly databaseIds: Set<string>;
  /** By `database/container`. */
  readonly containers: Map<string, Container>;
  readonly faults: Fault[];
  /** Whether a query's first page is empty, though more follow: so it is with several physical partitions. */
  readonly emptyPages: { first: boolean };
  /** Request units a second of every container that is made; 0 for no limit. */
  readonly unitsPerSecond: number;
};

export type CosmosOptions = {
  /** A file, or `:memory:`. */
  readonly file?: string;
  readonly key?: string;
  /** Of clients without a key: none, unless told. */
  readonly takesToken?: TakesToken;
  readonly unitsPerSecond?: number;
};

export const createCosmos = (
  { file = ':memory:', key, unitsPerSecond = 0, takesToken = () => false }: CosmosOptions,
  world: World,
): Cosmos => {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS databases (id TEXT PRIMARY KEY);
    CREATE TABLE IF NOT EXISTS containers (
      number INTEGER PRIMARY KEY AUTOINCREMENT, database TEXT, definition TEXT)`);
  const cosmos: Cosmos = {
    key: key ?? randomKey(world),
    world,
    takesToken,
    database,
    databaseIds: new Set(
      database
        .prepare('SELECT id FROM databases')
        .all()
        .map(({ id }) => String(id)),
    ),
    containers: new Map(),
    faults: [],
    emptyPages: { first: false },
    unitsPerSecond,
  };
  for (const row of database.prepare('SELECT * FROM containers').all()) {
    open(
      cosmos,
      Number(row['number']),
      String(row['database']),
      JSON.parse(String(row['definition'])),
    );
  }
  return cosmos;
};

export const addDatabase = ({ database, databaseIds }: Cosmos, id: string): void => {
  database.prepare('INSERT INTO databases (id) VALUES (?)').run(id);
  databaseIds.add(id);
};

export const addContainer = (
  cosmos: Cosmos,
  databaseId: string,
  definition: ContainerDefinition,
): Container => {
  const { lastInsertRowid } = cosmos.database
    .prepare('INSERT INTO containers (database, definition) VALUES (?, ?)')
    .run(databaseId, JSON.stringify(definition));
  return open(cosmos, Number(lastInsertRowid), databaseId, definition);
};

const open = (
  { database, containers, unitsPerSecond }: Cosmos,
  number: number,
  databaseId: string,
  definition: ContainerDefinition,
): Container => {
  const container = openContainer(database, number, definition, unitsPerSecond);
  containers.set(`${databaseId}/${definition.id}`, container);
  return container;
};
