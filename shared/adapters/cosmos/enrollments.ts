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
