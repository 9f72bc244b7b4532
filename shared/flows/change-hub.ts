import type { Hub, HubHostName } from '../domain/hub.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { HubDocuments } from '../ports/hub-documents.ts';

/** Before and after; undefined: there is no such hub. */
export type ChangedHub = { readonly before: Hub; readonly after: Hub } | undefined;

const timeoutMs = 5_000;
/** Who is superseded reads and decides again. */
const attemptsMax = 8;

/** The one way in which a hub changes: read → decide → write, on the version that was decided on. A change to itself writes nothing. */
export const changeHub = async (
  documents: HubDocuments,
  deadline: Deadline,
  hostName: HubHostName,
  change: (hub: Hub) => Hub,
): Promise<ChangedHub> => {
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const kept = await deadline(timeoutMs, (signal) => documents.read(hostName, signal));
    if (!kept) return undefined;
    const after = change(kept.hub);
    if (after === kept.hub) return { before: kept.hub, after };
    const outcome = await deadline(timeoutMs, (signal) =>
      documents.write(after, kept.version, signal),
    );
    if (outcome === 'written') return { before: kept.hub, after };
  }
  throw new Error('The hub changed with every attempt.');
};
