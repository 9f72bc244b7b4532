/** Numbers, times and names, as they are read. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `12,345` */
export const many = (count: number): string => whole.format(count);

/** `1 move`, `12,345 moves` */
export const counted = (count: number, what: string): string =>
  `${many(count)} ${what}${count === 1 ? '' : 's'}`;

/** `12.3 %`, of a share of 1. */
export const percent = (share: number): string => {
  const text = (100 * share).toFixed(Math.abs(share) < 0.1 ? 1 : 0);
  return `${text} %`;
};

/** `rehome-hub-1`: what tells hubs apart. */
export const short = (hub: string): string => hub.split('.')[0] ?? hub;

const pad = (number: number): string => String(number).padStart(2, '0');

/** `03:04:05` today, `11-28 03:04` before: local time. */
export const clock = (iso: string | null | undefined): string => {
  if (!iso) return '–';
  const at = new Date(iso);
  const time = `${pad(at.getHours())}:${pad(at.getMinutes())}`;
  const isToday = at.toDateString() === new Date().toDateString();
  return isToday
    ? `${time}:${pad(at.getSeconds())}`
    : `${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${time}`;
};

/** `120 ms`, `40 s`, `12 min`, `3 h 20 min`, `2 days` */
export const duration = (ms: number): string => {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} days`;
};

/** `drain rehome-hub-1` */
export const goalText = (goal: {
  readonly kind: string;
  readonly hub?: string;
  readonly devices?: readonly string[];
}): string =>
  goal.hub === undefined
    ? goal.devices === undefined
      ? goal.kind
      : `${goal.kind} ${counted(goal.devices.length, 'device')}`
    : `${goal.kind} ${short(goal.hub)}`;
