import { CosmosClient } from '@azure/cosmos';
import { type Cosmos, createCosmos } from '../../local/cosmos/cosmos.ts';
import { createContainers } from '../../local/cosmos/create-containers.ts';
import type { Fault } from '../../local/cosmos/faults.ts';
import { inProcess } from '../../local/cosmos/in-process.ts';
import { realWorld, type World } from '../../local/world.ts';
import { cosmosDatabase } from '../../shared/adapters/cosmos/client.ts';

/** How many documents, pages and feeds the store was asked for from now on. */
export const countAsks = ({ faults }: Pick<Cosmos, 'faults'>): (() => number) => {
  let asked = 0;
  faults.push({
    count: Number.POSITIVE_INFINITY,
    matches: ({ url }) => {
      if (url.includes('/docs')) asked += 1;
      return false; // it is only looked at
    },
    does: { kind: 'hang' },
  });
  return () => asked;
};

/** The embedded store, spoken to by the genuine SDK without a socket. */
export const aStore = async (world: World = realWorld) => {
  const store = createCosmos({}, world);
  const httpClient = inProcess(store);
  const [endpoint, { key }] = ['http://cosmos.local', store];
  const client = new CosmosClient({ endpoint, key, httpClient });
  await createContainers(client);
  const connectionString = `AccountEndpoint=${endpoint};AccountKey=${key};`;
  const fault = (does: Fault['does'], matches: Fault['matches'] = () => true, count = 1): void => {
    store.faults.push({ does, matches, count });
  };
  const heal = (): void => {
    store.faults.length = 0;
  };
  const database = cosmosDatabase({ string: connectionString }, { httpClient });
  return { store, client, database, fault, heal };
};
