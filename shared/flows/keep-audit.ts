import type { AuditEntry, AuditOutcome, AuditTrail } from '../ports/audit.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { Dice } from '../ports/dice.ts';

export type KeepAudit = {
  /**
   * Writes that it begins, before it is done; answers how to say what came of it. A fault of the store throws: nothing is changed of which
   * nobody would know who did it.
   */
  readonly begin: (asked: Asked) => Promise<(outcome: AuditOutcome) => Promise<void>>;
  /** What Rehome did by itself. */
  readonly note: (asked: Omit<Asked, 'by'>, outcome: AuditOutcome) => Promise<void>;
  /** @param before the id of an entry; undefined: from the newest on. */
  readonly recent: (countMax: number, before?: string) => Promise<readonly AuditEntry[]>;
};

type Asked = Pick<AuditEntry, 'by' | 'operation' | 'target'>;

type Ports = {
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly deadline: Deadline;
  /** What could not be written is said at least. */
  readonly complain: (line: string) => void;
};

const timeoutMs = 5_000;

export const keepAudit = ({ audit, clock, dice, deadline, complain }: Ports): KeepAudit => {
  const put = (entry: AuditEntry): Promise<void> =>
    deadline(timeoutMs, (signal) => audit.put(entry, signal));
  const entryOf = (asked: Asked, outcome: AuditOutcome): AuditEntry => {
    const at = clock.now();
    return { id: `${String(at).padStart(14, '0')}-${dice.digits(8)}`, at, ...asked, outcome };
  };
  const tell = async (entry: AuditEntry): Promise<void> => {
    try {
      await put(entry);
    } catch (fault) {
      // It is done, and that it began is written: what came of it stands in the log.
      const because = fault instanceof Error ? fault.message : String(fault);
      complain(JSON.stringify({ event: 'audit-not-written', because, ...entry }));
    }
  };
  return {
    begin: async (asked) => {
      const entry = entryOf(asked, { kind: 'begun' });
      await put(entry);
      return (outcome) => tell({ ...entry, outcome });
    },
    note: (asked, outcome) => tell(entryOf({ ...asked, by: 'rehome' }, outcome)),
    recent: (countMax, before) =>
      deadline(timeoutMs, (signal) => audit.recent(countMax, before, signal)),
  };
};
