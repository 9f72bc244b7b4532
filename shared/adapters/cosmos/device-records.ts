import type { Container, JSONObject, OperationInput, SqlQuerySpec } from '@azure/cosmos';
import type { Decision } from '../../allocation/decision.ts';
import { isCampaign } from '../../campaign/valve.ts';
import { countOf } from '../../domain/count.ts';
import type { DeviceKey, DeviceRecord } from '../../domain/device.ts';
import type { Move } from '../../domain/move.ts';
import type { Scope } from '../../domain/scope.ts';
import { type DeviceRecords, type Due, type Page, unreadable } from '../../ports/device-records.ts';
import type { Intakes } from '../../ports/intakes.ts';
import { containers } from '../../wire/containers.ts';
import { parseDecisionDocument, toDecisionDocument } from '../../wire/decision-document.ts';
import { dueIn, parseDeviceDocument, toDeviceDocument } from '../../wire/device-document.ts';
import { parseSettledDocument, toSettledDocument } from '../../wire/move-document.ts';
import { type CosmosDatabase, statusOf } from './client.ts';

/** 404: it is gone; 409: it exists; 412: another version; 449: two writes met. In each case what was read is no longer so. */
const supersededStatuses: readonly (number | undefined)[] = [404, 409, 412, 449];

/** One point read, one conditional write: the etag is the fence. */
export const cosmosDeviceRecords = (
  database: CosmosDatabase,
  intakes?: Pick<Intakes, 'count'>,
): DeviceRecords => {
  const open = async () => (await database()).container(containers.devices.id);
  /** What a campaign's moves cost: it is kept on the campaign. */
  const charge = (move: Move | undefined, requestCharge: number): void => {
    if (move && isCampaign(move.campaignId))
      intakes?.count(countOf.units(move.campaignId), requestCharge);
  };
  return {
    read: async ({ id, slice }, abortSignal) => {
      const container = await open();
      const { resource, etag, requestCharge } = await container
        .item(id, slice)
        .read({ abortSignal });
      if (resource === undefined) return undefined;
      const record = ours(resource, id);
      charge(record.move, requestCharge);
      return { record, version: etag };
    },
    write: async (key, record, version, abortSignal, settled, decided) => {
      const container = await open();
      const document = toDeviceDocument(key, record);
      const beside = [
        ...(settled ? [created(toSettledDocument(key, record.deviceId, settled))] : []),
        ...(decided ? [told(toDecisionDocument(key, decided))] : []),
      ];
      try {
        if (beside.length > 0) {
          const first = version === undefined ? created(document) : replaced(document, version);
          const done = await asOne(container, key, [first, ...beside], abortSignal);
          charge(settled?.move ?? record.move, done.requestCharge);
          return done.outcome;
        }
        if (version === undefined) await container.items.create(document, { abortSignal });
        else {
          const accessCondition = { type: 'IfMatch', condition: version };
          const { requestCharge } = await container
            .item(key.id, key.slice)
            .replace(document, { abortSignal, accessCondition });
          charge(record.move, requestCharge);
        }
        return 'written';
      } catch (error) {
        if (supersededStatuses.includes(statusOf(error))) return 'superseded';
        throw new Error(`Cosmos DB did not write ${containers.devices.id}`, { cause: error });
      }
    },
    ...lists(open),
  };
};

const ours = (document: unknown, id: string): DeviceRecord => {
  try {
    return parseDeviceDocument(document);
  } catch (cause) {
    const because = cause instanceof Error ? cause.message : String(cause);
    const error = new Error(`the document ${id} is none of ours: ${because}`, { cause });
    throw Object.assign(error, { name: unreadable });
  }
};

/** What is found by query: the slices are many, so only what is indexed, and a page at a time. Pages may be empty before the last. */
const lists = (
  open: () => Promise<Container>,
): Pick<DeviceRecords, 'due' | 'attended' | 'all' | 'on' | 'history' | 'decisions'> => ({
  due: async (now, countMax, abortSignal) => {
    const { items } = await open();
    const parameters = [{ name: '@now', value: now }];
    const query = { query: 'SELECT * FROM c WHERE c.nextAt <= @now', parameters };
    const pages = items.query(query, { maxItemCount: countMax, abortSignal });
    const found: Due[] = [];
    while (pages.hasMoreResults() && found.length < countMax) {
      const { resources = [] } = await pages.fetchNext();
      found.push(...resources.map(dueIn));
    }
    return found.slice(0, countMax);
  },
  attended: (scope, countMax, after, signal) =>
    page(open, { ...of(scope), query: attended }, countMax, after, signal),
  all: (scope, countMax, after, signal) =>
    page(open, { ...of(scope), query: all }, countMax, after, signal),
  on: (scope, hub, countMax, after, signal) => {
    const { parameters } = of(scope);
    const query = { query: on, parameters: [...parameters, { name: '@hub', value: hub }] };
    return page(open, query, countMax, after, signal);
  },
  history: async ({ id, slice }, maxItemCount, abortSignal) => {
    const { items } = await open();
    const parameters = [{ name: '@device', value: id }];
    const query = { query: 'SELECT * FROM c WHERE c.historyOf = @device', parameters };
    const options = { partitionKey: slice, maxItemCount, abortSignal };
    const { resources } = await items.query(query, options).fetchAll();
    const settled = resources.map(parseSettledDocument);
    return settled.sort((one, other) => one.settledAt - other.settledAt).slice(-maxItemCount);
  },
  decisions: async (scope, since, until, countMax, abortSignal) => {
    const { items } = await open();
    const parameters = [
      { name: '@scope', value: scope },
      { name: '@since', value: since },
      { name: '@until', value: until },
    ];
    const pages = items.query({ query: decided, parameters }, { maxItemCount: 500, abortSignal });
    const found: Decision[] = [];
    while (pages.hasMoreResults() && found.length <= countMax) {
      const { resources = [] } = await pages.fetchNext();
      found.push(...resources.map(parseDecisionDocument));
    }
    return found;
  },
});

const all = 'SELECT * FROM c WHERE c.id >= @from AND c.id < @to';
const on = `${all} AND c.hub = @hub`;
const decided =
  'SELECT * FROM c WHERE c.decidedIn = @scope AND c.decidedAt >= @since AND c.decidedAt < @until';
const attended = `${all} AND c.nextAt > @never`;

const of = (scope: Scope) => ({
  parameters: [
    { name: '@from', value: `${scope}:` },
    { name: '@to', value: `${scope};` }, // the character after the colon
    { name: '@never', value: 0 },
  ],
});

const page = async (
  open: () => Promise<Container>,
  query: SqlQuerySpec,
  maxItemCount: number,
  after: string | undefined,
  abortSignal: AbortSignal,
): Promise<Page | 'bad-after'> => {
  const { items } = await open();
  const options = {
    maxItemCount,
    abortSignal,
    ...(after === undefined ? {} : { continuationToken: after }),
  };
  try {
    const pages = items.query(query, options);
    for (;;) {
      const { resources = [], continuationToken } = await pages.fetchNext();
      if (resources.length > 0 || !pages.hasMoreResults())
        return { ...readable(resources), after: continuationToken || undefined };
    }
  } catch (error) {
    if (after !== undefined && statusOf(error) === 400) return 'bad-after';
    throw error;
  }
};

const readable = (documents: readonly unknown[]): Omit<Page, 'after'> => {
  const read = documents.map(dueIn);
  return {
    records: read.flatMap((one) => ('kept' in one ? [one.kept.record] : [])),
    unreadable: read.flatMap((one) => ('fault' in one ? [one.key.id] : [])),
  };
};

const created = (document: object): OperationInput => ({
  operationType: 'Create',
  resourceBody: json(document),
});

const replaced = (document: { readonly id: string }, ifMatch: string): OperationInput => ({
  operationType: 'Replace',
  id: document.id,
  resourceBody: json(document),
  ifMatch,
});

/** Told twice, it is one. */
const told = (document: object): OperationInput => ({
  operationType: 'Upsert',
  resourceBody: json(document),
});

/** All in one batch of one partition: the whole of it, or nothing. */
const asOne = async (
  { items }: Container,
  key: DeviceKey,
  operations: OperationInput[],
  abortSignal: AbortSignal,
): Promise<{ readonly outcome: 'written' | 'superseded'; readonly requestCharge: number }> => {
  const done = await items.batch(operations, key.slice, { abortSignal });
  const { result = [], headers } = done;
  const requestCharge = Number(headers?.['x-ms-request-charge'] ?? 0);
  const statuses = result.map(({ statusCode }) => statusCode);
  if (statuses.length > 0 && statuses.every((status) => status < 300))
    return { outcome: 'written', requestCharge };
  if (statuses.some((status) => supersededStatuses.includes(status)))
    return { outcome: 'superseded', requestCharge };
  throw new Error(`Cosmos DB answered the batch with ${statuses.join(', ') || 'nothing'}`);
};

/** As it travels: without what is undefined. */
const json = (document: object): JSONObject => JSON.parse(JSON.stringify(document));
