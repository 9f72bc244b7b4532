import type { Campaign } from '../campaign/campaign.ts';
import type { Campaigns, KeptCampaign } from '../ports/campaigns.ts';
import type { Deadline } from '../ports/deadline.ts';

type Ports = { readonly campaigns: Campaigns; readonly deadline: Deadline };

const timeoutMs = 5_000;
/** Who is superseded reads and decides again. */
const attemptsMax = 8;

export const readCampaign = (
  { campaigns, deadline }: Ports,
  id: string,
): Promise<KeptCampaign | undefined> => deadline(timeoutMs, (signal) => campaigns.read(id, signal));

/**
 * The one way in which a campaign changes: read → decide → write, on the version that was decided on. A change that is undefined writes
 * nothing. Answers it as it stands then, and its version; undefined: there is none.
 */
export const changeCampaign = async (
  ports: Ports,
  id: string,
  change: (campaign: Campaign) => Campaign | undefined,
): Promise<KeptCampaign | undefined> => {
  const { campaigns, deadline } = ports;
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const kept = await readCampaign(ports, id);
    if (!kept) return undefined;
    const after = change(kept.campaign);
    if (!after) return kept;
    const outcome = await deadline(timeoutMs, (signal) =>
      campaigns.write(after, kept.version, signal),
    );
    if (outcome !== 'superseded') return { campaign: after, version: outcome.version };
  }
  throw new Error(`The campaign ${id} changed with every attempt.`);
};
