import type { Undocumented } from '../../local/dps/undocumented.ts';
import type { CampaignCommand } from '../../shared/campaign/command-campaign.ts';
import type { HubState } from '../../shared/domain/hub.ts';
import type { Dial } from '../../shared/flows/approve-by-dial.ts';
import type { Weather } from './weather.ts';

/** All that a life is made of, as data: the same script is the same life. */
export type Script = {
  readonly seed: number;
  readonly scenario: string;
  readonly deviceCount: number;
  /** Whether all of them begin on the first hub, or anywhere. */
  readonly begins: 'together' | 'anywhere';
  /** Whether Rehome has placed them: a brownfield is taken in. */
  readonly isKnown: boolean;
  /** Devices that are first switched on during the storm, of 100. */
  readonly latePercent: number;
  readonly stormMs: number;
  readonly calmMs: number;
  /** Processes of the app. */
  readonly instances: number;
  readonly registrationsPerMinute: number;
  readonly dial: Dial;
  readonly weather: Weather;
  readonly undocumented: Partial<Undocumented>;
  /** Devices whose firmware keeps the contract, of 100. */
  readonly soundPercent: number;
  readonly acts: readonly Act[];
};

/** What somebody does, and when. Devices go by their number. */
export type Act = { readonly atMs: number } & Deed;

export type Deed =
  | { readonly does: 'move'; readonly device: number; readonly to: string; readonly jitter: number }
  | { readonly does: 'cancel' | 'quarantine' | 'return' | 'pin' | 'unpin'; readonly device: number }
  /** It crosses a border, says so, and rules may want it elsewhere. */
  | { readonly does: 'roam'; readonly device: number; readonly site: string }
  /** Its identity is deleted behind everybody's back. */
  | { readonly does: 'delete'; readonly device: number }
  | ({ readonly does: 'campaign' } & CampaignDeed)
  | { readonly does: CampaignCommand }
  | { readonly does: 'reset breaker' }
  | { readonly does: 'state'; readonly hub: string; readonly state: HubState }
  | { readonly does: 'weight'; readonly hub: string; readonly weight: number }
  | { readonly does: 'alert'; readonly hub: string; readonly says: Alert }
  | { readonly does: 'link' | 'unlink'; readonly hub: string }
  | { readonly does: 'policy'; readonly site: string; readonly hubs: readonly string[] }
  /** It is down for so long. */
  | { readonly does: 'outage'; readonly hub: string; readonly forMs: number }
  | { readonly does: 'webhook down' | 'store down'; readonly forMs: number }
  /** A process stands still for so long, and then goes on where it was. */
  | { readonly does: 'stall'; readonly instance: number; readonly forMs: number }
  | { readonly does: 'kill'; readonly instance: number }
  /** All devices of a hub lose their power, and come back together. */
  | { readonly does: 'power cut'; readonly hub: string; readonly forMs: number };

export type Alert = 'unhealthy' | 'healthy' | 'failingOver';

export type CampaignDeed = {
  readonly goal: 'drain' | 'evacuate' | 'drill' | 'rebalance' | 'relocate' | 'fill';
  readonly hub: string;
  readonly onFail: 'hold' | 'abort' | 'rollback';
  /** UTC, `22:00` to `04:00`; undefined: always. */
  readonly window: readonly [from: string, to: string] | undefined;
};

/** Where devices live, and may be moved; and where those in quarantine are put. */
export const hubNames = ['east', 'west', 'north'] as const;
export const exileName = 'exile';
