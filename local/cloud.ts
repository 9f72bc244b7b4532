import { CosmosClient } from '@azure/cosmos';
import { type Azure, type AzureOptions, startAzure } from './azure.ts';
import { type Cosmos, createCosmos } from './cosmos/cosmos.ts';
import { listenCosmos } from './cosmos/cosmos-front.ts';
import { createContainers } from './cosmos/create-containers.ts';
import { enrollmentKey } from './dps/dps.ts';
import { readEnrollment } from './dps/enrollment.ts';
import { derivedKey } from './sas.ts';
import type { World } from './world.ts';

/** Hubs, DPS and Cosmos DB, with the containers made, as a deployment would leave them. */
export type Cloud = {
  readonly azure: Azure;
  readonly cosmos: Cosmos;
  /** Of the Cosmos DB account. */
  readonly connectionString: string;
  /** The enrollment group of every device, with that webhook. Answers the group's key. */
  readonly enrollFleet: (webhookUrl: string) => string;
  readonly stop: () => Promise<void>;
};

const groupId = 'fleet';

export const startCloud = async (options: AzureOptions, world: World): Promise<Cloud> => {
  const azure = await startAzure(options, world);
  const cosmos = createCosmos({}, world);
  const { endpoint, stop } = await listenCosmos(cosmos);
  await createContainers(new CosmosClient({ endpoint, key: cosmos.key }));
  return {
    azure,
    cosmos,
    connectionString: `AccountEndpoint=${endpoint};AccountKey=${cosmos.key};`,
    enrollFleet: (webhookUrl) => {
      const body = {
        attestation: { type: 'symmetricKey' },
        allocationPolicy: 'custom',
        customAllocationDefinition: { webhookUrl, apiVersion: '2021-10-01' },
      };
      const group = readEnrollment('group', groupId, body, undefined, world);
      azure.dps.enrollments.set(enrollmentKey('group', groupId), group);
      return group.primaryKey;
    },
    stop: async () => {
      await Promise.all([azure.stop(), stop()]);
    },
  };
};

/** What a device of the fleet knows of itself. */
export const fleetDevice = ({ azure }: Cloud, groupKey: string, registrationId: string) => ({
  idScope: azure.dps.idScope,
  registrationId,
  key: derivedKey(groupKey, registrationId),
});
