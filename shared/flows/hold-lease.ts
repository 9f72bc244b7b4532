import type { Campaign } from '../campaign/campaign.ts';
import { type Instant, instant } from '../domain/instant.ts';
import type { Campaigns, KeptCampaign } from '../ports/campaigns.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import { readCampaign } from './change-campaign.ts';

/** Says that whoever works is there still. Called often, it writes seldom. */
export type Beat = () => Promise<void>;

/** A campaign's lease, in the hands of its runner. */
export type Lease = {
  /** By which it is known. */
  readonly runner: string;
  /** What the runner has read, and works on from now on. */
  readonly hold: (kept: KeptCampaign) => void;
  /** For work that may last longer than the lease. @throws Error when the campaign is not as it was: what was begun is begun again. */
  readonly beat: Beat;
  /** Of the campaign as the runner last wrote it. */
  readonly version: () => string;
};

type Ports = {
  readonly campaigns: Campaigns;
  readonly clock: Clock;
  readonly deadline: Deadline;
};

const timeoutMs = 5_000;

export const leaseOf = (
  ports: Ports,
  leaseMs: number,
  runner: string,
  kept: KeptCampaign,
): Lease => {
  const { campaigns, clock, deadline } = ports;
  let held = kept;
  const until = (): Instant => instant(clock.now() + leaseMs);
  return {
    runner,
    hold: (known) => {
      held = known;
    },
    beat: async () => {
      const leftMs = (held.campaign.runner?.until ?? 0) - clock.now();
      if (leftMs > (leaseMs * 2) / 3) return;
      const { id } = held.campaign.order;
      const now = await readCampaign(ports, id);
      if (!now || !isAsItWas(held.campaign, now.campaign))
        throw new Error(`The campaign ${id} was changed while it was worked on.`);
      const campaign = { ...now.campaign, runner: { id: runner, until: until() } };
      const outcome = await deadline(timeoutMs, (signal) =>
        campaigns.write(campaign, now.version, signal),
      );
      // Who is superseded looks again with the next beat.
      if (outcome !== 'superseded') held = { campaign, version: outcome.version };
    },
    version: () => held.version,
  };
};

/** Nobody has taken it, and nobody has said a word to it. */
const isAsItWas = (before: Campaign, now: Campaign): boolean =>
  now.runner?.id === before.runner?.id &&
  now.state.kind === before.state.kind &&
  now.log.length === before.log.length;
