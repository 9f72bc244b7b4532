import { type CampaignMove, type CampaignOrder, rollbackIdOf } from '../campaign/campaign.ts';
import { rowCountsOf } from '../campaign/wave.ts';
import { deviceKey } from '../domain/device.ts';
import type { Campaigns } from '../ports/campaigns.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { DeviceRecords } from '../ports/device-records.ts';
import { campaignPages } from './campaign-pages.ts';
import type { Beat } from './hold-lease.ts';

export type RollbackPorts = {
  readonly campaigns: Campaigns;
  readonly records: DeviceRecords;
  readonly deadline: Deadline;
  readonly beat: Beat;
};

const timeoutMs = 10_000;
const atOnceMax = 32;

/**
 * [C5] Whom a rollback takes back: devices that the campaign moved, and stragglers, which turned up on its target though nobody saw them
 * move. Those that were begun and not proved are looked up; by a second attempt all are, since the first has taken some back.
 * @param known devices that it takes back already.
 */
export const rowsBack = async (
  ports: RollbackPorts,
  { id, source }: CampaignOrder,
  known: ReadonlySet<string>,
): Promise<readonly CampaignMove[]> => {
  if (source.kind !== 'rollback') return [];
  const { campaigns, deadline, beat } = ports;
  const { campaignId } = source;
  const isFirst = id === rollbackIdOf(campaignId, 1);
  const kept = await deadline(timeoutMs, (signal) => campaigns.read(campaignId, signal));
  if (!kept) throw new Error(`There is no campaign ${campaignId}.`);
  const { waves, order } = kept.campaign;
  const rowCounts = rowCountsOf(waves);
  const pages = await campaignPages(ports, campaignId, rowCounts);
  const back: CampaignMove[] = [];
  const goesBack = async (move: CampaignMove, code = '.'): Promise<boolean> => {
    if (known.has(move.deviceId) || code === '.' || code === 'k') return false;
    const isToldThere = code === 'v' || code === 's' || code === 'l';
    return (isFirst && isToldThere) || isOnTarget(ports, order, move);
  };
  for (const page of rowCounts.keys()) {
    const { codes } = pages.progressOf(page);
    if (/^[.k]*$/.test(codes)) continue;
    const rows = await pages.rowsOf(page);
    for (let from = 0; from < rows.length; from += atOnceMax) {
      await beat();
      const some = rows.slice(from, from + atOnceMax);
      const there = await Promise.all(
        some.map((move, index) => goesBack(move, codes[from + index])),
      );
      back.push(...some.filter((_, index) => there[index]).map(reversed));
    }
  }
  return back;
};

const isOnTarget = async (
  { records, deadline }: RollbackPorts,
  { scope, hubs }: CampaignOrder,
  move: CampaignMove,
): Promise<boolean> => {
  const key = deviceKey(scope, move.deviceId);
  const kept = await deadline(timeoutMs, (signal) => records.read(key, signal));
  return kept?.record.observed?.hub === hubs[move.to];
};

const reversed = ({ from, to, ...move }: CampaignMove): CampaignMove => ({
  ...move,
  from: to,
  to: from,
  stage: 0,
  isCertain: true,
});
