import type { Hub, HubHostName } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import { throttlesOf } from '../domain/quota.ts';
import type { PlannedMove } from './planned.ts';
import type { HubLook } from './snapshot.ts';
import { spendsOf } from './spends.ts';

/** What the quotas are taken for, and what they cost. */
export type PaceLimits = {
  /** That its DPS takes. */
  readonly registrationsPerMinute: number;
  /** What of every quota is left to what the fleet does by itself. */
  readonly organicPercent: number;
  readonly prices: Prices | undefined;
};

export type Prices = {
  readonly currency: string;
  readonly perThousandRegistrations: number;
  /** Of Cosmos DB's request units. */
  readonly perMillionRequestUnits: number;
};

/** How fast a plan may go, before anything starts. */
export type Pace = {
  /** Moves a minute that no quota stands against. */
  readonly movesPerMinute: number;
  readonly minutes: number;
  /** What it is bound by: the slowest comes first. */
  readonly constraints: readonly Constraint[];
  /** By hub: what the plan spends of its daily messages. */
  readonly messages: readonly HubMessages[];
  readonly cost: { readonly currency: string; readonly amount: number } | undefined;
  /** If DPS's own writes count against the registries, which no document says: how long it would take. */
  readonly minutesIfRegistryBinds: number;
};

export type Constraint = {
  readonly what: string;
  /** undefined: of the DPS. */
  readonly hub: HubHostName | undefined;
  readonly perMinute: number;
  readonly count: number;
  readonly minutes: number;
};

export type HubMessages = {
  readonly hub: HubHostName;
  readonly spent: number;
  /** Of today, UTC; undefined: it was never measured. */
  readonly left: number | undefined;
  /** Past its quota nobody there can be asked, until 00:00 UTC. */
  readonly unsignallable: boolean;
};

/** From one hub to another, so many. */
export type Arc = { readonly from: number; readonly to: number; readonly count: number };

/**
 * What each move spends: a method and its answer at its source, with a look at both twins before and after; the request's clearing on the target,
 * and what the device reports there. @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-pricing
 */
const perMove = { sourceMessages: 4, targetMessages: 4, requestUnits: 40 };

/**
 * The quota compiler.
 * @param isAsked whether devices are asked to go: off a dead hub they come by themselves.
 */
export const paceOf = (
  arcs: readonly Arc[],
  hubs: readonly HubLook[],
  { registrationsPerMinute, organicPercent, prices }: PaceLimits,
  now: Instant,
  isAsked = true,
): Pace => {
  const moves = arcs.reduce((sum, { count }) => sum + count, 0);
  const leaving = hubs.map((_, hub) => sumOf(arcs, ({ from }) => from === hub));
  const arriving = hubs.map((_, hub) => sumOf(arcs, ({ to }) => to === hub));
  const ours = 1 - organicPercent / 100;
  const constraints = [
    ...bound('registrations', undefined, registrationsPerMinute * ours, moves),
    ...hubs.flatMap(({ hub }, index) =>
      constraintsOf(hub, leaving[index] ?? 0, arriving[index] ?? 0, ours, isAsked),
    ),
  ].sort((one, other) => other.minutes - one.minutes);
  const minutes = constraints[0]?.minutes ?? 0;
  const registries = hubs.map(
    ({ hub }, index) =>
      ((leaving[index] ?? 0) + (arriving[index] ?? 0)) /
      (throttlesOf(hub).registryPerMinute * ours),
  );
  return {
    movesPerMinute: minutes === 0 ? 0 : moves / minutes,
    minutes,
    constraints: constraints.slice(0, toldMax),
    messages: isAsked ? messagesOf(hubs, leaving, arriving, now) : [],
    cost: prices && {
      currency: prices.currency,
      amount:
        (moves * prices.perThousandRegistrations) / 1_000 +
        (moves * perMove.requestUnits * prices.perMillionRequestUnits) / 1_000_000,
    },
    minutesIfRegistryBinds: Math.max(minutes, ...registries),
  };
};

/** What a hub does not let through at all is none: that its devices cannot be asked is said elsewhere. */
const bound = (
  what: string,
  hub: HubHostName | undefined,
  perMinute: number,
  count: number,
): readonly Constraint[] =>
  count === 0 || perMinute <= 0
    ? []
    : [{ what, hub, perMinute, count, minutes: count / perMinute }];

/** @param ours the part of every quota that is not left to the fleet. */
const constraintsOf = (
  hub: Hub,
  out: number,
  into: number,
  ours: number,
  isAsked: boolean,
): readonly Constraint[] =>
  spendsOf(hub, ours).flatMap(({ what, perMinute, perOut, perIn, isOfAsking }) =>
    isAsked || !isOfAsking ? bound(what, hub.hostName, perMinute, perOut * out + perIn * into) : [],
  );

const toldMax = 5;

const sumOf = (arcs: readonly Arc[], takes: (arc: Arc) => boolean): number =>
  arcs.reduce((sum, arc) => (takes(arc) ? sum + arc.count : sum), 0);

const dayMs = 86_400_000;

const messagesOf = (
  hubs: readonly HubLook[],
  leaving: readonly number[],
  arriving: readonly number[],
  now: Instant,
): readonly HubMessages[] =>
  hubs.flatMap(({ hub: { hostName, daily } }, index) => {
    const spent =
      (leaving[index] ?? 0) * perMove.sourceMessages +
      (arriving[index] ?? 0) * perMove.targetMessages;
    if (spent === 0) return [];
    const isToday =
      daily?.measuredAt !== undefined &&
      Math.floor(daily.measuredAt / dayMs) === Math.floor(now / dayMs);
    const used = isToday ? daily?.messageCount : undefined;
    const left =
      daily && used !== undefined ? Math.max(0, daily.messageCountMax - used) : undefined;
    const unsignallable = (leaving[index] ?? 0) > 0 && left !== undefined && left < spent;
    return [{ hub: hostName, spent, left, unsignallable }];
  });

/** How many go from where to where, in the order of the hubs. */
export const arcsOf = (moves: readonly Pick<PlannedMove, 'from' | 'to'>[]): readonly Arc[] => {
  const counts = new Map<number, number>();
  for (const { from, to } of moves) {
    const key = from * hubsMax + to;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .sort(([one], [other]) => one - other)
    .map(([key, count]) => ({ from: Math.floor(key / hubsMax), to: key % hubsMax, count }));
};

const hubsMax = 10_000;
