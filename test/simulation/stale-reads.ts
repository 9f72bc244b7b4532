import type { Campaigns, KeptCampaign } from '../../shared/ports/campaigns.ts';
import type { DeviceRecords, Kept } from '../../shared/ports/device-records.ts';
import type { VirtualWorld } from './virtual-world.ts';

/**
 * A store of several replicas, at session consistency: a process reads what it wrote itself, and of what others wrote perhaps what was there before
 * their last write. No write is ever made on what is no more.
 */
export const staleReads = (world: VirtualWorld, chance: () => number) => {
  const lately = <Value>() => {
    const before = new Map<string, { value: Value; by: string; atMs: number }>();
    return {
      wrote: (id: string, value: Value, by: string): void => {
        before.set(id, { value, by, atMs: world.now() });
      },
      read: (id: string, latest: Value, by: string): Value => {
        const known = before.get(id);
        if (!known || known.by === by || world.now() - known.atMs >= replicaMs) return latest;
        return world.chance(chance()) ? known.value : latest;
      },
    };
  };
  const olderRecords = lately<Kept | undefined>();
  const olderCampaigns = lately<KeptCampaign | undefined>();
  return {
    recordsFor: (by: string, kept: DeviceRecords): DeviceRecords => ({
      ...kept,
      read: async (key, signal) => olderRecords.read(key.id, await kept.read(key, signal), by),
      write: async (key, record, version, signal, settled) => {
        const before = await kept.read(key, signal);
        const outcome = await kept.write(key, record, version, signal, settled);
        if (outcome === 'written') olderRecords.wrote(key.id, before, by);
        return outcome;
      },
    }),
    campaignsFor: (by: string, kept: Campaigns): Campaigns => ({
      ...kept,
      read: async (id, signal) => olderCampaigns.read(id, await kept.read(id, signal), by),
      write: async (campaign, version, signal) => {
        const { id } = campaign.order;
        const before = await kept.read(id, signal);
        const outcome = await kept.write(campaign, version, signal);
        if (outcome !== 'superseded') olderCampaigns.wrote(id, before, by);
        return outcome;
      },
    }),
  };
};

/** How far replicas are behind each other, at most. */
const replicaMs = 2_000;
