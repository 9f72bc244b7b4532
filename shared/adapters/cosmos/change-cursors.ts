import type { ChangeCursors } from '../../ports/changes.ts';
import { cursorKind, parseCursorDocument, toCursorDocument } from '../../wire/change-document.ts';
import { containers } from '../../wire/containers.ts';
import { type CosmosDatabase, statusOf } from './client.ts';

/** How far the audit stream was told, beside the audit. */
export const cosmosChangeCursors = (database: CosmosDatabase): ChangeCursors => {
  const open = async () => (await database()).container(containers.audit.id);
  return {
    read: async (source, abortSignal) => {
      const { resource, etag } = await (await open())
        .item(source, cursorKind)
        .read({ abortSignal });
      return resource === undefined
        ? undefined
        : { after: parseCursorDocument(resource).after, version: etag };
    },
    write: async (source, after, version, abortSignal) => {
      const container = await open();
      const document = toCursorDocument(source, after);
      try {
        if (version === undefined) await container.items.create(document, { abortSignal });
        else {
          const accessCondition = { type: 'IfMatch', condition: version };
          await container
            .item(source, cursorKind)
            .replace(document, { abortSignal, accessCondition });
        }
        return 'written';
      } catch (error) {
        const status = statusOf(error);
        if (status === 409 || status === 412) return 'superseded';
        throw new Error(`Cosmos DB did not write ${containers.audit.id}`, { cause: error });
      }
    },
  };
};
