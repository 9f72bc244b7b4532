import { app } from '@azure/functions';
import { eventHubTrigger } from '../../../shared/wire/event-hub-trigger.ts';

/** What the platform alone costs: takes every batch as Rehome's function does, and leaves it at that. */
app.eventHub('doNothing', {
  ...eventHubTrigger,
  eventHubName: '%BENCH_IDLE_HUB%',
  handler: () => undefined,
});
