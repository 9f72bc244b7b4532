import type { AuditEntry, AuditTrail } from '../../ports/audit.ts';

/** More would fill the process: the oldest goes. */
const entriesMax = 10_000;

/** What was done, in the process: gone with it. */
export const memoryAudit = (): AuditTrail => {
  const entries = new Map<string, AuditEntry>();
  return {
    put: async (entry) => {
      entries.set(entry.id, entry);
      const [oldest] = entries.keys();
      if (entries.size > entriesMax && oldest !== undefined) entries.delete(oldest);
    },
    recent: async (countMax, before) =>
      [...entries.values()]
        .filter(({ id }) => before === undefined || id < before)
        .sort((one, other) => (one.id < other.id ? 1 : -1))
        .slice(0, countMax),
  };
};
