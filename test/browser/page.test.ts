import { CosmosClient } from '@azure/cosmos';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { toSharedDocument } from '../../shared/wire/campaign-document.ts';
import { containers, databaseId } from '../../shared/wire/containers.ts';
import { aBrowser, hasBrowser, violationsOn } from '../support/a-browser.ts';
import { hostOf } from '../support/a-hub.ts';
import { aSmallFleet } from '../support/a-small-fleet.ts';

/** The operators' page in a real browser, over the built app. */

const settings = {
  REHOME_SNAPSHOT_MS: '200',
  REHOME_CAMPAIGN: JSON.stringify({ bakeMinutes: 30 }),
  'AzureWebJobs.advanceCampaigns.Disabled': 'true',
};

const reason = 'Why? It stands in the audit.';
const patience = 20_000;

/** Every view is looked at by axe-core, in the light and in the dark, wide and on a phone. */
const views = ['fleet', 'plans', 'campaigns', 'devices', 'decisions', 'history'] as const;

const looks = [
  { width: 1280, height: 900, colorScheme: 'light' },
  { width: 390, height: 844, colorScheme: 'dark' },
] as const;

const inView = async (page: Page, view: string, heading: string | RegExp): Promise<void> => {
  await page.getByRole('link', { name: view, exact: true }).click();
  await page.getByRole('heading', { name: heading, level: 2 }).first().waitFor();
};

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

/** Chosen from a list, and then begun: a list that acts by itself cannot be used by keyboard. */
const choose = async (page: Page, hub: string, order: string): Promise<void> => {
  await page.getByLabel(`What to do with ${hub}`).selectOption(order);
  await page.getByLabel(`Do that with ${hub}`).click();
};

const says = (page: Page, text: string | RegExp) =>
  page.getByText(text).first().waitFor({ timeout: patience });

describe.skipIf(!hasBrowser)('the page', () => {
  test('from a hub to its drain, paused, resumed, stopped and rolled back, by hand; every step in the history', async () => {
    const fleet = await aSmallFleet(settings, 24);
    await fleet.settled();
    const { open } = await aBrowser();
    const { page, faults } = await open(fleet.appUrl(), 'an-operator');
    page.setDefaultTimeout(patience);
    const count = fleet.on('north');

    await choose(page, 'north', 'drain');
    expect(await button(page, 'Plan it').isDisabled()).toBe(true); // it takes a reason
    await page.getByLabel(reason).fill('the region is given up');
    expect(await violationsOn(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await button(page, 'Carry it out').click();
    const moving = button(page, `Move ${count} device`);
    expect(await moving.isDisabled()).toBe(true);
    await page.getByLabel('Type').fill('wes');
    expect(await moving.isDisabled()).toBe(true); // another hub's name is not this one's
    await page.getByLabel('Type').fill('north');
    expect(await violationsOn(page)).toEqual([]);
    await moving.click();
    await page.getByRole('heading', { name: /^drain north/ }).waitFor();

    const running = fleet.runTimer('advanceCampaigns');
    await says(page, `${count} of ${count} verified`);
    await says(page, /one wave is baking/);
    expect(await violationsOn(page)).toEqual([]);
    await button(page, 'Pause now').click();
    await says(page, 'paused on the page');
    await button(page, 'Resume').click();
    await page.getByLabel(reason).fill('looked at it');
    await button(page, /^Resume$/).click();
    await says(page, /one wave is baking/);
    await button(page, 'Stop').click();
    await page.getByLabel(reason).fill('enough of it');
    await button(page, /^Stop$/).click();
    await running;
    await fleet.runTimer('advanceCampaigns');
    await says(page, /stopped/);
    expect(fleet.on('north')).toBe(0);

    await button(page, 'Roll back').click();
    await says(page, `${count} devices, as far as they can return`);
    const back = button(page, /^Roll back$/);
    await page.getByLabel(reason).fill('it was a mistake');
    expect(await back.isDisabled()).toBe(true);
    await page.getByLabel('Type').fill('roll back');
    await back.click();
    await page.getByRole('heading', { name: /^Rollback of drain north/ }).waitFor();
    const rolling = fleet.runTimer('advanceCampaigns');
    await says(page, `${count} of ${count} verified`);
    expect(fleet.on('north')).toBe(count);

    await inView(page, 'History', 'History');
    const told = page.getByRole('listitem').filter({ hasText: 'Otto' });
    for (const [operation, why] of [
      ['emptyHub', 'the region is given up'],
      ['commandCampaign', 'paused on the page'],
      ['commandCampaign', 'looked at it'],
      ['commandCampaign', 'enough of it'],
      ['commandCampaign', 'it was a mistake'],
    ] as const)
      await told.filter({ hasText: operation }).filter({ hasText: why }).first().waitFor();
    expect(faults).toEqual([]);
    await rolling;
  }, 240_000);

  test('the other orders: cordon and open, a drill, an evacuation, a rebalance, an abort, and the breaker', async () => {
    const fleet = await aSmallFleet({ ...settings, REHOME_IMBALANCE_COUNT: '1' }, 18);
    await fleet.settled();
    const { open } = await aBrowser();
    const { page, faults } = await open(fleet.appUrl(), 'an-admin');
    page.setDefaultTimeout(patience);
    const because = async (does: string | RegExp): Promise<void> => {
      await page.getByLabel(reason).fill('a try');
      await button(page, does).click();
    };
    const east = page.getByRole('row', { name: /^east/ });
    // By keyboard alone: a list that acted by itself would drain before it came to cordon.
    await page.getByLabel('What to do with east').focus();
    for (const key of ['ArrowDown', 'Tab', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('heading', { name: 'Cordon east?' }).waitFor();
    await page.keyboard.type('a try');
    await page.keyboard.press('Enter');
    await east.getByText('cordoned').waitFor();
    await choose(page, 'east', 'uncordon');
    await because(/^Open$/);
    await east.getByText('● open').waitFor();

    await choose(page, 'north', 'evacuate');
    await because('Plan it');
    await says(page, /one, all at once: off a dead hub there is nothing to try first/);
    await inView(page, 'Plans', 'Plans');
    await button(page, 'Plan a rebalance').click();
    await because('Plan it');
    await page.getByRole('heading', { name: /^Plan: rebalance made/ }).waitFor();

    await inView(page, 'Fleet', /Hubs/);
    await choose(page, 'north', 'drill');
    await because('Plan it');
    await page.getByRole('heading', { name: /^Plan: drill, drain north made/ }).waitFor();
    // Left, and found again, it is a drill still.
    await inView(page, 'Plans', 'Plans');
    await page.getByRole('link', { name: 'drain north (drill)' }).click();
    await button(page, 'Carry it out').click();
    await page.getByLabel('Type').fill('north');
    await button(page, /^Move \d+ device/).click();
    await page.getByRole('heading', { name: /^drain north \(drill\)/ }).waitFor();
    await button(page, 'Abort').click();
    await because(/^Abort$/);
    await says(page, /aborting/);

    const container = new CosmosClient(fleet.connectionString)
      .database(databaseId)
      .container(containers.campaigns.id);
    const tripped = { at: Date.now(), because: 'a try' };
    await container.items.upsert(toSharedDocument('breaker', { tripped, failures: [] }));
    await inView(page, 'Fleet', /Hubs/);
    await says(page, /The breaker has stopped everything since .*: a try/);
    await button(page, 'Reset').click();
    await because(/^Reset$/);
    await says(page, 'Nothing does.');
    expect(faults).toEqual([]);
  }, 120_000);

  test('no view breaks a rule of accessibility, wide and in the light, on a phone and in the dark', async () => {
    const fleet = await aSmallFleet(settings, 6);
    await fleet.settled();
    const { open } = await aBrowser();
    for (const look of looks) {
      const { page, faults } = await open(fleet.appUrl(), 'an-admin', look);
      page.setDefaultTimeout(patience);
      for (const view of views) {
        const name = view[0]?.toUpperCase() + view.slice(1);
        await inView(page, name, view === 'fleet' ? /Hubs/ : new RegExp(name));
        await page.waitForLoadState('networkidle').catch(() => undefined);
        expect([view, await violationsOn(page)]).toEqual([view, []]);
      }
      await inView(page, 'Devices', 'Devices');
      await page.getByLabel('A device, by its id').fill('device-1');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'If it registered now' }).waitFor();
      expect(await violationsOn(page)).toEqual([]);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(width).toBeLessThanOrEqual(look.width); // nothing sticks out
      expect(faults).toEqual([]);
    }
  }, 120_000);

  test('nobody, somebody without a role, and a reader, who sees everything and no button', async () => {
    const fleet = await aSmallFleet(settings, 3);
    await fleet.settled();
    const { open } = await aBrowser();
    const nobody = await open(fleet.appUrl(), undefined);
    await says(nobody.page, 'Nobody is signed in.');
    const link = await nobody.page.getByRole('link', { name: 'Sign in' }).getAttribute('href');
    expect(link).toContain('/.auth/login/aad?post_login_redirect_uri=%2Fapi%2Fops');
    const nora = await open(fleet.appUrl(), 'no-role');
    await says(nora.page, /You are signed in, and have no role here/);
    expect(await violationsOn(nora.page)).toEqual([]);
    const { page } = await open(fleet.appUrl(), 'a-reader');
    await page.getByRole('heading', { name: /Hubs/ }).waitFor();
    await says(page, 'Rita (Read)');
    await says(page, 'you may look');
    expect(await page.getByRole('button').allTextContents()).toEqual(['To what matters']);
    expect(await page.getByLabel(/What to do with/).count()).toBe(0);
  }, 60_000);

  test('what it cannot do is told where it was asked for; what is old is said to be old', async () => {
    const fleet = await aSmallFleet({ ...settings, REHOME_TWO_PERSONS: 'true' }, 3);
    await fleet.settled();
    const { open } = await aBrowser();
    const { page, context } = await open(fleet.appUrl(), 'an-operator');
    page.setDefaultTimeout(patience);
    await choose(page, 'west', 'drain');
    await page.getByLabel(reason).fill('two are needed');
    await button(page, 'Plan it').click();
    await says(page, 'Another person carries it out: two are needed.');

    await inView(page, 'Fleet', /Hubs/);
    await choose(page, 'west', 'cordon');
    await page.getByLabel(reason).fill('to be told');
    await fleet.call('PUT', `hubs/${hostOf('west')}`, { weight: 3, reason: 'meanwhile' });
    await context.setOffline(true);
    await button(page, /^Cordon$/).click();
    await page.getByRole('alert').filter({ hasText: 'Failed to fetch' }).waitFor();
    await page.keyboard.press('Escape');
    await page
      .getByRole('alert')
      .filter({ hasText: 'What you see is old' })
      .waitFor({ timeout: 30_000 });
    await context.setOffline(false);
    await says(page, /as of/);
  }, 90_000);
});
