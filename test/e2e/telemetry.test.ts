import { expect, test, vi } from 'vitest';
import { aFleet } from '../support/a-fleet.ts';
import { aDeviceIn, patience } from '../support/a-fleet-device.ts';

/** Metrics as Application Insights hears them, by the genuine exporter. */

const sending = {
  REHOME_TELEMETRY: 'azure-monitor',
  REHOME_SNAPSHOT_MS: '200',
  OTEL_METRIC_EXPORT_INTERVAL: '1000',
  APPLICATION_INSIGHTS_NO_STATSBEAT: 'true', // the exporter's own, which go to Microsoft
};

test('answers, moves and hubs are metered, by the app’s identity, and no device is named', async () => {
  const fleet = await aFleet(sending, undefined, undefined, {}, 'by identity');
  const { device, from, to, settles, order } = await aDeviceIn(fleet, 'device-1');
  await order();
  await settles('verified');
  const { metrics } = fleet.insights;
  const heard = (name: string, attributes: object, more: object = {}) =>
    expect(metrics).toContainEqual(
      expect.objectContaining({ name, ...more, attributes: expect.objectContaining(attributes) }),
    );
  await vi.waitFor(
    async () => {
      await fleet.runTimer('rebalance'); // what it counts is in the next one's table
      heard('rehome.allocations', { scope: 'main', hub: to, because: 'moving', degraded: 'false' });
      heard('rehome.moves.settled', { from, to, verdict: 'verified' }, { value: 1 });
      heard('rehome.hub.devices', { hub: to, state: 'open' }, { value: 1 });
      heard('rehome.hub.capacity', { hub: from });
      heard('rehome.allocation.duration', { scope: 'main' });
    },
    { timeout: 25_000, interval: 1_000 },
  );
  expect(metrics.every(({ isByToken }) => isByToken)).toBe(true);
  expect(JSON.stringify(metrics)).not.toContain('device-1');
  await device.stop();
}, 60_000);

test('[A7] where nobody hears them, devices are answered all the same, and the log says so', async () => {
  const nowhere = `InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://127.0.0.1:9/`;
  const settings = { ...sending, APPLICATIONINSIGHTS_CONNECTION_STRING: nowhere };
  const fleet = await aFleet(settings, ['east.azure-devices.net']);
  const { device } = await aDeviceIn(fleet, 'device-1');
  await vi.waitFor(() => expect(fleet.log.join()).toContain('telemetry-not-sent'), patience);
  await device.stop();
});

test('a bad setting switches them off, by name, and nothing else', async () => {
  const settings = { REHOME_TELEMETRY: 'azure-monitor', APPLICATIONINSIGHTS_CONNECTION_STRING: '' };
  const fleet = await aFleet(settings, ['east.azure-devices.net']);
  const ready = await fetch(`${fleet.appUrl()}/api/health/ready`);
  expect(await ready.json()).toMatchObject({ status: 'degraded', disabled: ['telemetry'] });
  expect(fleet.log.join()).toContain(
    'REHOME_TELEMETRY: needs APPLICATIONINSIGHTS_CONNECTION_STRING',
  );
});
