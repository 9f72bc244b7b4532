import type { HubThrottles } from '../../shared/domain/quota.ts';
import type { World } from '../world.ts';
import { hubError } from './hub-error.ts';

/** What a hub lets through, over ten seconds: it evens out a burst. */
const periodMs = 10_000;

type Kind = 'methodsPerSecond' | 'twinReadsPerSecond' | 'twinUpdatesPerSecond' | 'queriesPerMinute';

/** What was taken of each in this period; and how often there was none left. */
export type HubMeter = {
  readonly throttles: HubThrottles;
  periodStartMs: number;
  readonly taken: Map<Kind, number>;
  refused: number;
};

export const newHubMeter = (throttles: HubThrottles): HubMeter => ({
  throttles,
  periodStartMs: 0,
  taken: new Map(),
  refused: 0,
});

const kinds: Readonly<Record<string, Kind>> = {
  'POST twins/{id}/methods': 'methodsPerSecond',
  'GET twins/{id}': 'twinReadsPerSecond',
  'PATCH twins/{id}': 'twinUpdatesPerSecond',
  'POST devices/query': 'queriesPerMinute',
};

/** Counts one, where the hub has throttles. @throws HubError 429 with `Retry-After`, in seconds. */
export const throttle = (meter: HubMeter | undefined, path: string, world: World): void => {
  const kind = kinds[path];
  if (!meter || !kind) return;
  if (world.now() - meter.periodStartMs >= periodMs) {
    meter.periodStartMs = world.now();
    meter.taken.clear();
  }
  const perSecond = meter.throttles[kind] / (kind === 'queriesPerMinute' ? 60 : 1);
  const taken = meter.taken.get(kind) ?? 0;
  if (taken >= (perSecond * periodMs) / 1_000) {
    meter.refused += 1;
    const waitSeconds = Math.ceil((meter.periodStartMs + periodMs - world.now()) / 1_000);
    throw hubError(429, 'ThrottlingException', `${kind} of ${meter.throttles[kind]}`, {
      'retry-after': String(Math.max(1, waitSeconds)),
    });
  }
  meter.taken.set(kind, taken + 1);
};
