import type { Enrollment } from '../domain/enrollment.ts';
import type { Clock } from '../ports/clock.ts';
import type { Enrollments } from '../ports/enrollments.ts';

/** What a webhook's body has told since is no older news than what a campaign has read a moment before it asks a device. */
const ageMsMax = 10_000;
/** Of individual enrollments each device has its own. */
const countMax = 1_000;

/** The same, each read once in so many seconds: the devices of a campaign have few enrollments between them. */
export const enrollmentsLately = (
  enrollments: Pick<Enrollments, 'read'>,
  { now }: Clock,
): Pick<Enrollments, 'read'> => {
  const known = new Map<string, { readonly enrollment: Enrollment; readonly readAt: number }>();
  return {
    read: async (key, signal) => {
      const held = known.get(key);
      if (held && now() - held.readAt < ageMsMax) return held.enrollment;
      const enrollment = await enrollments.read(key, signal);
      if (known.size >= countMax) known.clear();
      if (enrollment) known.set(key, { enrollment, readAt: now() });
      else known.delete(key);
      return enrollment;
    },
  };
};
