import { dpsProvisioningRepair } from '../adapters/dps/provisioning-repair.ts';
import { iotHubDeviceTwins } from '../adapters/iot-hub/device-twins.ts';
import { systemPause } from '../adapters/system/pause.ts';
import type { CampaignLimits } from '../campaign/campaign-limits.ts';
import type { CampaignSettings } from '../config/campaign-settings.ts';
import type { PlanSettings } from '../config/plan-settings.ts';
import { type AdvanceCampaigns, advanceCampaigns } from '../flows/advance-campaigns.ts';
import { type ManageCampaigns, manageCampaigns } from '../flows/manage-campaigns.ts';
import { campaignLimitsText, toCampaignLimits } from '../wire/campaign-limits.ts';
import type { AzureAccess } from './azure-access.ts';
import type { Moves } from './moves.ts';
import type { Store } from './store.ts';

export type Campaigning = {
  readonly advanceCampaigns: AdvanceCampaigns;
  readonly manage: ManageCampaigns;
  /** Where an approval says nothing. */
  readonly limits: CampaignLimits;
  readonly newId: () => string;
  readonly clock: Store['clock'];
};

/** A run that outlasts its minute is followed by the next at once. A round, a second. */
const advanceLimits = { roundMs: 1_000, leaseMs: 30_000, budgetMs: 59_400, lookMs: 5_000 };
const twinTimeoutMs = 5_000;

export const campaigningOf = (
  store: Store,
  moves: Moves,
  { hubs: clients, dps, profile }: AzureAccess,
  plans: PlanSettings,
  settings: CampaignSettings,
): Campaigning => {
  const { registrationsPerMinute, organicPercent } = plans;
  const ports = {
    ...store,
    ...moves,
    twins: iotHubDeviceTwins(clients, store.deadline, profile, twinTimeoutMs),
    repair: dpsProvisioningRepair(dps, store.deadline, twinTimeoutMs),
    pause: systemPause,
  };
  return {
    advanceCampaigns: advanceCampaigns(ports, {
      ...advanceLimits,
      registrationsPerMinute,
      organicPercent,
    }),
    manage: manageCampaigns(store, settings.needsTwoPersons),
    limits: limitsIn(settings),
    newId: () => `c-${store.dice.digits(20)}`,
    clock: store.clock,
  };
};

/** @throws Error naming what is wrong with them. */
export const limitsIn = ({ limits }: CampaignSettings): CampaignLimits => {
  const read = campaignLimitsText.safeParse(limits);
  if (read.success) return toCampaignLimits(read.data);
  const wrong = read.error.issues.map(
    ({ path, message }) => `REHOME_CAMPAIGN.${path.join('.')}: ${message}`,
  );
  throw new Error(`Bad settings: ${wrong.join('; ')}`);
};
