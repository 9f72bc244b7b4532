import { z } from 'zod';
import { json, readEnvironment } from './environment.ts';

/** What campaigns need besides what plans do. */
export type CampaignSettings = {
  /** What bounds a campaign where its approval says nothing: JSON that nobody has looked at yet. */
  readonly limits: unknown;
};

/**
 * Environment → CampaignSettings. A bad one leaves the webhook, moves and plans as they are.
 * @throws Error as `readEnvironment` does.
 */
export const readCampaignSettings = (
  environment: NodeJS.ProcessEnv = process.env,
): CampaignSettings => ({
  limits: readEnvironment(campaignSettings, environment).REHOME_CAMPAIGN,
});

const campaignSettings = z.object({ REHOME_CAMPAIGN: z.string().default('{}').pipe(json) });
