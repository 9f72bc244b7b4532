import { noValves } from '../../shared/campaign/valve.ts';
import type { ValvesNow } from '../../shared/ports/campaigns.ts';

/** Where no campaign runs. */
export const noCampaigns: ValvesNow = { latest: () => noValves, known: async () => noValves };
