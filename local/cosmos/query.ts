import type { DatabaseSync } from 'node:sqlite';
import type { Json } from '../json.ts';
import type { Container, Row } from './container.ts';
import { cosmosError, notSupported } from './cosmos-error.ts';

export type Query = {
  readonly query: string;
  readonly parameters?: readonly { readonly name: string; readonly value: Json }[];
};

type Condition = { readonly name: string; readonly operator: string; readonly value: Json };

const comparison = /^c\.(\w+) (=|<|<=|>|>=) (@\w+)$/;

type Parsed = {
  readonly conditions: readonly Condition[];
  /** Of these so many, the greatest first; undefined: all, as they were created. */
  readonly greatest: { readonly count: number; readonly name: string } | undefined;
};

const shape = /^SELECT(?: TOP (\d+))? \* FROM c(?: WHERE (.+?))?(?: ORDER BY c\.(\w+) DESC)?$/;

/**
 * The query shapes that Rehome asks: `SELECT * FROM c [WHERE c.name <op> @parameter [AND …]]`, and `SELECT TOP n * FROM c … ORDER BY c.name
 * DESC`.
 * @throws CosmosError 400 naming another.
 */
const parseQuery = ({ query, parameters = [] }: Query): Parsed => {
  const found = shape.exec(query.trim().replaceAll(/\s+/g, ' '));
  const [, top, where, ordered] = found ?? [];
  if (!found || (top === undefined) !== (ordered === undefined))
    throw notSupported(`query: ${query}`);
  const conditions = (where?.split(' AND ') ?? []).map((text) => {
    const [, name, operator, parameter] = comparison.exec(text) ?? [];
    const held = parameters.find((given) => given.name === parameter);
    if (!name || !operator || !held) throw notSupported(`condition: ${text}`);
    return { name, operator, value: held.value };
  });
  return { conditions, greatest: ordered ? { count: Number(top), name: ordered } : undefined };
};

export type QueryPage = { readonly bodies: readonly string[]; readonly continuation?: string };

/** In order of creation; a page goes on after the last document of the one before, whatever was written meanwhile. */
export const runQuery = (
  database: DatabaseSync,
  { table, indexed }: Container,
  query: Query,
  partition: string | undefined,
  page: { readonly sizeMax: number; readonly after: number },
  nowMs: number,
): QueryPage => {
  const { conditions, greatest } = parseQuery(query);
  if (greatest && partition === undefined) throw notSupported('order across partitions');
  for (const { name } of greatest ? [...conditions, greatest] : conditions) {
    if (indexed && name !== 'id' && !indexed.includes(name)) {
      throw cosmosError(400, 'BadRequest', `No index serves a condition on ${name}: it would scan`);
    }
  }
  const wheres = ['sequence > ?', '(expiresMs IS NULL OR expiresMs > ?)'];
  const values: (string | number | null)[] = [page.after, nowMs];
  if (partition !== undefined) {
    wheres.push('partition = ?');
    values.push(partition);
  }
  for (const { name, operator, value } of conditions) {
    if (typeof value !== 'string' && typeof value !== 'number')
      throw notSupported(`condition on ${typeof value}`);
    wheres.push(`json_extract(body, '$.${name}') ${operator} ?`);
    values.push(value);
  }
  const whole = `SELECT * FROM ${table} WHERE ${wheres.join(' AND ')}`;
  if (greatest) {
    const sql = `${whole} ORDER BY json_extract(body, '$.${greatest.name}') DESC LIMIT ?`;
    const found = database.prepare(sql).all(...values, greatest.count) as unknown as Row[];
    return { bodies: found.map(({ body }) => body) };
  }
  const sql = `${whole} ORDER BY sequence LIMIT ?`;
  const rows = database.prepare(sql).all(...values, page.sizeMax + 1) as unknown as Row[];
  const answered = rows.slice(0, page.sizeMax);
  const last = answered.at(-1);
  return {
    bodies: answered.map(({ body }) => body),
    ...(rows.length > page.sizeMax ? { continuation: String(last?.sequence ?? page.after) } : {}),
  };
};

/** What the gateway answers when the SDK asks how to spread a query: this shape needs no merging. */
export const queryPlan = {
  partitionedQueryExecutionInfoVersion: 2,
  queryInfo: {
    distinctType: 'None',
    top: null,
    offset: null,
    limit: null,
    orderBy: [],
    orderByExpressions: [],
    groupByExpressions: [],
    groupByAliases: [],
    aggregates: [],
    groupByAliasToAggregateType: {},
    rewrittenQuery: '',
    hasSelectValue: false,
    hasNonStreamingOrderBy: false,
  },
  queryRanges: [{ min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false }],
};
