import { z } from 'zod';
import { json, readEnvironment } from './environment.ts';

/** What campaigns need besides what plans do. */
export type CampaignSettings = {
  /** What bounds a campaign where its approval says nothing: JSON that nobody has looked at yet. */
  readonly limits: unknown;
  /** Whether whoever asked for a plan may not approve it. */
  readonly needsTwoPersons: boolean;
};

/**
 * Environment → CampaignSettings. A bad one leaves the webhook, moves and plans as they are.
 * @throws Error as `readEnvironment` does.
 */
export const readCampaignSettings = (
  environment: NodeJS.ProcessEnv = process.env,
): CampaignSettings => {
  const data = readEnvironment(campaignSettings, environment);
  return { limits: data.REHOME_CAMPAIGN, needsTwoPersons: data.REHOME_TWO_PERSONS === 'true' };
};

/** A bad one switches campaigns off; the rest goes on. */
export const campaignSettings = z.object({
  REHOME_CAMPAIGN: z
    .string()
    .default('{}')
    .pipe(json)
    .describe('JSON: the [limits](campaigns.md#limits) of a campaign whose approval says nothing'),
  REHOME_TWO_PERSONS: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', 'false']))
    .default('false')
    .describe('`true`: whoever asked for a plan does not approve it'),
});
