import { closedBreaker } from '../../campaign/breaker.ts';
import { type Campaign, type CampaignMove, isActive } from '../../campaign/campaign.ts';
import { valveOf } from '../../campaign/valve.ts';
import type {
  Breakers,
  Campaigns,
  KeptProgress,
  Purses,
  Shared,
  ValvesNow,
} from '../../ports/campaigns.ts';
import type { Causes, CausesKept } from '../../ports/causes.ts';

/** Campaigns in the process: gone with it. */
export const memoryCampaigns = (): Campaigns => {
  const kept = new Map<string, { readonly campaign: Campaign; readonly version: string }>();
  const pages = new Map<string, readonly CampaignMove[]>();
  const progress = new Map<string, KeptProgress>();
  let writes = 0;
  const next = (): string => {
    writes += 1;
    return String(writes);
  };
  return {
    create: async (campaign) => {
      const { id } = campaign.order;
      if (kept.has(id)) return 'exists';
      kept.set(id, { campaign, version: next() });
      return 'created';
    },
    read: async (id) => kept.get(id),
    write: async (campaign, version) => {
      const { id } = campaign.order;
      if (kept.get(id)?.version !== version) return 'superseded';
      const written = next();
      kept.set(id, { campaign, version: written });
      return { version: written };
    },
    active: async () => [...kept.values()].filter(({ campaign }) => isActive(campaign)),
    recent: async (countMax) =>
      [...kept.values()]
        .sort((one, other) => other.campaign.order.at - one.campaign.order.at)
        .slice(0, countMax),
    putPage: async (id, number, rows) => {
      const key = `${id} ${number}`;
      if (!pages.has(key)) pages.set(key, rows);
    },
    readPage: async (id, number) => pages.get(`${id} ${number}`),
    readProgress: async (id, number) => progress.get(`${id} ${number}`),
    allProgress: async (id) =>
      new Map(
        [...progress].flatMap(([key, one]) => {
          const [campaign, number] = key.split(' ');
          return campaign === id ? [[Number(number), one] as const] : [];
        }),
      ),
    writeProgress: async (id, number, after, version) => {
      const key = `${id} ${number}`;
      if (progress.get(key)?.version !== version) return 'superseded';
      const written = next();
      progress.set(key, { progress: after, version: written });
      return { version: written };
    },
  };
};

const memoryShared = <Value>(none: Value): Shared<Value> => {
  let held: { readonly value: Value; readonly version: string | undefined } = {
    value: none,
    version: undefined,
  };
  return {
    read: async () => held,
    write: async (value, version) => {
      if (held.version !== version) return 'superseded';
      held = { value, version: String(Number(version ?? 0) + 1) };
      return 'written';
    },
  };
};

export const memoryPurses = (): Purses => memoryShared({ purse: {}, factors: {} });
export const memoryCauses = (): Causes => memoryShared<CausesKept>({ relocate: {} });
export const memoryBreakers = (): Breakers => memoryShared(closedBreaker);

/** As it is at every moment: the picture is renewed by whoever asks for it. */
export const memoryValves = (campaigns: Campaigns, breakers: Breakers): ValvesNow => {
  const { signal } = new AbortController();
  let latest = { byCampaign: new Map(), isBroken: false };
  const known = async () => {
    const [active, breaker] = await Promise.all([campaigns.active(signal), breakers.read(signal)]);
    const byCampaign = new Map(
      active.map(({ campaign }) => [campaign.order.id, valveOf(campaign)] as const),
    );
    latest = { byCampaign, isBroken: breaker.value.tripped !== undefined };
    return latest;
  };
  return {
    latest: () => {
      void known();
      return latest;
    },
    known,
  };
};
