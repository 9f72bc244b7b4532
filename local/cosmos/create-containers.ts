import type { CosmosClient } from '@azure/cosmos';
import { containers, databaseId } from '../../shared/wire/containers.ts';

/** What a deployment does in Azure: the database and its containers, where they are not there. */
export const createContainers = async (client: CosmosClient): Promise<void> => {
  const { database } = await client.databases.createIfNotExists({ id: databaseId });
  for (const { id, partitionKey, indexingPolicy, ...ttl } of Object.values(containers)) {
    const { includedPaths, excludedPaths, indexingMode } = indexingPolicy;
    await database.containers.createIfNotExists({
      id,
      partitionKey: { paths: [...partitionKey.paths] },
      indexingPolicy: {
        indexingMode,
        includedPaths: [...includedPaths],
        excludedPaths: [...excludedPaths],
      },
      ...ttl,
    });
  }
};
