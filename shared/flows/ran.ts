import type { Campaign, CampaignOutcome, CampaignState, PaceNow } from '../campaign/campaign.ts';
import type { Scope } from '../domain/scope.ts';

/** How a campaign stood when its runner left it; `somebody` else runs it. */
export type Ran = {
  readonly id: string;
  readonly left: CampaignState['kind'] | 'somebody';
  /** The rest is known of one that was run. */
  readonly scope?: Scope;
  /** Of one that has ended. */
  readonly outcome?: CampaignOutcome | undefined;
  /** Why it stands as it does, where that has a reason. */
  readonly because?: string | undefined;
  readonly pace?: Pick<PaceNow, 'perMinute' | 'allowedPerMinute' | 'binds'> | undefined;
};

/** Until what has been released comes to its end there is little to do; and once nothing is under way, the next run is soon enough. */
export type Rounded = {
  readonly left: Ran['left'];
  readonly next: 'soon' | 'later' | 'never';
  /** As it was last seen. */
  readonly campaign: Campaign;
};

export const ranOf = ({ left, campaign }: Rounded): Ran => {
  const { order, state, pace } = campaign;
  const { id, scope } = order;
  if (left === 'somebody') return { id, left };
  const because = 'because' in state ? state.because : undefined;
  return {
    id,
    left,
    scope,
    outcome: 'outcome' in state ? state.outcome : undefined,
    because,
    pace: pace && {
      perMinute: pace.perMinute,
      allowedPerMinute: pace.allowedPerMinute,
      binds: pace.binds,
    },
  };
};
