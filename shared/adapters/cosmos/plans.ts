import type { Plans } from '../../ports/plans.ts';
import { containers } from '../../wire/containers.ts';
import {
  pageDocumentId,
  parsePageDocument,
  parsePlanDocument,
  planKind,
  toPageDocument,
  toPlanDocument,
} from '../../wire/plan-document.ts';
import { type CosmosDatabase, statusOf } from './client.ts';

/** The plans in one partition, so that the newest are found by one cheap query; the pages of each in one of its own. */
export const cosmosPlans = (database: CosmosDatabase): Plans => {
  const open = async () => (await database()).container(containers.plans.id);
  return {
    create: async (order, abortSignal) => {
      const { items } = await open();
      try {
        await items.create(toPlanDocument(order, { kind: 'asked' }), { abortSignal });
      } catch (error) {
        if (statusOf(error) !== 409) throw error;
      }
    },
    read: async (id, abortSignal) => {
      const container = await open();
      const { resource, etag } = await container.item(id, planKind).read({ abortSignal });
      return resource === undefined ? undefined : { ...parsePlanDocument(resource), version: etag };
    },
    write: async (order, state, version, abortSignal) => {
      const container = await open();
      const accessCondition = { type: 'IfMatch', condition: version };
      try {
        await container
          .item(order.id, planKind)
          .replace(toPlanDocument(order, state), { abortSignal, accessCondition });
        return 'written';
      } catch (error) {
        if (statusOf(error) === 412) return 'superseded';
        throw new Error(`Cosmos DB did not write ${containers.plans.id}`, { cause: error });
      }
    },
    recent: async (countMax, abortSignal) => {
      const { items } = await open();
      const query = `SELECT TOP ${countMax} * FROM c ORDER BY c.askedAt DESC`;
      const options = { partitionKey: planKind, abortSignal };
      const { resources } = await items.query<{ _etag: string }>(query, options).fetchAll();
      return resources.map((one) => ({ ...parsePlanDocument(one), version: one._etag }));
    },
    putPage: async (page, abortSignal) => {
      const { items } = await open();
      await items.upsert(toPageDocument(page), { abortSignal });
    },
    readPage: async (page, abortSignal) => {
      const container = await open();
      const item = container.item(pageDocumentId(page), page.id);
      const { resource } = await item.read({ abortSignal });
      return resource === undefined ? undefined : parsePageDocument(page, resource);
    },
  };
};
