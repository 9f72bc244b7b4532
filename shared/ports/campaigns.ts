import type { Breaker } from '../campaign/breaker.ts';
import type { Campaign, CampaignMove } from '../campaign/campaign.ts';
import type { Progress } from '../campaign/progress.ts';
import type { Purse } from '../campaign/tokens.ts';
import type { Valves } from '../campaign/valve.ts';

export type KeptCampaign = { readonly campaign: Campaign; readonly version: string };

/** Campaigns, as they are kept. A fault throws. */
export type Campaigns = {
  /** Once: `exists` where there is one of that id. */
  readonly create: (campaign: Campaign, signal: AbortSignal) => Promise<'created' | 'exists'>;
  readonly read: (id: string, signal: AbortSignal) => Promise<KeptCampaign | undefined>;
  /** Replaces that version of it. `superseded`: read and decide again. */
  readonly write: (
    campaign: Campaign,
    version: string,
    signal: AbortSignal,
  ) => Promise<{ readonly version: string } | 'superseded'>;
  /** Those that have not ended, of all scopes. */
  readonly active: (signal: AbortSignal) => Promise<readonly KeptCampaign[]>;
  /** The newest, `countMax` at most, the newest first. */
  readonly recent: (countMax: number, signal: AbortSignal) => Promise<readonly KeptCampaign[]>;
  /** [C1] Once: a page that exists stays as it is. */
  readonly putPage: (
    id: string,
    number: number,
    rows: readonly CampaignMove[],
    signal: AbortSignal,
  ) => Promise<void>;
  readonly readPage: (
    id: string,
    number: number,
    signal: AbortSignal,
  ) => Promise<readonly CampaignMove[] | undefined>;
  readonly readProgress: (
    id: string,
    number: number,
    signal: AbortSignal,
  ) => Promise<KeptProgress | undefined>;
  /** That of all pages that have any. */
  readonly allProgress: (
    id: string,
    signal: AbortSignal,
  ) => Promise<ReadonlyMap<number, KeptProgress>>;
  /** Creates it where `version` is undefined, else replaces that version of it. */
  readonly writeProgress: (
    id: string,
    number: number,
    progress: Progress,
    version: string | undefined,
    signal: AbortSignal,
  ) => Promise<{ readonly version: string } | 'superseded'>;
};

export type KeptProgress = { readonly progress: Progress; readonly version: string };

/** One thing that all runners share, kept once: what was taken of the quotas, and the breaker. A fault throws. */
export type Shared<Value> = {
  /** With no version where there is none yet. */
  readonly read: (
    signal: AbortSignal,
  ) => Promise<{ readonly value: Value; readonly version: string | undefined }>;
  readonly write: (
    value: Value,
    version: string | undefined,
    signal: AbortSignal,
  ) => Promise<'written' | 'superseded'>;
};

export type Purses = Shared<PurseKept>;
export type Breakers = Shared<Breaker>;

/** What was taken of the quotas; and of those of each scope, how much is taken. */
export type PurseKept = {
  readonly purse: Purse;
  readonly factors: Readonly<Record<string, Factor>>;
};

/** From 0 to 1, as of the minute that was judged last. */
export type Factor = { readonly factor: number; readonly minute: number };

/** What the webhook and the sweep let through: a picture that is renewed every few seconds. */
export type ValvesNow = {
  readonly latest: () => Valves;
  /** The same, once the store has been read at all. A fault throws. */
  readonly known: () => Promise<Valves>;
};
