import type { RegisteredFunction, TypedData } from './core-types.ts';
import type { Invoke } from './invoke.ts';
import { parseSchedule, type Schedule } from './schedule.ts';

export type TimerListener = { readonly stop: () => Promise<void> };

/** setTimeout's longest delay; a longer wait is made of several. */
const waitMsMax = 2 ** 31 - 1;

/**
 * Runs a timer trigger on its schedule. Runs never overlap: one that outlasts its slot is followed by another at once, for all the slots that
 * it missed. A run that fails is logged by `invoke` and does not end the schedule. Schedules are kept in memory alone, so
 * unlike in Azure a slot that was missed while the host was down is not made up for, and `isPastDue` is always false.
 * @see https://github.com/Azure/azure-webjobs-sdk-extensions: TimerListener, `GetNextTimerInterval`
 * @throws Error when the schedule is not NCRONTAB, or another option is given.
 */
export const listenToTimer = (timed: RegisteredFunction, invoke: Invoke): TimerListener => {
  const { schedule: expression, runOnStartup, useMonitor } = timed.trigger;
  if (runOnStartup !== undefined || useMonitor !== undefined) {
    throw new Error(`Function ${timed.name}: the embedded host has no runOnStartup or useMonitor.`);
  }
  const schedule = parseSchedule(String(expression));
  let lastMs: number | undefined;
  let dueMs = schedule.next(Date.now());
  let timeout: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const wait = (): void => {
    const leftMs = dueMs - Date.now();
    timeout = setTimeout(
      leftMs > waitMsMax ? wait : fire,
      Math.min(Math.max(leftMs, 0), waitMsMax),
    );
  };
  const fire = (): void => {
    const firedMs = Date.now();
    running = invoke(timed, timerInfo(schedule, lastMs, dueMs))
      .catch(() => undefined)
      .then(() => {
        lastMs = Math.max(dueMs, firedMs);
        dueMs = schedule.next(lastMs);
        if (timeout) wait();
      });
  };
  wait();
  return {
    stop: async () => {
      clearTimeout(timeout);
      timeout = undefined;
      await running;
    },
  };
};

const timerInfo = (
  { subMinute }: Schedule,
  lastMs: number | undefined,
  dueMs: number,
): TypedData => {
  const last = lastMs === undefined ? '0001-01-01T00:00:00+00:00' : new Date(lastMs).toISOString();
  const status = { Last: last, Next: new Date(dueMs).toISOString(), LastUpdated: last };
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: subMinute ? null : status,
      IsPastDue: false,
    }),
  };
};
