import { expect, test } from 'vitest';
import { readPlanSettings } from '../../shared/config/plan-settings.ts';

test('with nothing set, plans are proposed, and a fleet is taken in once a day', () => {
  expect(readPlanSettings({})).toEqual({
    dial: 'propose',
    imbalancePercent: 10,
    imbalanceCount: 100,
    slackPercent: 2,
    headroomPercent: 0,
    cooldownMs: 7 * 24 * 3_600_000,
    churnPercent: 5,
    loadLabel: undefined,
    registrationsPerMinute: 1_000,
    organicPercent: 20,
    prices: undefined,
    inventoryMs: 24 * 3_600_000,
    inventoryPercent: 50,
  });
});

test('what is set is read', () => {
  const prices = { currency: 'EUR', perThousandRegistrations: 0.1, perMillionRequestUnits: 0.3 };
  const read = readPlanSettings({
    REHOME_DIAL: 'off',
    REHOME_PRICES: JSON.stringify(prices),
    REHOME_INVENTORY_HOURS: '0',
    REHOME_LOAD_LABEL: 'load',
  });
  expect(read).toMatchObject({ dial: 'off', prices, inventoryMs: 0, loadLabel: 'load' });
});

test.each([
  ['REHOME_DIAL', 'full'],
  ['REHOME_IMBALANCE_PERCENT', '-1'],
  ['REHOME_ORGANIC_PERCENT', '96'],
  ['REHOME_INVENTORY_PERCENT', '0'],
  ['REHOME_COOLDOWN_HOURS', 'a week'],
  ['REHOME_PRICES', '{"currency":"EUR"}'],
  ['REHOME_PRICES', 'cheap'],
])('%s of %s is refused by name', (name, value) => {
  expect(() => readPlanSettings({ [name]: value })).toThrow(name);
});
