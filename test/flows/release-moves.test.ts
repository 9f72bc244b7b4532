import { expect, test } from 'vitest';
import { memoryCampaigns, memoryPurses } from '../../shared/adapters/memory/campaigns.ts';
import { systemDeadline as deadline } from '../../shared/adapters/system/deadline.ts';
import { alwaysOpen } from '../../shared/campaign/calendar.ts';
import type { CampaignMove } from '../../shared/campaign/campaign.ts';
import type { CampaignLimits } from '../../shared/campaign/campaign-limits.ts';
import { burstMs } from '../../shared/campaign/tokens.ts';
import { rowCountsOf } from '../../shared/campaign/wave.ts';
import { instant } from '../../shared/domain/instant.ts';
import { campaignPages } from '../../shared/flows/campaign-pages.ts';
import { releaseMoves } from '../../shared/flows/release-moves.ts';
import { pageSize } from '../../shared/planning/pages.ts';
import { aCampaign, aCampaignMove, aWave } from '../support/a-campaign.ts';
import { never } from '../support/a-fleet-on-cores.ts';
import { aHub, aTable } from '../support/a-hub.ts';

const perMinute = 800;
const table = aTable(...['east', 'west'].map((hub) => aHub(hub, { tier: 'S3', units: 50 })));
const quotas = {
  registrationsPerMinute: perMinute,
  organicPercent: 0,
  organicPerMinute: 0,
  parkedShare: 0,
  factor: 1,
};
const clock = { now: () => instant(1_000_000) };

/** A runner of a campaign of one wave; what it triggers never ends. */
const aRunner = async (
  rows: readonly CampaignMove[],
  purses: ReturnType<typeof memoryPurses>,
  limits: Partial<CampaignLimits> = {},
) => {
  const campaigns = memoryCampaigns();
  const pageCount = Math.ceil(rows.length / pageSize);
  const wave = aWave({ moveCount: rows.length, pageCount });
  const campaign = aCampaign({ waves: [wave] }, limits);
  const { id } = campaign.order;
  for (let page = 0; page < pageCount; page += 1) {
    const some = rows.slice(page * pageSize, (page + 1) * pageSize);
    await campaigns.putPage(id, page, some, never);
  }
  const ports = { purses, clock, deadline, movePlanned: () => new Promise<never>(() => undefined) };
  const pages = await campaignPages({ campaigns, deadline }, id, rowCountsOf([wave]));
  const { release } = releaseMoves(ports, pages, () => undefined);
  return () => release(campaign, wave, { table, quotas });
};

const movesOf = (name: string, count: number): readonly CampaignMove[] =>
  Array.from({ length: count }, (_, row) => aCampaignMove(`${name}-${row}`));

test('[C4] [R4] runners of several campaigns take of one purse: together no more than one would', async () => {
  const purses = memoryPurses();
  const runners = await Promise.all(
    ['a', 'b', 'c'].map((name) => aRunner(movesOf(name, 100), purses)),
  );
  const released = await Promise.all(runners.map((release) => release()));
  const count = released.reduce((sum, one) => sum + one.count, 0);
  expect(count).toBeGreaterThan(10);
  expect(count).toBeLessThanOrEqual(Math.ceil((perMinute * burstMs) / 60_000));
});

test('[C8] those whose night it is are found behind thousands whose window is shut', async () => {
  // It is a quarter past midnight in UTC, and past nine in Tokyo.
  const windows = [{ days: undefined, from: '22:00', to: '05:00' }];
  const calendar = { ...alwaysOpen, windows, zoneLabel: 'tz' };
  const far = movesOf('tokyo', 6_000).map((move) => ({ ...move, zone: 'Asia/Tokyo' }));
  const near = movesOf('utc', 30).map((move) => ({ ...move, zone: 'UTC' }));
  const release = await aRunner([...far, ...near], memoryPurses(), { calendar });
  const first = await release();
  expect(first).toMatchObject({ count: 0, isShut: false }); // not all of it was looked at
  expect((await release()).count).toBeGreaterThan(10);
  const shut = await aRunner(far.slice(0, 100), memoryPurses(), { calendar });
  expect(await shut()).toMatchObject({ count: 0, isShut: true });
});
