import type { Campaign, ChangedState } from '../campaign/campaign.ts';
import type { Instant } from '../domain/instant.ts';
import { changeCampaign } from './change-campaign.ts';
import { changeHub } from './change-hub.ts';
import type { EndPorts } from './end-campaign.ts';
import { prepareCampaign, stateFor } from './prepare-campaign.ts';
import { takeMarksBack } from './take-marks-back.ts';

/**
 * Hub states → waves → running. A hub that is emptied takes no new devices from now on; a rollback first puts back what the campaign before
 * had changed, so that there is somewhere to go. What a hub was is written before it is changed.
 */
export const beginCampaign = async (
  ports: EndPorts,
  { order }: Pick<Campaign, 'order'>,
  now: Instant,
): Promise<void> => {
  if (order.source.kind === 'rollback') await restore(ports, order.source.campaignId);
  const marked = await markHub(ports, order);
  for (const { hub, before, after } of marked)
    await changeHub(ports.hubDocuments, ports.deadline, hub, (known) =>
      known.state === before ? { ...known, state: after } : known,
    );
  const prepared = await prepareCampaign(ports, order);
  await changeCampaign(ports, order.id, (campaign) => {
    if (campaign.waves.length > 0) return undefined; // another runner was quicker
    const { state } = campaign;
    const running = { kind: 'running', wave: 0, phase: { kind: 'moving', since: now } } as const;
    return { ...campaign, ...prepared, state: state.kind === 'preparing' ? running : state };
  });
};

const markHub = async (
  ports: EndPorts,
  order: Campaign['order'],
): Promise<readonly ChangedState[]> => {
  const after = stateFor(order);
  if (!after || !('hub' in order.goal)) return [];
  const { hub } = order.goal;
  const kept = await ports.deadline(timeoutMs, (signal) => ports.hubDocuments.read(hub, signal));
  if (!kept) return [];
  const change: ChangedState = { hub, before: kept.hub.state, after };
  const changed = await changeCampaign(ports, order.id, (known) =>
    known.hubStates.length > 0 ? undefined : { ...known, hubStates: [change] },
  );
  return changed?.campaign.hubStates ?? [];
};

const timeoutMs = 5_000;

/**
 * Where nobody has changed them since: a drain leaves its hub cordoned. One that was cordoned before is opened, since whoever orders all of it back
 * orders that the hub takes it.
 */
const restore = async (ports: EndPorts, campaignId: string): Promise<void> => {
  const kept = await ports.deadline(timeoutMs, (signal) =>
    ports.campaigns.read(campaignId, signal),
  );
  if (kept) await takeMarksBack(ports, kept.campaign);
  for (const { hub, before, after } of kept?.campaign.hubStates ?? [])
    await changeHub(ports.hubDocuments, ports.deadline, hub, (known) =>
      known.state === after || (after === 'draining' && known.state === 'cordoned')
        ? { ...known, state: before === 'cordoned' ? 'open' : before }
        : known,
    );
};
