import { expect, onTestFinished, test, vi } from 'vitest';
import { compose } from '../../shared/composition.ts';
import { readSettings } from '../../shared/config/settings.ts';
import { aRequest } from '../support/a-request.ts';
import { heatpumps, toasters } from '../support/samples.ts';

/** The app with that policy in its settings: which rules apply to a device, and what the app complains of. */
const seeded = (rules: readonly object[]) => {
  const REHOME_HUBS = JSON.stringify([toasters, heatpumps].map((hostName) => ({ hostName })));
  const complaints: string[] = [];
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((line) => {
    complaints.push(String(line));
    return true;
  });
  onTestFinished(() => spy.mockRestore());
  const app = compose(readSettings({ REHOME_HUBS, REHOME_POLICY: JSON.stringify({ rules }) }));
  const asked = { ...aRequest({ linked: [] }), linkedHubs: [toasters, heatpumps] };
  return { complaints, rulesNow: async () => (await app.allocateDevice(asked)).rules };
};

const all = { name: 'all', hubs: [heatpumps] };

test('the policy of the settings stands at once where it holds no pattern', async () => {
  expect(await seeded([all]).rulesNow()).toEqual(['all']);
});

test('and where its patterns have been found harmless', async () => {
  const { rulesNow } = seeded([
    { name: 'some', when: { registrationId: { pattern: '^device-\\d$' } }, hubs: [toasters] },
  ]);
  await vi.waitFor(async () => expect(await rulesNow()).toEqual(['some']), { timeout: 5_000 });
});

test('one with a pattern that can be made slow never stands: no device waits for it, and that is said', async () => {
  const slow = { name: 'slow', when: { registrationId: { pattern: '^(a+)+$' } } };
  const { complaints, rulesNow } = seeded([slow, all]);
  await vi.waitFor(() => expect(complaints.join()).toContain('seed-policy-refused'), {
    timeout: 5_000,
  });
  expect(complaints.join()).toContain('rules[0].when.registrationId');
  expect(await rulesNow()).toEqual([]);
});

test('one that is malformed stops the app at start, naming the field', () => {
  expect(() => seeded([{ name: 'odd', regions: ['West Europe'] }])).toThrow(
    'REHOME_POLICY.rules[0].regions[0]: rule odd:',
  );
});
