import type { ChangeCursors } from '../../ports/changes.ts';
import {
  cursorId,
  cursorKind,
  parseCursorDocument,
  toCursorDocument,
} from '../../wire/change-document.ts';
import { containers } from '../../wire/containers.ts';
import { type CosmosDatabase, statusOf } from './client.ts';

/**
 * How far the audit stream was told, in a container of whose changes nobody is told: in one of the sources each word of it would bring the next.
 * Until version 0.1.0 it stood beside the audit, and is looked for there as long as there is no other.
 */
export const cosmosChangeCursors = (database: CosmosDatabase): ChangeCursors => {
  const open = async (container: 'inventories' | 'audit') =>
    (await database()).container(containers[container].id);
  return {
    read: async (source, abortSignal) => {
      const id = cursorId(source);
      const { resource, etag } = await (await open('inventories'))
        .item(id, id)
        .read({ abortSignal });
      if (resource !== undefined)
        return { after: parseCursorDocument(resource).after, version: etag };
      const before = await (await open('audit')).item(source, cursorKind).read({ abortSignal });
      return before.resource === undefined
        ? undefined
        : { after: parseCursorDocument(before.resource).after, version: undefined };
    },
    write: async (source, after, version, abortSignal) => {
      const container = await open('inventories');
      const document = toCursorDocument(source, after);
      try {
        if (version === undefined) await container.items.create(document, { abortSignal });
        else {
          const accessCondition = { type: 'IfMatch', condition: version };
          const item = container.item(document.id, document.id);
          await item.replace(document, { abortSignal, accessCondition });
        }
        return 'written';
      } catch (error) {
        const status = statusOf(error);
        if (status === 409 || status === 412) return 'superseded';
        throw new Error(`Cosmos DB did not write ${containers.inventories.id}`, { cause: error });
      }
    },
  };
};
