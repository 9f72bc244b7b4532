import type { AuditEntry, AuditOutcome, AuditTrail } from '../ports/audit.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { Dice } from '../ports/dice.ts';

export type KeepAudit = {
  /**
   * Writes that it begins, before it is done; answers how to say what came of it; or that it cannot be written: then nothing is changed of which
   * nobody would know who did it. @param anyway what cannot be written stands in the log, and it is done.
   */
  readonly begin: (asked: Asked, anyway?: boolean) => Promise<Begun>;
  /** What Rehome did by itself. */
  readonly note: (asked: Omit<Asked, 'by'>, outcome: AuditOutcome) => Promise<void>;
  /** @param before the id of an entry; undefined: from the newest on. */
  readonly recent: (countMax: number, before?: string) => Promise<readonly AuditEntry[]>;
};

export type Begun =
  | { readonly kind: 'begun'; readonly tell: (outcome: AuditOutcome) => Promise<void> }
  | { readonly kind: 'away'; readonly because: string };

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
  /** It is done all the same: that it was stands in the log. */
  const untold = (entry: AuditEntry, because: string): void =>
    complain(JSON.stringify({ event: 'audit-not-written', because, ...entry }));
  const tell = async (entry: AuditEntry): Promise<void> => {
    try {
      await put(entry);
    } catch (fault) {
      untold(entry, wordsOf(fault));
    }
  };
  return {
    begin: async (asked, anyway = false) => {
      const entry = entryOf(asked, { kind: 'begun' });
      const because = await put(entry).then(() => undefined, wordsOf);
      if (because !== undefined && !anyway) return { kind: 'away', because };
      if (because !== undefined) untold(entry, because);
      return { kind: 'begun', tell: (outcome) => tell({ ...entry, outcome }) };
    },
    note: (asked, outcome) => tell(entryOf({ ...asked, by: 'rehome' }, outcome)),
    recent: (countMax, before) =>
      deadline(timeoutMs, (signal) => audit.recent(countMax, before, signal)),
  };
};

const wordsOf = (fault: unknown): string =>
  fault instanceof Error ? fault.message : String(fault);
