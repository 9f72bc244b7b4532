import type { Campaign } from '../campaign/campaign.ts';
import type { CampaignCommand } from '../campaign/command-campaign.ts';
import type { Advanced } from '../flows/advance-campaigns.ts';

/** The log's lines about campaigns: who did what, and why. */

export const toApprovedLine = ({ order }: Campaign): string => {
  const { id, scope, goal, source, hash, moveCount, reason, by } = order;
  return JSON.stringify({
    event: 'campaign-approved',
    campaignId: id,
    scope,
    goal,
    source,
    hash,
    moveCount,
    reason,
    by,
  });
};

export const toCommandLine = (
  { order, state }: Campaign,
  command: CampaignCommand,
  because: string,
  by: string,
): string =>
  JSON.stringify({
    event: 'campaign-commanded',
    campaignId: order.id,
    scope: order.scope,
    command,
    state: state.kind,
    because,
    by,
  });

export const toAdvancedLine = ({ ran, faults }: Advanced): string =>
  JSON.stringify({ event: 'campaigns-advanced', ran, ...(faults.length > 0 ? { faults } : {}) });

export const toBreakerLine = (because: string, by: string): string =>
  JSON.stringify({ event: 'breaker-reset', because, by });
