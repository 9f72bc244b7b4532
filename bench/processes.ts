import { readFileSync } from 'node:fs';

/** Linux counts hundredths of a second. */
const tickMs = 10;

/** What a process has used of all cores, in milliseconds; not a number where the system does not say. @see man 5 proc_pid_stat */
export const cpuMsOf = (pid: number): number => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * tickMs;
  } catch {
    return Number.NaN;
  }
};

/** The most memory that a process ever had, in megabytes; not a number where the system does not say. @see man 5 proc_pid_status */
export const peakMbOf = (pid: number | 'self'): number => {
  try {
    const told = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(told?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
};
