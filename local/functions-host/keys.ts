import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A Functions app's keys. They outlive a restart of the app, so whoever starts it hands them in. */
export type HostKeys = {
  /** Opens every door. */
  readonly master: string;
  /** The host key: opens every door of level `function`. */
  readonly host: string;
  /** By function name: each opens that function alone. */
  readonly functions: Readonly<Record<string, string>>;
  /** Of the Event Grid webhook: the system key `eventgrid_extension`. */
  readonly eventGrid?: string;
};

export const authLevels = ['anonymous', 'function', 'admin'] as const;
export type AuthLevel = (typeof authLevels)[number];

export const newHostKeys = (): HostKeys => ({
  master: newKey(),
  host: newKey(),
  functions: {},
  eventGrid: newKey(),
});

export const newKey = (): string => randomBytes(40).toString('base64url');

/** `function` takes the master, the host or the function's own key; `admin` the master key alone. */
export const opens = (
  keys: HostKeys,
  level: AuthLevel,
  functionName: string,
  presented: string | undefined,
): boolean => {
  if (level === 'anonymous') return true;
  if (!presented) return false;
  const accepted =
    level === 'admin' ? [keys.master] : [keys.master, keys.host, keys.functions[functionName]];
  return accepted.some((key) => key !== undefined && equal(key, presented));
};

/** In constant time. */
export const equal = (one: string, other: string): boolean =>
  timingSafeEqual(digest(one), digest(other));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
