import { type Opening, openingIn, zoneOf } from '../campaign/calendar.ts';
import type { Campaign } from '../campaign/campaign.ts';
import type { Quotas } from '../campaign/charges.ts';
import type { Surroundings } from '../campaign/pick.ts';
import type { HubTable } from '../domain/hub-table.ts';
import type { movesUnderWay } from './moves-under-way.ts';

/** How the world is, this time round. */
export type World = {
  readonly table: HubTable;
  readonly quotas: Quotas;
};

/** What the moves of a campaign may run up against, now. */
export const surroundingsOf = async (
  { order, waves }: Campaign,
  { table, quotas }: World,
  {
    underWay,
    countMax,
    now,
  }: Pick<Surroundings, 'countMax' | 'now'> & {
    readonly underWay: ReturnType<typeof movesUnderWay>;
  },
): Promise<Surroundings> => {
  const hubs = order.hubs.map((name) => table.hubs.get(name));
  const [arriving, going] = await underWay(waves, hubs);
  const isAsked = order.goal.kind !== 'evacuate' || order.source.kind === 'rollback';
  const held = new Map<number, string>();
  for (const [index, hub] of hubs.entries())
    if (hub?.trouble && (isAsked || !order.sources.includes(index)))
      held.set(index, `${hub.hostName} is ${hub.trouble.kind}`);
  const openings = new Map<string, Opening | undefined>();
  const { calendar } = order.limits;
  const openingOf = (told: string | undefined): Opening | undefined => {
    const zone = told ?? zoneOf(calendar, {});
    if (!openings.has(zone)) openings.set(zone, made(calendar, zone));
    return openings.get(zone);
  };
  const { scope, limits } = order;
  return {
    scope,
    hubs,
    held,
    quotas,
    isAsked,
    openingOf,
    arriving,
    going,
    limits,
    countMax,
    now,
  };
};

const made = (calendar: Parameters<typeof openingIn>[0], zone: string): Opening | undefined => {
  try {
    return openingIn(calendar, zone);
  } catch {
    return undefined; // a label that is no time zone: it is told as such
  }
};
