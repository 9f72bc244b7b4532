import type { CountMinute } from '../../domain/count.ts';
import type { HubHostName } from '../../domain/hub.ts';
import {
  type IntakeKind,
  type IntakeMinute,
  intakeMinutes,
  minuteOf,
} from '../../domain/intake.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Intakes } from '../../ports/intakes.ts';

export type Counted = {
  readonly rows: () => readonly IntakeMinute[];
  readonly counts: () => readonly CountMinute[];
};

/** Counts in the process, by hub and minute, as long as they matter. */
export const memoryIntakes = (clock: Clock): Intakes & Counted => {
  let counted = new Map<string, IntakeMinute>();
  let counts = new Map<string, CountMinute>();
  let newest = Number.NEGATIVE_INFINITY;
  const forget = (minute: number): void => {
    newest = minute;
    counted = new Map([...counted].filter(([, row]) => row.minute > minute - intakeMinutes));
    counts = new Map([...counts].filter(([, row]) => row.minute > minute - intakeMinutes));
  };
  return {
    note: (hub: HubHostName, kind: IntakeKind) => {
      const minute = minuteOf(clock.now());
      if (minute > newest) forget(minute);
      const key = `${minute} ${hub}`;
      const row = counted.get(key) ?? { hub, minute, answered: 0, confirmed: 0, inVain: 0 };
      counted.set(key, { ...row, [kind]: row[kind] + 1 });
    },
    count: (name, by) => {
      const minute = minuteOf(clock.now());
      if (minute > newest) forget(minute);
      const key = `${minute} ${name}`;
      counts.set(key, { name, minute, count: (counts.get(key)?.count ?? 0) + by });
    },
    counts: () => [...counts.values()],
    rows: () => {
      forget(minuteOf(clock.now()));
      return [...counted.values()];
    },
  };
};
