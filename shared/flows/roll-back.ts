import type { Campaign, CampaignOrder } from '../campaign/campaign.ts';
import { newCampaign, rollbackIdOf } from '../campaign/campaign.ts';
import type { CampaignLimits } from '../campaign/campaign-limits.ts';
import type { Instant } from '../domain/instant.ts';
import type { Campaigns } from '../ports/campaigns.ts';
import type { Deadline } from '../ports/deadline.ts';

type Ports = { readonly campaigns: Campaigns; readonly deadline: Deadline };

const timeoutMs = 5_000;

/** Once nothing of it is under way: everything that it moved goes back. Answers the id of the campaign that does it. */
export const rollBack = async (
  { campaigns, deadline }: Ports,
  campaign: Campaign,
  because: string,
  by: string,
  now: Instant,
): Promise<string> => {
  const id = await freeId({ campaigns, deadline }, campaign.order.id);
  const order: CampaignOrder = {
    ...campaign.order,
    id,
    source: {
      kind: 'rollback',
      campaignId: campaign.order.id,
      ordered: { at: campaign.order.at, by: campaign.order.by },
    },
    sources: campaign.order.targets,
    targets: campaign.order.sources,
    uncertainCount: 0,
    reason: `back again: ${because}`.slice(0, reasonLengthMax),
    by,
    at: now,
    limits: limitsBack(campaign.order.limits),
  };
  await deadline(timeoutMs, (signal) => campaigns.create(newCampaign(order), signal));
  return id;
};

/** That of the rollback that goes on, or is done; one that was called off, or left some behind, makes room for another. */
const freeId = async (ports: Ports, campaignId: string): Promise<string> => {
  for (let attempt = 1; ; attempt += 1) {
    const id = rollbackIdOf(campaignId, attempt);
    const state = await stateOf(ports, id);
    if (state?.kind !== 'ended' || (await isWhole(ports, id, state))) return id;
  }
};

/** All that it was to take back are back: none was given up. */
const isWhole = async (
  { campaigns, deadline }: Ports,
  id: string,
  { outcome }: Extract<Campaign['state'], { readonly kind: 'ended' }>,
): Promise<boolean> => {
  if (outcome !== 'completed') return false;
  const all = await deadline(timeoutMs, (signal) => campaigns.allProgress(id, signal));
  return [...all.values()].every(({ progress }) => /^[vl]*$/.test(progress.codes));
};

const stateOf = async (
  { campaigns, deadline }: Ports,
  id: string,
): Promise<Campaign['state'] | undefined> =>
  (await deadline(timeoutMs, (signal) => campaigns.read(id, signal)))?.campaign.state;

/** Why a campaign cannot be rolled back; undefined: it can, or is being already. */
export const whyNotBack = async (
  ports: Ports,
  { order }: Campaign,
): Promise<string | undefined> => {
  if (order.source.kind === 'rollback') return 'it is a rollback itself: plan what is to be moved';
  const id = await freeId(ports, order.id);
  const state = await stateOf(ports, id);
  return state?.kind === 'ended' ? `${id} has taken everything back already` : undefined;
};

const reasonLengthMax = 256;

/** No gate stops it: who can come back does, and who cannot is named at its end. Its windows and freezes hold [C8]. */
const limitsBack = (limits: CampaignLimits): CampaignLimits => ({
  ...limits,
  brokenPercent: 100,
  strandedPercent: 100,
  wavePercents: [100],
  bakeMs: 0,
  onFail: 'hold',
  isDrill: false,
  isCanaryOnly: false,
  unknownAllowed: true,
});
