import type { Campaign, CampaignMove, CampaignState } from '../../shared/campaign/campaign.ts';
import { type CampaignLimits, campaignLimits } from '../../shared/campaign/campaign-limits.ts';
import { emptyTally, type Tally } from '../../shared/campaign/progress.ts';
import type { Seen } from '../../shared/campaign/steer.ts';
import type { Wave } from '../../shared/campaign/wave.ts';
import { instant } from '../../shared/domain/instant.ts';
import { host } from './a-move.ts';
import { main } from './a-question.ts';

export const aWave = (but: Partial<Wave> = {}): Wave => ({
  firstPage: 0,
  pageCount: 1,
  moveCount: 100,
  begunAt: instant(0),
  endedAt: undefined,
  gate: undefined,
  isPardoned: false,
  pardoned: [],
  controlUp: [],
  ...but,
});

/** A move from the first hub to the second, of which everything is known. */
export const aCampaignMove = (deviceId: string, but: Partial<CampaignMove> = {}): CampaignMove => ({
  deviceId,
  from: 0,
  to: 1,
  stage: 0,
  groups: [],
  zone: undefined,
  isCertain: true,
  ...but,
});

/** A drain of the east to the west, in two waves, of which the first is under way. */
export const aCampaign = (
  but: Partial<Campaign> = {},
  limits: Partial<CampaignLimits> = {},
): Campaign => ({
  order: {
    id: 'c-00000000000000000001',
    scope: main,
    source: { kind: 'plan', planId: 'p-1', run: 'r' },
    hash: 'sha256:0',
    goal: { kind: 'drain', hub: host('east') },
    hubs: [host('east'), host('west')],
    sources: [0],
    targets: [1],
    isWhole: true,
    moveCount: 200,
    uncertainCount: 0,
    policyVersion: 1,
    reason: 'a test',
    by: 'a test',
    at: instant(0),
    limits: { ...campaignLimits, ...limits },
  },
  state: moving(0),
  waves: [aWave(), aWave({ firstPage: 1, begunAt: undefined })],
  isSingle: false,
  control: [],
  hubStates: [],
  resets: [],
  pace: undefined,
  runner: undefined,
  log: [],
  spent: { units: 0, through: 0, isWhole: false },
  ...but,
});

export const moving = (wave: number): CampaignState => ({
  kind: 'running',
  wave,
  phase: { kind: 'moving', since: instant(0) },
});

export const aTally = (but: Partial<Tally> = {}): Tally => ({ ...emptyTally, ...but });

export const seen = (but: Partial<Seen> = {}): Seen => ({
  tally: emptyTally,
  before: { c: 0, t: 0, p: 0 },
  failed: undefined,
  stuck: undefined,
  isBroken: false,
  now: instant(60_000),
  ...but,
});
