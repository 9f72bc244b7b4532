import { isDeepStrictEqual } from 'node:util';
import { type Enrollment, enrollmentKey } from '../../domain/enrollment.ts';
import type { Enrollments } from '../../ports/enrollments.ts';
import { containers } from '../../wire/containers.ts';
import { parseEnrollmentDocument, toEnrollmentDocument } from '../../wire/enrollment-document.ts';
import type { CosmosDatabase } from './client.ts';

/** An individual enrollment for each of a million devices must not fill the process. */
const rememberedMax = 10_000;

/** Each instance writes what it did not know; a last writer wins, because all of them tell the same. */
export const cosmosEnrollments = (database: CosmosDatabase): Enrollments => {
  const open = async () => (await database()).container(containers.enrollments.id);
  const known = new Map<string, Enrollment>();
  return {
    read: async (key, abortSignal) => {
      const container = await open();
      const { resource } = await container.item(key, key).read({ abortSignal });
      return resource === undefined ? undefined : parseEnrollmentDocument(resource);
    },
    limits: async (scope, abortSignal) => {
      const { items } = await open();
      const parameters = [
        { name: '@from', value: `${scope}:` },
        { name: '@to', value: `${scope};` }, // the character after the colon
        { name: '@yes', value: 1 },
      ];
      const query = { query: limiting, parameters };
      const pages = items.query(query, { maxItemCount: 1, abortSignal });
      while (pages.hasMoreResults()) {
        const { resources = [] } = await pages.fetchNext();
        if (resources.length > 0) return true;
      }
      return false;
    },
    learn: async (scope, enrollment, abortSignal) => {
      const key = enrollmentKey(scope, enrollment);
      if (isDeepStrictEqual(known.get(key), enrollment)) return;
      const { items } = await open();
      await items.upsert(toEnrollmentDocument(scope, enrollment), { abortSignal });
      if (known.size >= rememberedMax) known.clear();
      known.set(key, enrollment);
    },
  };
};

const limiting = 'SELECT * FROM c WHERE c.id >= @from AND c.id < @to AND c.limits = @yes';
