import type { Campaign, Spent } from '../campaign/campaign.ts';
import { type CountMinute, counted, countOf } from '../domain/count.ts';
import type { Instant } from '../domain/instant.ts';
import { minuteOf } from '../domain/intake.ts';
import type { Clock } from '../ports/clock.ts';
import type { HubTables } from '../ports/hub-tables.ts';
import { changeCampaign } from './change-campaign.ts';

/** What instances count has come to everybody by then. */
const toldMinutes = 2;

/** Each minute is counted once, when all have told of it. */
export const spentBy = (
  { order, state, log, spent }: Campaign,
  counts: readonly CountMinute[],
  now: Instant,
): Spent => {
  const through = minuteOf(now) - toldMinutes;
  const from = Math.max(spent.through, minuteOf(order.at) - 1) + 1;
  if (through < from) return spent;
  const units = spent.units + counted(counts, countOf.units(order.id), from, through);
  const endedAt = state.kind === 'ended' ? (log.at(-1)?.at ?? now) : now;
  return { units, through, isWhole: state.kind === 'ended' && through > minuteOf(endedAt) };
};

type Ports = Parameters<typeof changeCampaign>[0] & {
  readonly hubTables: HubTables;
  readonly clock: Clock;
};

/** Of a campaign that has ended, what its last minutes have cost. */
export const accountFor = async (ports: Ports, id: string): Promise<void> => {
  const { counts } = await ports.hubTables.known();
  const now = ports.clock.now();
  await changeCampaign(ports, id, (known) => {
    const spent = spentBy(known, counts, now);
    return spent === known.spent ? undefined : { ...known, spent };
  });
};
