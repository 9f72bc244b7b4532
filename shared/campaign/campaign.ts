import { createHash } from 'node:crypto';
import type { HubHostName, HubState } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import type { Scope } from '../domain/scope.ts';
import type { Goal } from '../planning/goal.ts';
import type { CampaignLimits } from './campaign-limits.ts';
import type { Wave } from './wave.ts';

/** One approved plan being carried out. What it moves stands in its pages, for good [C1]. */
export type Campaign = {
  readonly order: CampaignOrder;
  readonly state: CampaignState;
  /** None until it is prepared. */
  readonly waves: readonly Wave[];
  /** A plan too small for a canary goes in one wave, which any stranded device stops. */
  readonly isSingle: boolean;
  /** Devices of the same hubs that stay where they are: what befalls them befalls without us. */
  readonly control: readonly ControlDevice[];
  /** Hubs whose state it changed, and from what: a rollback puts it back. */
  readonly hubStates: readonly ChangedState[];
  /** Enrollments that it put under the reset policy: they are put back when it has ended. */
  readonly resets: readonly Reset[];
  readonly pace: PaceNow | undefined;
  readonly runner: Runner | undefined;
  /** What was done to it, and by whom, the oldest first. */
  readonly log: readonly LogEntry[];
  readonly spent: Spent;
};

/** What was approved [C6]. */
export type CampaignOrder = {
  /** `c-` and 20 hexadecimal digits. */
  readonly id: string;
  readonly scope: Scope;
  readonly source: CampaignSource;
  readonly hash: string;
  readonly goal: Goal;
  /** Of the plan, in its order: moves name them by their index. */
  readonly hubs: readonly HubHostName[];
  /** Hubs that devices leave, and hubs that they go to: by their index. */
  readonly sources: readonly number[];
  readonly targets: readonly number[];
  /** Whether it moves all that its goal names: one that was cut short leaves a hub that is drained as it is. */
  readonly isWhole: boolean;
  readonly moveCount: number;
  readonly uncertainCount: number;
  readonly policyVersion: number;
  readonly reason: string;
  readonly by: string;
  readonly at: Instant;
  readonly limits: CampaignLimits;
};

/** A plan's pages; or the moves of another campaign, back again. */
export type CampaignSource =
  | { readonly kind: 'plan'; readonly planId: string; readonly run: string }
  | {
      readonly kind: 'rollback';
      readonly campaignId: string;
      /** When that was ordered, and by whom: what it marked is known by it. */
      readonly ordered?: { readonly at: Instant; readonly by: string };
    };

/**
 * Its life:
 *
 *     preparing ─▶ running ─▶ ended          held: it needs a person, and says why
 *                  │  ▲ │ ▲                  paused: a person said so
 *                  ▼  │ ▼ │                  stopping: what is under way finishes
 *                held  paused                aborting: what is under way is called off
 *       any but ended ─▶ stopping, aborting ─▶ ended
 */
export type CampaignState =
  | { readonly kind: 'preparing' }
  | ({ readonly kind: 'running' } & At)
  | ({ readonly kind: 'held'; readonly because: string } & At)
  | ({ readonly kind: 'paused'; readonly because: string } & At)
  | {
      readonly kind: 'stopping' | 'aborting';
      readonly because: string;
      readonly wave: number;
      /** Everything goes back, once nothing is under way. */
      readonly rollsBack: boolean;
    }
  | {
      readonly kind: 'ended';
      readonly outcome: CampaignOutcome;
      readonly because: string;
      /** The campaign that takes everything back. */
      readonly rollback?: string;
    };

export type CampaignOutcome = 'completed' | 'stopped' | 'aborted';

/** Where it is. */
type At = { readonly wave: number; readonly phase: Phase };

/**
 *     moving    moves of the wave are released, and come to their end
 *     baking    they have: they are watched for a while
 *     waiting   all waves are done, but for devices that have not come online yet
 */
export type Phase =
  | { readonly kind: 'moving'; readonly since: Instant }
  | { readonly kind: 'baking'; readonly until: Instant }
  | { readonly kind: 'waiting'; readonly since: Instant };

export type ControlDevice = { readonly deviceId: string; readonly hub: HubHostName };

export type Reset = {
  /** `enrollmentKey` */
  readonly key: string;
  readonly kind: 'individual' | 'group';
  readonly id: string;
  readonly before: 'migrate' | 'reset';
  readonly at: Instant;
  /** When that was done at DPS: it is written that it will be, and then done. */
  readonly setAt?: Instant;
};

export type ChangedState = {
  readonly hub: HubHostName;
  readonly before: HubState;
  readonly after: HubState;
};

/** Request units that its moves have cost, as the instances counted them, and through which minute; whole once it has ended for a while. */
export type Spent = { readonly units: number; readonly through: number; readonly isWhole: boolean };

/** What the pace is now. */
export type PaceNow = {
  readonly at: Instant;
  /** Triggered in the last minute. */
  readonly perMinute: number;
  /** What would be let through, and by what no more is: a quota, a cap, a window, the wave's end. */
  readonly allowedPerMinute: number;
  readonly binds: string;
  /** Why nothing that is left of the wave can go, and since when. */
  readonly stuck: Stuck | undefined;
  /** The most that were triggered in a minute, and what was let through then. */
  readonly peak: { readonly perMinute: number; readonly allowedPerMinute: number };
};

export type Stuck = { readonly because: string; readonly since: Instant };

export type Runner = { readonly id: string; readonly until: Instant };

export type LogEntry = {
  readonly at: Instant;
  readonly by: string;
  readonly what: string;
  readonly because: string;
};

/** A move of a campaign: hubs by their index. */
export type CampaignMove = {
  readonly deviceId: string;
  readonly from: number;
  readonly to: number;
  readonly stage: number;
  readonly isCertain: boolean;
  /** Its time zone, where devices say theirs; and its value of each cap's label, in their order. */
  readonly zone: string | undefined;
  readonly groups: readonly (string | undefined)[];
};

/** Whether a runner has something to do with it still. */
export const isActive = ({ state, spent }: Pick<Campaign, 'state' | 'spent'>): boolean =>
  state.kind !== 'ended' || !spent.isWhole;

export const newCampaign = (order: CampaignOrder): Campaign => ({
  order,
  state: { kind: 'preparing' },
  waves: [],
  isSingle: false,
  control: [],
  hubStates: [],
  resets: [],
  pace: undefined,
  runner: undefined,
  log: [{ at: order.at, by: order.by, what: 'approved', because: order.reason }],
  spent: { units: 0, through: 0, isWhole: false },
});

const logMax = 100;

export const logged = (campaign: Campaign, entry: LogEntry): Campaign => ({
  ...campaign,
  log: [...campaign.log, entry].slice(-logMax),
});

export const withWave = (
  campaign: Campaign,
  index: number,
  change: (wave: Wave) => Wave,
): Campaign => ({
  ...campaign,
  waves: campaign.waves.map((wave, at) => (at === index ? change(wave) : wave)),
});

/** A plan that Rehome approves by itself has one campaign. */
export const campaignIdFor = (planId: string): string =>
  `c-${createHash('sha256').update(`by itself ${planId}`).digest('hex').slice(0, 20)}`;

/** A campaign has one rollback at a time, whoever asks for it, and however often. @param attempt from 1. */
export const rollbackIdOf = (campaignId: string, attempt: number): string =>
  `c-${createHash('sha256').update(`rollback ${attempt} of ${campaignId}`).digest('hex').slice(0, 20)}`;
