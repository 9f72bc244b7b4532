import { app, type TimerHandler } from '@azure/functions';
import type { Campaigning } from '../shared/composition/campaigns.ts';
import { rehome } from '../shared/composition.ts';
import { toAdvancedLine } from '../shared/wire/campaign-lines.ts';

/** Every minute, for nearly a minute: the next moves of every campaign that runs, as fast as the quotas let. */
export const advanceCampaignsHandler =
  ({ advanceCampaigns }: Campaigning): TimerHandler =>
  async (_timer, context) => {
    const advanced = await advanceCampaigns();
    if (advanced.faults.length > 0) context.warn(toAdvancedLine(advanced));
    else if (advanced.ran.length > 0) context.info(toAdvancedLine(advanced));
  };

const { campaigning } = rehome();
if (campaigning) {
  app.timer('advanceCampaigns', {
    schedule: '0 * * * * *',
    handler: advanceCampaignsHandler(campaigning),
  });
}
