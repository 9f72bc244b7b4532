import { type MeterProvider as ApiProvider, metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterEach, expect, test } from 'vitest';
import { openTelemetryMeters } from '../../shared/adapters/open-telemetry/meters.ts';
import { hubTable } from '../../shared/domain/hub-table.ts';
import { instant } from '../../shared/domain/instant.ts';
import { aHub } from '../support/a-hub.ts';

/** What is metered, by the genuine SDK, without a network. */

afterEach(() => metrics.disable());

const never = (line: string): never => {
  throw new Error(line);
};

const meterAll = (complain: (line: string) => void): void => {
  const meters = openTelemetryMeters(complain);
  const answer = { scope: 'main', hub: 'east', because: 'newcomer', degraded: false, tookMs: 7 };
  meters.allocated(answer);
  meters.settled({ scope: 'main', from: 'east', to: 'west', verdict: 'verified' });
  meters.deadLettered({ source: 'onHubEvent', count: 3 });
  meters.paced({ scope: 'main', campaign: 'c-1', perMinute: 600, allowedPerMinute: 800 });
  meters.hubs(hubTable([{ ...aHub('east'), deviceCount: 5 }, aHub('west')], instant(0)));
};

test('every meter is a series of its own, with what it says and no more', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  meterAll(never);
  await reader.forceFlush();
  const told = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
    .flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ value, attributes }) => [
        descriptor.name,
        typeof value === 'object' ? value.sum : value,
        Object.values(attributes).join(' '),
      ]),
    );
  expect(told).toEqual([
    ['rehome.allocations', 1, 'main east newcomer false'],
    ['rehome.allocation.duration', 7, 'main false'],
    ['rehome.moves.settled', 1, 'main east west verified'],
    ['rehome.dead_letters', 3, 'onHubEvent'],
    ['rehome.campaign.pace', 600, 'main c-1'],
    ['rehome.campaign.pace.allowed', 800, 'main c-1'],
    ['rehome.hub.devices', 5, 'east.azure-devices.net open'],
    ['rehome.hub.capacity', expect.any(Number), 'east.azure-devices.net open'],
    ['rehome.hub.capacity', expect.any(Number), 'west.azure-devices.net open'],
  ]);
  await provider.shutdown();
});

test('[A7] nobody hears them, or whoever does is broken: what is metered goes on, and one line says so', () => {
  meterAll(never);
  const complaints: string[] = [];
  const broken: ApiProvider = {
    getMeter: () => {
      throw new Error('a bad provider');
    },
  };
  metrics.setGlobalMeterProvider(broken);
  meterAll((line) => complaints.push(line));
  expect(complaints).toEqual(['{"event":"telemetry-not-sent","because":"a bad provider"}']);
});
