import type { HubDocuments } from '../../ports/hub-documents.ts';
import { containers } from '../../wire/containers.ts';
import { parseHubDocument, toHubDocument } from '../../wire/hub-document.ts';
import { type CosmosDatabase, statusOf } from './client.ts';

/** One point read, one conditional write. */
export const cosmosHubDocuments = (database: CosmosDatabase): HubDocuments => {
  const open = async () => (await database()).container(containers.hubs.id);
  return {
    read: async (hub, abortSignal) => {
      const container = await open();
      const { resource, etag } = await container.item(hub, hub).read({ abortSignal });
      return resource === undefined
        ? undefined
        : { hub: parseHubDocument(resource), version: etag };
    },
    write: async (hub, version, abortSignal) => {
      const container = await open();
      const accessCondition = { type: 'IfMatch', condition: version };
      try {
        await container
          .item(hub.hostName, hub.hostName)
          .replace(toHubDocument(hub), { abortSignal, accessCondition });
        return 'written';
      } catch (error) {
        if ([404, 412].includes(statusOf(error) ?? 0)) return 'superseded';
        throw new Error(`Cosmos DB did not write ${containers.hubs.id}`, { cause: error });
      }
    },
  };
};
