import type { Database } from '@azure/cosmos';
import type { DeviceRecords } from '../../ports/device-records.ts';
import { containers } from '../../wire/containers.ts';
import { parseDeviceDocument, toDeviceDocument } from '../../wire/device-document.ts';
import { statusOf } from './client.ts';

/** 404: it is gone; 409: it exists; 412: another version; 449: two writes met. In each case what was read is no longer so. */
const supersededStatuses: readonly (number | undefined)[] = [404, 409, 412, 449];

/** One point read, one conditional write: the etag is the fence. */
export const cosmosDeviceRecords = (database: Database): DeviceRecords => {
  const { items, item } = bound(database);
  return {
    read: async ({ id, slice }, abortSignal) => {
      const { resource, etag } = await item(id, slice).read({ abortSignal });
      return resource === undefined
        ? undefined
        : { record: parseDeviceDocument(resource), version: etag };
    },
    write: async (key, record, version, abortSignal) => {
      const document = toDeviceDocument(key, record);
      try {
        if (version === undefined) await items.create(document, { abortSignal });
        else {
          const accessCondition = { type: 'IfMatch', condition: version };
          await item(key.id, key.slice).replace(document, { abortSignal, accessCondition });
        }
        return 'written';
      } catch (error) {
        if (supersededStatuses.includes(statusOf(error))) return 'superseded';
        throw new Error(`Cosmos DB did not write ${containers.devices.id}`, { cause: error });
      }
    },
  };
};

const bound = (database: Database) => {
  const container = database.container(containers.devices.id);
  return {
    items: container.items,
    item: (id: string, slice: string) => container.item(id, slice),
  };
};
