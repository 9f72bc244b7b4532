import { instant } from '../../shared/domain/instant.ts';
import {
  fromIso,
  type ReprovisionAnswer,
  type ReprovisionReport,
  type ReprovisionRequest,
  reprovisionRequest,
  toIso,
} from '../../shared/wire/device-contract.ts';

/** The device's half of docs/device-contract.md, without a transport, a clock or a disk: what firmware has to decide. */

/** A request that the device has met, and what became of it. */
export type Handled = {
  readonly requestId: string;
  readonly state: 'accepted' | 'going' | 'deferred' | 'refused' | 'done' | 'failed';
  /** When it goes: of one that is accepted. */
  readonly goAtMs?: number;
  /** When it left its hub: of one that is going, for the gap. */
  readonly leftAtMs?: number;
  readonly gapMs?: number;
  readonly until?: string;
  readonly why?: string;
};

/** How a device takes requests. */
export type Mood =
  | { readonly kind: 'accepts' }
  | { readonly kind: 'defers'; readonly forMs: number }
  | { readonly kind: 'refuses'; readonly why: string }
  /** It takes the method, and never answers. */
  | { readonly kind: 'is silent' };

export type Considered = {
  /** What must be on disk before the answer leaves the device. */
  readonly handled: readonly Handled[];
  readonly answer: ReprovisionAnswer;
};

/** A request that is older than these has passed its window long ago; one that is under way is kept whatever its age. */
const handledMax = 8;

/** While it is on its way for another request. */
const busyMs = 60_000;

/**
 * A request, by method or by desired property → the answer, and what to remember. A request that it has met before is answered as it
 * was then, and never acted upon again, on whatever hub the device meets it.
 */
export const consider = (
  handled: readonly Handled[],
  given: unknown,
  mood: Exclude<Mood, { readonly kind: 'is silent' }>,
  nowMs: number,
  draw: number,
): Considered => {
  const read = reprovisionRequest.safeParse(given);
  if (!read.success) {
    return { handled, answer: { answer: 'refused', why: 'not a request of this contract' } };
  }
  const known = handled.find(({ requestId }) => requestId === read.data.requestId);
  if (known) return { handled, answer: answerOf(known) };
  const met = meet(handled, read.data, mood, nowMs, draw);
  const kept = handled.filter(
    (one, index) => isUnderWay(one) || index > handled.length - handledMax,
  );
  return { handled: [...kept, met], answer: answerOf(met) };
};

const meet = (
  handled: readonly Handled[],
  { requestId, notBefore, notAfter, jitterSeconds }: ReprovisionRequest,
  mood: Exclude<Mood, { readonly kind: 'is silent' }>,
  nowMs: number,
  draw: number,
): Handled => {
  const until = (forMs: number): string => toIso(instant(nowMs + forMs));
  if (nowMs > fromIso(notAfter))
    return { requestId, state: 'refused', why: 'its window has passed' };
  if (handled.some(isUnderWay)) return { requestId, state: 'deferred', until: until(busyMs) };
  switch (mood.kind) {
    case 'refuses':
      return { requestId, state: 'refused', why: mood.why };
    case 'defers':
      return { requestId, state: 'deferred', until: until(mood.forMs) };
    case 'accepts': {
      const begin = Math.max(nowMs, fromIso(notBefore));
      const goAtMs = Math.min(begin + draw * jitterSeconds * 1000, fromIso(notAfter));
      return { requestId, state: 'accepted', goAtMs };
    }
  }
};

const isUnderWay = ({ state }: Handled): boolean => state === 'accepted' || state === 'going';

const answerOf = ({ state, until, why }: Handled): ReprovisionAnswer => {
  if (state === 'deferred') return { answer: 'deferred', until: until ?? '' };
  if (state === 'refused') return { answer: 'refused', why: why ?? '' };
  return { answer: 'accepted' };
};

/** What it reports of a request, on the hub that it reports on; `contract` alone when there is none. */
export const reportOf = (met: Handled | undefined, hub: string): ReprovisionReport => {
  if (!met) return { contract: 1 };
  const { requestId, state, until, why, gapMs } = met;
  return {
    contract: 1,
    requestId,
    state: state === 'going' ? 'accepted' : state,
    hub,
    ...(until === undefined ? {} : { until }),
    ...(why === undefined ? {} : { why }),
    ...(gapMs === undefined ? {} : { gapMs }),
  };
};
