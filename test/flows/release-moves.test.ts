import { expect, test } from 'vitest';
import { memoryCampaigns, memoryPurses } from '../../shared/adapters/memory/campaigns.ts';
import { systemDeadline as deadline } from '../../shared/adapters/system/deadline.ts';
import { burstMs } from '../../shared/campaign/tokens.ts';
import { instant } from '../../shared/domain/instant.ts';
import { campaignPages } from '../../shared/flows/campaign-pages.ts';
import { releaseMoves } from '../../shared/flows/release-moves.ts';
import { aCampaign, aCampaignMove, aWave } from '../support/a-campaign.ts';
import { never } from '../support/a-fleet-on-cores.ts';
import { aHub, aTable } from '../support/a-hub.ts';

const wave = aWave({ moveCount: 100 });
const perMinute = 800;

/** A runner of a campaign of its own; what it triggers never ends. */
const aRunner = async (name: string, purses: ReturnType<typeof memoryPurses>) => {
  const campaigns = memoryCampaigns();
  const campaign = aCampaign({ waves: [wave] });
  const rows = Array.from({ length: 100 }, (_, row) => aCampaignMove(`${name}-${row}`));
  await campaigns.putPage(campaign.order.id, 0, rows, never);
  const clock = { now: () => instant(1_000_000) };
  const ports = { purses, clock, deadline, movePlanned: () => new Promise<never>(() => undefined) };
  const pages = await campaignPages({ campaigns, deadline }, campaign.order.id, [100]);
  const { release } = releaseMoves(ports, pages, () => undefined);
  const table = aTable(...['east', 'west'].map((hub) => aHub(hub, { tier: 'S3', units: 50 })));
  const quotas = {
    registrationsPerMinute: perMinute,
    organicPercent: 0,
    organicPerMinute: 0,
    parkedShare: 0,
    factor: 1,
  };
  return () => release(campaign, wave, { table, quotas });
};

test('[C4] [R4] runners of several campaigns take of one purse: together no more than one would', async () => {
  const purses = memoryPurses();
  const runners = await Promise.all(['a', 'b', 'c'].map((name) => aRunner(name, purses)));
  const released = await Promise.all(runners.map((release) => release()));
  const count = released.reduce((sum, one) => sum + one.count, 0);
  expect(count).toBeGreaterThan(10);
  expect(count).toBeLessThanOrEqual(Math.ceil((perMinute * burstMs) / 60_000));
});
