import type { Evidence } from '../campaign/evidence.ts';
import type { Scope } from '../domain/scope.ts';
import { unreadable } from '../ports/device-records.ts';
import type { SettledOf } from './change-record.ts';
import { inParallel } from './in-parallel.ts';
import type { RecordEvidence } from './record-evidence.ts';

/**
 * What a batch of events told, of many devices. Answers those whose record is none of ours: to ask again would help nobody, and hold up all.
 * @param tell hears of each move as it is settled.
 */
export type OnHubEvent = (
  sightings: readonly Sighting[],
  tell: (settled: SettledOf) => void,
) => Promise<readonly Unheard[]>;

export type Unheard = { readonly deviceId: string; readonly because: string };

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
    const unheard: Unheard[] = [];
    const hear = (scope: Scope, deviceId: string, evidence: readonly Evidence[]) =>
      recordEvidence(scope, deviceId, evidence, scopes.size === 1).catch((fault: unknown) => {
        if (!(fault instanceof Error) || fault.name !== unreadable) throw fault;
        unheard.push({ deviceId, because: fault.message });
        return undefined;
      });
    await inParallel([...byDevice(sightings)], atOnceMax, async ([deviceId, evidence]) => {
      for (const scope of scopes) {
        const found = await hear(scope, deviceId, evidence);
        if (found) tell(found);
      }
    });
    return unheard;
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
