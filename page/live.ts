import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ask, statusOf, wordsOf } from './api.ts';

/** What was answered last, and how old that is. */
export type Live<Body> = {
  readonly body: Body | undefined;
  readonly etag: string | undefined;
  /** When it was last known to be so: the page's clock, in milliseconds. */
  readonly at: number | undefined;
  readonly fault: string | undefined;
  readonly status: number | undefined;
  /** Asks now. */
  readonly again: () => void;
};

type Held = Omit<Live<unknown>, 'again'> & { readonly path: string | undefined };

const nothing = {
  body: undefined,
  etag: undefined,
  at: undefined,
  fault: undefined,
  status: undefined,
};

/** All that is on the page: what is seen is as old as the oldest of it. */
const mounted = new Map<object, Pick<Held, 'at' | 'fault' | 'status'>>();

/** When the oldest of what is seen was so; and what keeps it from being renewed. */
export const oldestSeen = (): Pick<Held, 'at' | 'fault' | 'status'> => {
  const all = [...mounted.values()].filter(({ status }) => status !== 404);
  const oldest = all.reduce<number | undefined>(
    (least, { at }) => (at === undefined || (least !== undefined && least < at) ? least : at),
    undefined,
  );
  const { fault, status } = all.find((one) => one.fault !== undefined) ?? {};
  return { at: oldest, fault, status };
};

/** Asks every few seconds, while the page is looked at; an answer that is known is not sent again. @param path undefined: nothing. */
export const useLive = <Body>(path: string | undefined, everyMs: number): Live<Body> => {
  const [held, hold] = useState<Held>({ path, ...nothing });
  const [turn, setTurn] = useState(0);
  const known = useRef<{ path: string; etag: string | undefined }>(undefined);
  useEffect(() => {
    if (path === undefined) return;
    let isGone = false;
    const tell = (change: (before: Held) => Held): void => {
      if (!isGone) hold((before) => change(before.path === path ? before : { path, ...nothing }));
    };
    const look = async (): Promise<void> => {
      if (document.hidden && turn === 0) return;
      const tag = known.current?.path === path ? known.current.etag : undefined;
      const headers = tag === undefined ? {} : { 'if-none-match': tag };
      try {
        const { status, body, etag } = await ask('GET', path, undefined, headers);
        known.current = { path, etag };
        const heard = { path, etag, at: Date.now(), fault: undefined, status: 200 };
        tell((before) => ({ ...heard, body: status === 304 ? before.body : body }));
      } catch (fault) {
        tell((before) => ({ ...before, fault: wordsOf(fault), status: statusOf(fault) }));
      }
    };
    void look();
    const timer = setInterval(() => void look(), everyMs);
    const seen = (): void => void (document.hidden || look());
    document.addEventListener('visibilitychange', seen);
    return () => {
      isGone = true;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [path, everyMs, turn]);
  const shown = held.path === path ? held : { path, ...nothing };
  const self = useRef({}).current;
  const isAsked = path !== undefined;
  useEffect(() => {
    if (isAsked) mounted.set(self, shown);
  });
  useEffect(
    () => () => {
      mounted.delete(self);
    },
    [self],
  );
  const again = useCallback(() => setTurn((before) => before + 1), []);
  return { ...(shown as Omit<Live<Body>, 'again'>), again };
};

/** The time, renewed every so often: ages are told by it. */
export const useNow = (everyMs: number): number => {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
};
