import type { Inventories } from '../../ports/inventories.ts';
import { containers } from '../../wire/containers.ts';
import { parseInventoryDocument, toInventoryDocument } from '../../wire/inventory-document.ts';
import { type CosmosDatabase, statusOf } from './client.ts';

export const cosmosInventories = (database: CosmosDatabase): Inventories => {
  const open = async () => (await database()).container(containers.inventories.id);
  return {
    read: async (scope, abortSignal) => {
      const container = await open();
      const { resource, etag } = await container.item(scope, scope).read({ abortSignal });
      return resource === undefined
        ? undefined
        : { inventory: parseInventoryDocument(resource), version: etag };
    },
    write: async (inventory, version, abortSignal) => {
      const container = await open();
      const document = toInventoryDocument(inventory);
      try {
        if (version === undefined) {
          const { etag } = await container.items.create(document, { abortSignal });
          return { version: etag };
        }
        const accessCondition = { type: 'IfMatch', condition: version };
        const item = container.item(inventory.scope, inventory.scope);
        const { etag } = await item.replace(document, { abortSignal, accessCondition });
        return { version: etag };
      } catch (error) {
        if ([409, 412].includes(statusOf(error) ?? 0)) return 'superseded';
        throw new Error(`Cosmos DB did not write ${containers.inventories.id}`, { cause: error });
      }
    },
  };
};
