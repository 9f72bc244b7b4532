import { type Meter, type MeterProvider, metrics } from '@opentelemetry/api';
import type { Meters } from '../../ports/meters.ts';

/**
 * By the API of OpenTelemetry, whose provider is whoever has registered as one: nobody, and then nothing is kept; or Azure Monitor; or
 * another that is loaded before the app. Whoever it is, what goes wrong in it costs points of a chart, and nothing that is metered.
 * @param complain hears the first of it.
 */
export const openTelemetryMeters = (complain: (line: string) => void): Meters => {
  let made: { readonly by: MeterProvider; readonly instruments: Instruments } | undefined;
  // The API hands out meters that stay deaf when they were made before their provider.
  const instruments = (): Instruments => {
    const by = metrics.getMeterProvider();
    if (made?.by !== by) made = { by, instruments: instrumentsOf(by.getMeter('rehome')) };
    return made.instruments;
  };
  let hasComplained = false;
  const safely =
    <Given>(meter: (given: Given) => void) =>
    (given: Given): void => {
      try {
        meter(given);
      } catch (error) {
        if (hasComplained) return;
        hasComplained = true;
        const because = error instanceof Error ? error.message : String(error);
        complain(JSON.stringify({ event: 'telemetry-not-sent', because }));
      }
    };
  return {
    allocated: safely(({ tookMs, ...attributes }) => {
      instruments().allocations.add(1, attributes);
      const { scope, degraded } = attributes;
      instruments().allocationMs.record(tookMs, { scope, degraded });
    }),
    settled: safely((attributes) => instruments().moves.add(1, attributes)),
    deadLettered: safely(({ source, count }) => instruments().deadLetters.add(count, { source })),
    paced: safely(({ perMinute, allowedPerMinute, ...attributes }) => {
      instruments().pace.record(perMinute, attributes);
      instruments().allowedPace.record(allowedPerMinute, attributes);
    }),
    hubs: safely(({ hubs }) => {
      for (const { hostName: hub, state, deviceCount, capacity } of hubs.values()) {
        if (deviceCount !== undefined) instruments().hubDevices.record(deviceCount, { hub, state });
        instruments().hubCapacity.record(capacity, { hub, state });
      }
    }),
  };
};

type Instruments = ReturnType<typeof instrumentsOf>;

const instrumentsOf = (meter: Meter) => ({
  allocations: meter.createCounter('rehome.allocations', {
    description: 'Devices that were answered a hub',
  }),
  allocationMs: meter.createHistogram('rehome.allocation.duration', {
    description: 'From the question to the answer, without the host',
    unit: 'ms',
  }),
  moves: meter.createCounter('rehome.moves.settled', {
    description: 'Moves that came to an end, by verdict',
  }),
  deadLetters: meter.createCounter('rehome.dead_letters', {
    description: 'Events that could not be parsed',
  }),
  pace: meter.createGauge('rehome.campaign.pace', {
    description: 'Moves that a campaign triggered in its last minute',
    unit: '1/min',
  }),
  allowedPace: meter.createGauge('rehome.campaign.pace.allowed', {
    description: 'Moves that it might have triggered',
    unit: '1/min',
  }),
  hubDevices: meter.createGauge('rehome.hub.devices', {
    description: 'Devices on a hub, as counted',
  }),
  hubCapacity: meter.createGauge('rehome.hub.capacity', {
    description: 'Devices that a hub may hold',
  }),
});
