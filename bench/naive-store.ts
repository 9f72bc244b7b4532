import { CosmosClient } from '@azure/cosmos';
import type { Cosmos } from '../local/cosmos/cosmos.ts';
import { inProcess } from '../local/cosmos/in-process.ts';
import type { HubEvent } from '../local/iot-hub/hub-event.ts';

/**
 * The design that one writes first: a document for each device in a container with Cosmos DB's usual index of every path, of which every event is
 * read and written, and a history in a container of its own.
 */
export const naiveStore = async (cosmos: Cosmos) => {
  const [endpoint, { key }] = ['http://cosmos.local', cosmos];
  const client = new CosmosClient({ endpoint, key, httpClient: inProcess(cosmos) });
  const { database } = await client.databases.createIfNotExists({ id: 'naive' });
  const containerOf = async (id: string) =>
    (await database.containers.createIfNotExists({ id, partitionKey: '/device' })).container;
  const devices = await containerOf('naive-devices');
  const history = await containerOf('naive-history');
  const settings = { from: '', to: '', reason: '', deadline: 0, attempt: 0, nextAt: 0 };
  const take = async (device: string, what: string, at: string, hub: string): Promise<void> => {
    const item = devices.item(device, device);
    const { resource, etag } = await item.read();
    const log = [...(resource?.log ?? []), { what, at, hub }].slice(-20);
    const document = { id: device, device, ...settings, ...resource, state: what, hub, at, log };
    if (etag === undefined) await devices.items.create(document);
    else await item.replace(document, { accessCondition: { type: 'IfMatch', condition: etag } });
  };
  return {
    /** An event of a hub, whatever it says. */
    hear: ({ deviceId, opType, operationTimestamp, hubName }: HubEvent): Promise<void> =>
      take(deviceId, opType, operationTimestamp, hubName),
    /** A step of a move that we take, or that its device takes. */
    step: take,
    settle: async (device: string, at: string): Promise<void> => {
      await take(device, 'verified', at, '');
      await history.items.create({
        id: `${device} ${at}`,
        device,
        ...settings,
        verdict: 'verified',
        at,
      });
    },
  };
};
