import type { JsonObject } from '../json.ts';
import { toTwin } from './device.ts';
import type { IotHub } from './hub.ts';
import { hubError } from './hub-error.ts';

/** A page of a query; `continuation` is absent at the end. */
export type QueryPage = {
  readonly rows: readonly JsonObject[];
  readonly itemType: 'twin' | 'raw';
  readonly continuation?: string;
};

/**
 * The queries that Rehome asks, and no others: all twins, in pages, and their count; and those of a list.
 * @throws HubError 400 naming another query.
 */
export const query = (
  { devices }: IotHub,
  sql: string,
  pageSize: number,
  continuation?: string,
): QueryPage => {
  const asked = sql.trim().replaceAll(/\s+/g, ' ').toLowerCase();
  if (asked === 'select count() as count from devices') {
    return { rows: [{ count: devices.size }], itemType: 'raw' };
  }
  const listed = idsIn(sql);
  if (listed) {
    const rows = listed.flatMap((id) => devices.get(id) ?? []).map(toTwin);
    return { rows, itemType: 'twin' };
  }
  if (asked !== 'select * from devices') {
    throw hubError(400, 'IotHubFormatError', `The local hub does not know the query: ${sql}`);
  }
  const from = Number(continuation ?? 0);
  const rows = [...devices.values().drop(from).take(pageSize)].map(toTwin);
  const next = from + rows.length;
  return {
    rows,
    itemType: 'twin',
    ...(next < devices.size ? { continuation: String(next) } : {}),
  };
};

/** `SELECT * FROM devices WHERE deviceId IN ['a', 'b']`: a page of them at most. */
const idsIn = (sql: string): readonly string[] | undefined => {
  const [, list] = /^select \* from devices where deviceid in \[(.*)\]$/is.exec(sql.trim()) ?? [];
  if (list === undefined) return undefined;
  return [...list.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map(([, id = '']) =>
    id.replaceAll(/\\(.)/g, '$1'),
  );
};
