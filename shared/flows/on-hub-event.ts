import type { Evidence } from '../campaign/evidence.ts';
import type { Scope } from '../domain/scope.ts';
import type { SettledOf } from './change-record.ts';
import type { RecordEvidence } from './record-evidence.ts';

/** What a batch of events told, of many devices. @param tell hears of each move as it is settled. */
export type OnHubEvent = (
  sightings: readonly Sighting[],
  tell: (settled: SettledOf) => void,
) => Promise<void>;

export type Sighting = { readonly deviceId: string; readonly evidence: Evidence };

/** Devices at once: each costs a read. */
const atOnceMax = 16;

/**
 * A batch → one read, and seldom a write, for each of its devices. Hubs do not know scopes, so a device is looked for in each. [R2]
 * A fault of the store or of a hub is thrown: the batch comes again, and what was recorded of it by then is no news.
 */
export const onHubEvent =
  (scopes: ReadonlySet<Scope>, recordEvidence: RecordEvidence): OnHubEvent =>
  async (sightings, tell) => {
    const waiting = [...byDevice(sightings)];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [deviceId, evidence] = next;
        for (const scope of scopes) {
          const found = await recordEvidence(scope, deviceId, evidence, scopes.size === 1);
          if (found) tell(found);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnceMax, waiting.length) }, work));
  };

const byDevice = (sightings: readonly Sighting[]): ReadonlyMap<string, readonly Evidence[]> => {
  const grouped = new Map<string, Evidence[]>();
  for (const { deviceId, evidence } of sightings) {
    const known = grouped.get(deviceId);
    if (known) known.push(evidence);
    else grouped.set(deviceId, [evidence]);
  }
  return grouped;
};
