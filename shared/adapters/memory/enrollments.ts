import { type Enrollment, enrollmentKey } from '../../domain/enrollment.ts';
import type { Enrollments } from '../../ports/enrollments.ts';

/** Enrollments in the process: gone with it. */
export const memoryEnrollments = (): Enrollments => {
  const known = new Map<string, Enrollment>();
  return {
    read: async (key) => known.get(key),
    limits: async (scope) =>
      [...known].some(([key, { hubs }]) => key.startsWith(`${scope}:`) && hubs !== undefined),
    learn: async (scope, enrollment) => {
      known.set(enrollmentKey(scope, enrollment), enrollment);
    },
  };
};
