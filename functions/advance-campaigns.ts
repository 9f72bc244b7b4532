import { app, type TimerHandler } from '@azure/functions';
import type { Campaigning } from '../shared/composition/campaigns.ts';
import { type Rehome, rehome } from '../shared/composition.ts';
import { toAdvancedLine } from '../shared/wire/campaign-lines.ts';

/** Every minute, for nearly a minute: the next moves of every campaign that runs, as fast as the quotas let. */
export const advanceCampaignsHandler =
  ({ advanceCampaigns }: Campaigning, { meters }: Pick<Rehome, 'meters'>): TimerHandler =>
  async (_timer, context) => {
    const advanced = await advanceCampaigns();
    for (const { id, scope, pace } of advanced.ran) {
      if (!scope || !pace) continue;
      const { perMinute, allowedPerMinute } = pace;
      meters.paced({ scope, campaign: id, perMinute, allowedPerMinute });
    }
    if (advanced.faults.length > 0) context.warn(toAdvancedLine(advanced));
    else if (advanced.ran.length > 0) context.info(toAdvancedLine(advanced));
  };

const composed = rehome();
const { campaigning } = composed;
if (campaigning) {
  app.timer('advanceCampaigns', {
    schedule: '0 * * * * *',
    handler: advanceCampaignsHandler(campaigning, composed),
  });
}
