import { expect, test, vi } from 'vitest';
import { startVirtualDevice } from '../../local/devices/virtual-device.ts';
import { aFleet } from '../support/a-fleet.ts';
import { aDeviceIn, patience } from '../support/a-fleet-device.ts';

const keyless = (settings: Readonly<Record<string, string>>) =>
  aFleet(settings, undefined, undefined, {}, 'by identity');

test('no key anywhere: hubs, DPS, Event Hubs and store are entered by the app’s own identity', async () => {
  const fleet = await keyless({ 'AzureWebJobs.tellChanges.Disabled': 'true' });
  await fleet.runTimer('tellChanges'); // from now on
  const { device, settles, order } = await aDeviceIn(fleet, 'device-1');
  expect((await order()).body.reply).toBe('accepted');
  await settles('verified');
  expect(fleet.log.join()).toContain('Function.onHubEvent.User');
  await fleet.runTimer('tellChanges');
  expect(fleet.log.join()).toContain('"event":"changes-told"');
  await vi.waitFor(async () => {
    await fleet.runTimer('takeInventory');
    const { body } = await fleet.call('GET', 'inventory/main');
    expect(body).toMatchObject({ phase: 'done', counts: { registered: 1, faults: 0 } });
  }, patience);
  await device.stop();
}, 60_000);

test('[A7] an identity that the store does not know: a device is placed all the same, and the log says that it is degraded', async () => {
  const fleet = await keyless({ AZURE_CLIENT_ID: 'another' });
  const { registrationId, key } = fleet.identityOf('device-1');
  await startVirtualDevice(fleet.azure.dps, registrationId, key);
  expect([...fleet.azure.hubs.values()].map(({ devices }) => devices.size)).toContain(1);
  expect(fleet.log.join()).toContain('"degraded":true');
  expect(fleet.log.join()).toContain('"storeFault":');
});
