import type { Hub } from '../domain/hub.ts';
import { type Instant, instant } from '../domain/instant.ts';
import type { Scope } from '../domain/scope.ts';
import type { Opening } from './calendar.ts';
import type { CampaignMove } from './campaign.ts';
import type { CampaignLimits } from './campaign-limits.ts';
import { chargesOf, type Quotas, roomOn } from './charges.ts';
import { type Purse, take } from './tokens.ts';

/** A planned move of a wave, by its place. */
export type Place = { readonly page: number; readonly row: number; readonly move: CampaignMove };

/** What moves may run up against. */
export type Surroundings = {
  readonly scope: Scope;
  /** By their index; undefined: it is in no table any more. */
  readonly hubs: readonly (Hub | undefined)[];
  /** Hubs that nobody is moved from or to now, and why; by their index. */
  readonly held: ReadonlyMap<number, string>;
  readonly quotas: Quotas;
  /** Off a dead hub devices come by themselves: that they are let through takes nothing. */
  readonly isAsked: boolean;
  readonly openingOf: (zone: string | undefined) => Opening | undefined;
  /** Under way: to each hub, by its index; and of each value of each cap. */
  readonly arriving: ReadonlyMap<number, number>;
  readonly going: ReadonlyMap<string, number>;
  readonly limits: Pick<CampaignLimits, 'caps'>;
  readonly countMax: number;
  readonly now: Instant;
};

export type Picked = {
  readonly places: readonly Place[];
  readonly purse: Purse;
  /** What keeps the next from going; undefined: nothing does, but that there is none. */
  readonly binds: string | undefined;
  /** The same, where time alone does not mend it. */
  readonly stuck: string | undefined;
};

export const capKey = (cap: number, value: string): string => `${cap} ${value}`;

/** [C4] [C8] The next that may go now, in their order; one that may not lets those behind it pass. */
export const pick = (
  planned: Iterable<Place>,
  purse: Purse,
  surroundings: Surroundings,
): Picked => {
  const { hubs, scope, quotas, isAsked, now, countMax } = surroundings;
  const arriving = new Map(surroundings.arriving);
  const going = new Map(surroundings.going);
  const places: Place[] = [];
  const short = new Set<string>();
  let left = purse;
  let binds: string | undefined;
  let stuck: string | undefined;
  let isPassing = false;
  for (const place of planned) {
    const { from, to, groups } = place.move;
    const arc = `${from} ${to}`;
    if (short.has(arc)) continue;
    const because = whyNot(place.move, surroundings, arriving, going);
    if (because) {
      binds ??= because.what;
      if (because.isLasting) stuck ??= because.what;
      else isPassing = true;
      continue;
    }
    if (places.length >= countMax) {
      binds = 'what one runner asks at once';
      isPassing = true;
      break;
    }
    const [source, target] = [hubs[from], hubs[to]];
    if (!source || !target) continue; // told above
    const charges = isAsked ? chargesOf(scope, source, target, quotas) : [];
    const taken = take(left, charges, now);
    if (taken.kind === 'short') {
      binds = taken.binds;
      isPassing = true;
      short.add(arc);
      if (taken.binds.startsWith('registrations')) break; // all need one
      continue;
    }
    left = taken.purse;
    places.push(place);
    arriving.set(to, (arriving.get(to) ?? 0) + 1);
    for (const [cap, value] of groups.entries())
      if (value !== undefined) {
        const key = capKey(cap, value);
        going.set(key, (going.get(key) ?? 0) + 1);
      }
  }
  return { places, purse: left, binds, stuck: isPassing ? undefined : stuck };
};

/** What is told of a move whose window is not open. */
export const shutBar = 'the window, or a freeze';

/** Whoever goes last arrives before the window closes: what came too late would count as broken. */
const goingMs = 2 * 60_000;

type Bar = { readonly what: string; readonly isLasting: boolean };
const lasting = (what: string): Bar => ({ what, isLasting: true });
const passing = (what: string): Bar => ({ what, isLasting: false });

const whyNot = (
  { from, to, zone, groups }: CampaignMove,
  { hubs, held, openingOf, limits, now }: Surroundings,
  arriving: ReadonlyMap<number, number>,
  going: ReadonlyMap<string, number>,
): Bar | undefined => {
  const [source, target] = [hubs[from], hubs[to]];
  if (!source || !target) return lasting('a hub of the plan is in the hub table no more');
  const heldBy = held.get(from) ?? held.get(to);
  if (heldBy !== undefined) return passing(heldBy);
  const opening = openingOf(zone);
  if (!opening) return lasting(`there is no time zone ${zone}`);
  const isOpen = opening.isOpen(now) && opening.isOpen(instant(now + goingMs));
  if (!isOpen) return passing(shutBar);
  if (target.state !== 'open') return lasting(`${target.hostName} is ${target.state}`);
  if (roomOn(target, arriving.get(to) ?? 0) < 1) return lasting(`${target.hostName} has no room`);
  for (const [cap, value] of groups.entries()) {
    const { label, atOnce } = limits.caps[cap] ?? { label: '', atOnce: Number.POSITIVE_INFINITY };
    if (value !== undefined && (going.get(capKey(cap, value)) ?? 0) >= atOnce)
      return passing(`the cap of ${label} ${value}`);
  }
  return undefined;
};
