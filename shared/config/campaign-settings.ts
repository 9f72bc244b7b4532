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

const campaignSettings = z.object({
  REHOME_CAMPAIGN: z.string().default('{}').pipe(json),
  REHOME_TWO_PERSONS: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', 'false']))
    .default('false'),
});
