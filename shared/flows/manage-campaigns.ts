import { type Breaker, closedBreaker } from '../campaign/breaker.ts';
import { type Campaign, type CampaignMove, logged } from '../campaign/campaign.ts';
import { type CampaignCommand, commandCampaign } from '../campaign/command-campaign.ts';
import { type Progress, tallyOf } from '../campaign/progress.ts';
import type { Scope } from '../domain/scope.ts';
import type { Breakers, Campaigns } from '../ports/campaigns.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { Plans } from '../ports/plans.ts';
import {
  type Approval,
  type Approved,
  approveCampaign,
  type Previewed,
  previewCampaign,
  tripped,
} from './approve-campaign.ts';
import { changeCampaign, readCampaign } from './change-campaign.ts';
import { rollBack, whyNotBack } from './roll-back.ts';

/** What operators do with campaigns. */
export type ManageCampaigns = {
  /** What a plan would come to, carried out under these limits. Nothing is begun. */
  readonly preview: (approval: Omit<Approval, 'hash'>) => Promise<Previewed>;
  /** Approves a plan, by its hash: it begins within a minute. The same id again answers the same campaign. */
  readonly approve: (approval: Approval) => Promise<Approved>;
  readonly read: (scope: Scope, id: string) => Promise<Campaign | undefined>;
  /** What became of its moves, page by page. */
  readonly progress: (id: string) => Promise<readonly Progress[]>;
  /** A page of its moves, and what became of them; undefined where there is none. */
  readonly page: (id: string, number: number) => Promise<CampaignPage | undefined>;
  /** How many of its moves a rollback would take back, by what is known now; or why it cannot be rolled back. */
  readonly wouldReturn: (campaign: Campaign) => Promise<{ readonly moved: number } | string>;
  /** The newest of a scope, the newest first. */
  readonly recent: (scope: Scope) => Promise<readonly Campaign[]>;
  readonly command: (
    scope: Scope,
    id: string,
    command: CampaignCommand,
    because: string,
    by: string,
    /** Whether it is still as whoever commands it has seen it. */
    isSeen?: (campaign: Campaign) => boolean,
  ) => Promise<Ordered>;
  readonly breaker: () => Promise<Breaker>;
  /** A person has looked: campaigns may be resumed. */
  readonly resetBreaker: () => Promise<{ readonly before: Breaker; readonly after: Breaker }>;
};

export type CampaignPage = {
  readonly rows: readonly CampaignMove[];
  readonly progress: Progress | undefined;
};

export type Ordered =
  | {
      readonly kind: 'done';
      readonly before: Campaign;
      readonly campaign: Campaign;
      readonly rollback: string | undefined;
    }
  | { readonly kind: 'unknown-campaign' | 'superseded' }
  | { readonly kind: 'refused'; readonly because: string };

type Ports = {
  readonly campaigns: Campaigns;
  readonly plans: Plans;
  readonly breakers: Breakers;
  readonly clock: Clock;
  readonly deadline: Deadline;
};

const timeoutMs = 10_000;
/** Of all scopes. */
const recentMax = 100;

/** @param needsTwo whether whoever asked for a plan may not approve it. */
export const manageCampaigns = (ports: Ports, needsTwo = false): ManageCampaigns => {
  const { campaigns, breakers, deadline } = ports;
  const read = async (scope: Scope, id: string): Promise<Campaign | undefined> => {
    const campaign = (await readCampaign(ports, id))?.campaign;
    return campaign?.order.scope === scope ? campaign : undefined;
  };
  return {
    preview: (approval) => previewCampaign(ports, approval),
    approve: (approval) => approveCampaign(ports, approval, needsTwo),
    read,
    progress: async (id) => {
      const all = await deadline(timeoutMs, (signal) => campaigns.allProgress(id, signal));
      return [...all].sort(([one], [other]) => one - other).map(([, { progress }]) => progress);
    },
    page: async (id, number) => {
      const rows = await deadline(timeoutMs, (signal) => campaigns.readPage(id, number, signal));
      const kept = await deadline(timeoutMs, (signal) =>
        campaigns.readProgress(id, number, signal),
      );
      return rows && { rows, progress: kept?.progress };
    },
    wouldReturn: async (campaign) => {
      const { id } = campaign.order;
      const barred = await whyNotBack(ports, campaign);
      if (barred !== undefined) return barred;
      const all = await deadline(timeoutMs, (signal) => campaigns.allProgress(id, signal));
      const { v, l, s, t } = tallyOf([...all.values()].map(({ progress }) => progress));
      return { moved: v + l + s + t };
    },
    recent: async (scope) => {
      const found = await deadline(timeoutMs, (signal) => campaigns.recent(recentMax, signal));
      return found.map(({ campaign }) => campaign).filter(({ order }) => order.scope === scope);
    },
    command: async (scope, id, command, because, by, isSeen = () => true) =>
      (await read(scope, id))
        ? order(ports, id, { command, because, by, isSeen })
        : { kind: 'unknown-campaign' },
    breaker: async () => (await deadline(timeoutMs, (signal) => breakers.read(signal))).value,
    resetBreaker: () => resetBreaker(ports),
  };
};

/** Whoever is superseded reads and resets again. */
const attemptsMax = 5;

const resetBreaker = async ({
  breakers,
  deadline,
}: Ports): ReturnType<ManageCampaigns['resetBreaker']> => {
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const { value, version } = await deadline(timeoutMs, (signal) => breakers.read(signal));
    if (!value.tripped) return { before: value, after: value };
    const outcome = await deadline(timeoutMs, (signal) =>
      breakers.write(closedBreaker, version, signal),
    );
    if (outcome === 'written') return { before: value, after: closedBreaker };
  }
  throw new Error('The breaker changed with every attempt.');
};

/** What stands in the way of a command, but for the state that the campaign itself is in. */
const whyNot = async (
  ports: Ports,
  id: string,
  command: CampaignCommand,
): Promise<string | undefined> => {
  if (command === 'resume') return tripped(ports);
  if (command !== 'rollback') return undefined;
  const kept = await readCampaign(ports, id);
  return kept && whyNotBack(ports, kept.campaign);
};

type Command = {
  readonly command: CampaignCommand;
  readonly because: string;
  readonly by: string;
  readonly isSeen: (campaign: Campaign) => boolean;
};

/** [C3] It is so from the next round on, whoever runs it. */
const order = async (
  ports: Ports,
  id: string,
  { command, because, by, isSeen }: Command,
): Promise<Ordered> => {
  const now = ports.clock.now();
  const barred = await whyNot(ports, id, command);
  if (barred !== undefined) return { kind: 'refused', because: barred };
  let refused: string | undefined;
  let before: Campaign | undefined;
  const ordered = await changeCampaign(ports, id, (known) => {
    before = isSeen(known) ? known : undefined;
    if (!before) return undefined;
    const outcome = commandCampaign(known, command, because, by, now);
    refused = outcome.kind === 'refused' ? outcome.because : undefined;
    return outcome.kind === 'changed' ? outcome.campaign : undefined;
  });
  if (!ordered) return { kind: 'unknown-campaign' };
  const { campaign } = ordered;
  if (!before) return { kind: 'superseded' };
  if (refused !== undefined) return { kind: 'refused', because: refused };
  const goesBack = command === 'rollback' && campaign.state.kind === 'ended';
  if (!goesBack) return { kind: 'done', before, campaign, rollback: undefined };
  const rollback = await rollBack(ports, campaign, because, by, now);
  const told = await changeCampaign(ports, id, ({ state, ...known }) =>
    state.kind === 'ended' && state.rollback !== rollback
      ? logged(
          { ...known, state: { ...state, rollback } },
          { at: now, by, what: `rollback by ${rollback}`, because },
        )
      : undefined,
  );
  return { kind: 'done', before, campaign: told?.campaign ?? campaign, rollback };
};
