import type { Campaign, CampaignMove } from '../campaign/campaign.ts';
import { rowCountsOf } from '../campaign/wave.ts';
import { type DeviceRecord, deviceKey } from '../domain/device.ts';
import { campaignPages } from './campaign-pages.ts';
import { changeRecord } from './change-record.ts';
import type { RollbackPorts } from './rows-back.ts';

/** A device's own mark, as a campaign put it. */
export const isMarkOf = (
  { quarantine }: Pick<DeviceRecord, 'quarantine'>,
  { at, by }: Pick<Campaign['order'], 'at' | 'by'>,
): boolean => quarantine?.since === at && quarantine.by === by;

/**
 * Into quarantine and out of it devices are marked as they are asked, and those that could not be moved would go by their mark when they
 * register next: once a campaign has been called off they are marked as before. What a person has marked since stays.
 */
export const takeMarksBack = async (ports: RollbackPorts, campaign: Campaign): Promise<void> => {
  const { order, waves } = campaign;
  const { kind } = order.goal;
  if (order.source.kind !== 'plan' || (kind !== 'quarantine' && kind !== 'return')) return;
  const rowCounts = rowCountsOf(waves);
  const pages = await campaignPages(ports, order.id, rowCounts);
  for (const page of rowCounts.keys()) {
    const { codes } = pages.progressOf(page);
    for (const [row, move] of (await pages.rowsOf(page)).entries()) {
      if (/^[.vls]$/.test(codes[row] ?? '.')) continue; // never asked; or there
      await ports.beat();
      await changeRecord(ports, deviceKey(order.scope, move.deviceId), (record) => {
        const after = record && marked(record, order, move);
        return { entry: after && { record: after, settled: undefined }, said: undefined };
      });
    }
  }
};

/** As it was before; undefined: it is. */
const marked = (
  record: DeviceRecord,
  order: Campaign['order'],
  { from, to }: CampaignMove,
): DeviceRecord | undefined => {
  const on = record.observed?.hub;
  if (order.goal.kind === 'quarantine')
    return isMarkOf(record, order) && on !== order.hubs[to]
      ? { ...record, quarantine: undefined }
      : undefined;
  if (record.quarantine || on !== order.hubs[from]) return undefined;
  const { at: since, reason: because, by } = order;
  return { ...record, quarantine: { since, because, by, returnTo: order.hubs[to] } };
};
