import { deviceCountMax, type Hub } from '../domain/hub.ts';
import type { Scope } from '../domain/scope.ts';
import { spendsOf } from '../planning/spends.ts';
import type { Charge } from './tokens.ts';

/** What of the quotas campaigns may take. */
export type Quotas = {
  /** That each DPS takes. */
  readonly registrationsPerMinute: number;
  /** Left to what the fleet does by itself, in percent: of every quota. */
  readonly organicPercent: number;
  /** What the fleet registers by itself, as the webhook counts it: a floor. */
  readonly organicPerMinute: number;
  /** Of moves, what is kept for devices that wait for their own time; from 0 to 1. */
  readonly parkedShare: number;
  /** How much of it is taken while signs are good: less when they are not. From 0 to 1. */
  readonly factor: number;
};

/** So that what comes a moment later than expected still falls into a minute that has room. */
const evenness = 0.975;

/** Registrations a minute that campaigns may cause. */
export const registrationsFor = (quotas: Quotas): number => {
  const { registrationsPerMinute, organicPercent, organicPerMinute, parkedShare, factor } = quotas;
  const reserve = Math.max((registrationsPerMinute * organicPercent) / 100, organicPerMinute);
  const ours = Math.max(0, registrationsPerMinute - reserve) * (1 - parkedShare);
  return ours * factor * evenness;
};

/**
 * What a move takes: a registration of its DPS, in the minute in which it is expected, and what its two hubs let through. The first that is
 * short binds. [C4]
 */
export const chargesOf = (scope: Scope, from: Hub, to: Hub, quotas: Quotas): readonly Charge[] => {
  const ours = (1 - quotas.organicPercent / 100) * evenness;
  const of = (hub: Hub, side: 'perOut' | 'perIn'): readonly Charge[] =>
    spendsOf(hub, ours, evenness).flatMap(({ what, perMinute, ...spend }) =>
      spend[side] > 0
        ? [{ resource: `${what} of ${hub.hostName}`, count: spend[side], perMinute }]
        : [],
    );
  const perMinute = registrationsFor(quotas);
  return [
    { resource: `registrations of ${scope}`, count: 1, perMinute },
    ...of(from, 'perOut'),
    ...of(to, 'perIn'),
  ];
};

/** Moves that a hub still has room for, with those that are under way to it. */
export const roomOn = (hub: Hub, arriving: number): number =>
  hub.deviceCount === undefined
    ? Number.POSITIVE_INFINITY
    : deviceCountMax(hub) - hub.deviceCount - arriving;

/**
 * How long devices that were offline wait at random when they come back: as long as it takes for all that wait to register within their
 * share, should they come back together.
 */
export const parkedJitterSeconds = (waiting: number, quotas: Quotas): number => {
  const perMinute = registrationsFor({ ...quotas, parkedShare: 0 }) * quotas.parkedShare;
  return perMinute <= 0 ? 0 : Math.min(jitterSecondsMax, Math.ceil((waiting * 60) / perMinute));
};

/** Longer than an hour nobody waits to come back. */
const jitterSecondsMax = 3_600;
