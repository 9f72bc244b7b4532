import type { Campaign, CampaignMove } from '../../shared/campaign/campaign.ts';
import { isCampaign } from '../../shared/campaign/valve.ts';
import type { Wave } from '../../shared/campaign/wave.ts';
import type { Move } from '../../shared/domain/move.ts';
import type { Breakers, Campaigns } from '../../shared/ports/campaigns.ts';
import type { Story } from './story.ts';
import type { VirtualWorld } from './virtual-world.ts';

type Grounds = {
  readonly world: VirtualWorld;
  readonly story: Story;
  readonly registrationsPerMinute: number;
  /** Whether no process stands still, or has just stopped doing so: what it decided before is done late. */
  readonly isSteady: () => boolean;
  /** Hubs that are down, or were just now, or of which Azure says so. */
  readonly troubledCount: () => number;
};

/** A runner's round, what processes hold of the store, and clocks that are off: after so long a word holds everywhere. */
const heardMs = 60_000;
const minuteMs = 60_000;
const skewMs = 15_000;
/** Left to the fleet. */
const organicShare = 0.2;

type Life = { campaign: Campaign; stateSince: number };

/** [C1] to [C4], [C6] to [C8]: what campaigns do, against what was approved, and what was said to them. */
export const lawsOfCampaigns = ({
  world,
  story,
  registrationsPerMinute,
  isSteady,
  troubledCount,
}: Grounds) => {
  const lives = new Map<string, Life>();
  const pages = new Map<string, string>();
  const rows = new Map<string, Map<string, CampaignMove>>();
  const begunAt: number[] = [];
  let trippedAt: number | undefined;

  /** Why nothing of it may go now; undefined: it may. */
  const barOf = ({
    campaign,
    stateSince,
  }: Life): readonly [law: string, why: string] | undefined => {
    if (!isSteady()) return undefined;
    if (trippedAt !== undefined && world.now() - trippedAt > heardMs)
      return ['C7', 'while the breaker is tripped'];
    if (isOutside(campaign, world.now())) return ['C8', 'outside its window'];
    const { kind } = campaign.state;
    const isHeard = world.now() - stateSince > heardMs;
    return isHeard && (kind === 'aborting' || kind === 'ended')
      ? ['C3', `while its campaign is ${kind}`]
      : undefined;
  };

  /** Those that wait for their device stay where they are while a person has said so. */
  const barOfWaiting = ({ campaign: { state }, stateSince }: Life, { ask }: Move): boolean =>
    isSteady() &&
    world.now() - stateSince > heardMs &&
    (state.kind === 'paused' || state.kind === 'held' || state.kind === 'stopping') &&
    (ask.kind === 'parked' || ask.kind === 'deferred');

  const opened = (deviceId: string, move: Move): void => {
    if (!isCampaign(move.campaignId)) return;
    const life = lives.get(move.campaignId);
    const row = rows.get(move.campaignId)?.get(deviceId);
    if (!life || !row) {
      story.violate(
        'C6',
        `${deviceId} is moved by ${move.campaignId}, which has no such move`,
        deviceId,
      );
      return;
    }
    const { order, state } = life.campaign;
    if (order.hubs[row.to] !== move.to || order.hubs[row.from] !== move.from)
      story.violate('C6', `${deviceId} is moved to ${move.to}, which nobody approved`, deviceId);
    const [law, why] = barOf(life) ?? [];
    if (law) story.violate(law, `${deviceId} is asked to move ${why}`, deviceId);
    const isStopped = state.kind !== 'running' && world.now() - life.stateSince > heardMs;
    if (isStopped && isSteady())
      story.violate(
        'C3',
        `${deviceId} is asked to move while its campaign is ${state.kind}`,
        deviceId,
      );
    if (order.goal.kind === 'evacuate' && order.source.kind === 'plan') return; // nobody is asked
    begunAt.push(world.now());
    while ((begunAt[0] ?? 0) <= world.now() - minuteMs) begunAt.shift();
    if (begunAt.length > registrationsPerMinute * (1 - organicShare) + 1)
      story.violate('C4', `${begunAt.length} moves were begun within a minute`);
  };

  const written = (before: Campaign | undefined, after: Campaign): void => {
    const { id } = after.order;
    const { kind } = after.state;
    const isNew = before?.state.kind !== kind;
    const because = 'because' in after.state ? `: ${after.state.because}` : '';
    if (isNew) story.tell(id, `is ${kind}${because}`);
    const stateSince = isNew ? world.now() : (lives.get(id)?.stateSince ?? world.now());
    lives.set(id, { campaign: after, stateSince });
    if (before && !(next[before.state.kind] ?? []).includes(kind) && isNew)
      story.violate('C3', `${id} was ${before.state.kind}, and is ${kind} again`);
    for (const [index, wave] of (before?.waves ?? []).entries())
      if (membersOf(wave) !== membersOf(after.waves[index]))
        story.violate('C1', `wave ${index} of ${id} has other members`);
    for (const [index, wave] of after.waves.entries())
      if (wave.begunAt !== undefined && before?.waves[index]?.begunAt === undefined) {
        story.tell(id, `begins wave ${index}: ${wave.moveCount} moves`);
        if (index > 0 && !mayBegin(after, index))
          story.violate('C2', `wave ${index} of ${id} began before the gate before it passed`);
      }
  };

  return {
    opened,
    /** A device that is being moved was answered its new hub. */
    released: (deviceId: string, move: Move): void => {
      const life = isCampaign(move.campaignId) ? lives.get(move.campaignId) : undefined;
      const [law, why] = (life && barOf(life)) ?? [];
      if (law) story.violate(law, `${deviceId} is answered its new hub ${why}`, deviceId);
      if (life && barOfWaiting(life, move))
        story.violate(
          'C3',
          `${deviceId}, which waits, is answered its new hub under a pause`,
          deviceId,
        );
    },
    all: (): readonly Campaign[] => [...lives.values()].map(({ campaign }) => campaign),
    rowsOf: (id: string): ReadonlyMap<string, CampaignMove> => rows.get(id) ?? new Map(),
    watch: (kept: Campaigns): Campaigns => ({
      ...kept,
      create: async (campaign, signal) => {
        const outcome = await kept.create(campaign, signal);
        const { by, id, goal, source } = campaign.order;
        if (outcome === 'created')
          story.tell(by, `begins ${id}: ${source.kind === 'plan' ? goal.kind : 'a rollback'}`);
        if (outcome === 'created') written(undefined, campaign);
        return outcome;
      },
      write: async (campaign, version, signal) => {
        const before = (await kept.read(campaign.order.id, signal))?.campaign;
        const outcome = await kept.write(campaign, version, signal);
        if (outcome !== 'superseded') written(before, campaign);
        return outcome;
      },
      putPage: async (id, number, put, signal) => {
        await kept.putPage(id, number, put, signal);
        const page = (await kept.readPage(id, number, signal)) ?? [];
        const key = `${id} ${number}`;
        const text = JSON.stringify(page);
        if ((pages.get(key) ?? text) !== text)
          story.violate('C1', `page ${number} of ${id} changed`);
        pages.set(key, text);
        const known = rows.get(id) ?? new Map<string, CampaignMove>();
        for (const move of page) known.set(move.deviceId, move);
        rows.set(id, known);
      },
    }),
    watchBreakers: (kept: Breakers): Breakers => ({
      ...kept,
      write: async (value, version, signal) => {
        const outcome = await kept.write(value, version, signal);
        if (outcome !== 'written') return outcome;
        if (value.tripped && trippedAt === undefined) {
          story.tell('the breaker', `trips: ${value.tripped.because}`);
          if (/hubs are in trouble/.test(value.tripped.because) && troubledCount() < 2)
            story.violate('C7', `the breaker trips for nothing: ${value.tripped.because}`);
        }
        trippedAt = value.tripped ? (trippedAt ?? world.now()) : undefined;
        return outcome;
      },
    }),
  };
};

/** What may follow each state: who stops or aborts a campaign does so for good. */
const next: Readonly<Record<string, readonly string[]>> = {
  preparing: ['running', 'stopping', 'aborting', 'ended'],
  running: ['held', 'paused', 'stopping', 'aborting', 'ended'],
  held: ['running', 'stopping', 'aborting', 'ended'],
  paused: ['running', 'held', 'stopping', 'aborting', 'ended'],
  stopping: ['aborting', 'ended'],
  aborting: ['ended'],
  ended: [],
};

const membersOf = (wave: Wave | undefined): string =>
  wave ? `${wave.firstPage} ${wave.pageCount} ${wave.moveCount}` : 'gone';

/** The gate before it has passed; or a person has said so since. A rollback has no gates. */
const mayBegin = ({ order, waves, log }: Campaign, index: number): boolean => {
  if (order.source.kind === 'rollback') return true;
  const gate = waves[index - 1]?.gate;
  if (gate?.ruling === 'pass') return true;
  return (
    gate !== undefined && log.some(({ what, at }) => what === 'resume' && at >= gate.at - skewMs)
  );
};

/** By the clock on the wall in UTC, a little before and after: a way of telling it of our own. */
const isOutside = ({ order }: Campaign, now: number): boolean => {
  const { windows } = order.limits.calendar;
  const isOpen = (at: number): boolean => {
    const clock = new Date(at).toISOString().slice(11, 16);
    return windows.some(({ from, to }) =>
      from < to ? clock >= from && clock < to : clock >= from || clock < to,
    );
  };
  return windows.length > 0 && !isOpen(now - skewMs) && !isOpen(now + skewMs);
};
